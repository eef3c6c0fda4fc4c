from collections.abc import Callable
from pathlib import Path

import pytest

from sussurro_client.contents import Content, Delete, File, Text
from sussurro_client.errors import ClientError
from sussurro_client.events import Person, Received, Standing
from sussurro_client.files.desk import FileDesk
from sussurro_client.files.progress import State
from sussurro_client.files.transfers import FileRules, Transfers
from sussurro_client.posts import Post
from sussurro_client.speaking import Speaker
from sussurro_client.timeline import Timeline
from tests.client.files.play import Board, file_of, some_bytes
from tests.client.files.stage import StageDoorway

ME, ANA = Person("Bia", b"b" * 32), Person("Ana", b"a" * 32)
DATA = some_bytes(1000)


class Chat:
    """The room in which files are offered, as a speaker needs it."""

    acquaintances = ()

    def __init__(self) -> None:
        self.said: list[tuple[Person | None, Content]] = []

    def standing(self, _person: Person) -> Standing:
        return Standing.KNOWN

    def send(self, text: str, timeout: float | None = None) -> str:
        return self.say(Text(text=text), timeout)

    def say(self, content: Content, timeout: float | None = None) -> str:
        return self.whisper(None, content, timeout)

    def whisper(
        self,
        person: Person | None,
        content: Content,
        timeout: float | None = None,  # noqa: ARG002
    ) -> str:
        self.said.append((person, content))
        return f"{len(self.said):064x}"


class Scene:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.chat, self.board, self.doorway = Chat(), Board(), StageDoorway()
        self.timeline = Timeline(ME)
        self.shown: list[Post] = []
        self.errands = 0
        transfers = Transfers(self.doorway, "Bia", FileRules(folder / "saved", 1), self.board)
        self.speaker = speaker = Speaker(self.chat, self.timeline, ME, lambda: 0.0)
        self.desk = FileDesk(
            transfers, self.timeline, speaker, ME, self._in_face, self.shown.append
        )

    def _in_face(self, call: Callable[[], str]) -> str:
        self.errands += 1
        return call()

    def hear(self, content: File | Text, number: int) -> str:
        message_id = f"ff{number:062x}"
        self.timeline.hear(Received(ANA, content, message_id, number, 0, Standing.KNOWN, live=True))
        return message_id

    def file(self) -> str:
        (self.folder / "a.bin").write_bytes(DATA)
        return str(self.folder / "a.bin")


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_what_is_offered_stands_in_the_timeline_and_is_said_in_the_thread_of_the_face(
    scene: Scene,
) -> None:
    scene.desk.send(scene.file())
    scene.doorway.session().let_in()
    scene.doorway.session().wait_parts(1)
    (post,) = scene.timeline
    assert post.text == "a.bin"
    assert scene.shown == [post]
    assert [to for to, _content in scene.chat.said] == [None]
    assert scene.errands == 1
    scene.desk.cancel("")
    scene.board.wait(State.CANCELLED)
    assert scene.chat.said[-1] == (None, Delete(of=bytes.fromhex(post.id)))
    assert [each.is_deleted for each in scene.timeline] == [True]
    scene.desk.close(0)


def test_an_offer_that_is_deleted_is_not_sent_any_more_and_deleted_once(scene: Scene) -> None:
    scene.desk.send(scene.file())
    session = scene.doorway.session()
    session.let_in()
    session.wait_parts(1)
    (post,) = scene.timeline
    scene.desk.retract(scene.speaker.delete(post.tag).post)
    scene.board.wait(State.CANCELLED)
    deletion = Delete(of=bytes.fromhex(post.id))
    assert [content for _to, content in scene.chat.said] == [post.content, deletion]
    assert session.said[-1] == deletion, "those who fetch it are told in its own room"
    scene.desk.close(0)


def test_a_text_that_is_deleted_stops_no_file(scene: Scene) -> None:
    scene.desk.send(scene.file())
    scene.doorway.session().let_in()
    scene.doorway.session().wait_parts(1)
    scene.desk.retract(scene.speaker.say("Oi").post)
    assert [each.name for each in scene.desk.close(0)] == ["a.bin"]


def test_what_is_for_one_is_offered_and_taken_back_in_private(scene: Scene) -> None:
    scene.desk.send(scene.file(), ANA)
    scene.doorway.session().let_in()
    scene.doorway.session().wait_parts(1)
    scene.desk.cancel_id(next(iter(scene.timeline)).id)
    scene.board.wait(State.CANCELLED)
    assert [to for to, _content in scene.chat.said] == [ANA, ANA]
    scene.desk.close(0)


def test_the_newest_file_is_saved_or_that_with_a_tag(scene: Scene) -> None:
    first = scene.hear(file_of(DATA, "first"), 1)
    second = scene.hear(file_of(DATA, "second"), 2)
    tag = next(post.tag for post in scene.timeline if post.id == first)
    scene.desk.save("", "")
    scene.desk.save(tag, "")
    told = {each.number: each.message_id for each in scene.board.told}
    assert scene.board.wait(State.CONNECTING, number=1).message_id == second
    assert scene.board.wait(State.CONNECTING, number=2).message_id == first, told
    scene.desk.cancel(tag)
    scene.board.wait(State.CANCELLED, number=2)
    assert [each.name for each in scene.desk.close(0)] == ["second"]


def test_what_offers_no_file_is_not_saved(scene: Scene) -> None:
    said = scene.hear(Text(text="Oi"), 1)
    post = scene.timeline.get(said)
    assert post is not None
    with pytest.raises(ClientError, match="That message offers no file"):
        scene.desk.save_post(post, "")
    with pytest.raises(ClientError, match="That message offers no file"):
        scene.desk.save(post.tag, "")
