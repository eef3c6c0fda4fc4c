"""Transfers over sessions that are in the test's hands."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sussurro_client.contents import MAX_PART, Content, Delete, File, Part
from sussurro_client.errors import ClientError
from sussurro_client.events import Earlier
from sussurro_client.files.downloading import Wanted
from sussurro_client.files.progress import State
from sussurro_client.files.sending import WINDOW
from sussurro_client.files.shape import parts_of
from sussurro_client.files.transfers import FileRules, Transfers
from sussurro_client.key import RoomKey
from tests.client.files.play import Board, file_of, names_in, some_bytes
from tests.client.files.stage import StageDoorway, StageSession, received
from tests.client.scenes import wait_until

OFFER = "0f" * 32
BIA, EVE = b"b" * 32, b"e" * 32
DATA = some_bytes(3 * MAX_PART + 10)
SOON = 0.05  # seconds until silence is told, where a test waits for that


class Chat:
    """The room in which files are offered."""

    def __init__(self) -> None:
        self.said: list[Content] = []

    def __call__(self, content: Content) -> str:
        self.said.append(content)
        return OFFER


class Scene:
    """Ana with her files."""

    def __init__(self, folder: Path, quiet_seconds: float = 20.0) -> None:
        self.folder = folder
        self.downloads = folder / "downloads"
        self.doorway = StageDoorway()
        self.board = Board()
        self.chat = Chat()
        rules = FileRules(self.downloads, 1)
        self.transfers = Transfers(self.doorway, "Ana", rules, self.board, quiet_seconds)

    def file(self, data: bytes = DATA, name: str = "a.bin") -> str:
        (self.folder / name).write_bytes(data)
        return str(self.folder / name)

    def sending(self, data: bytes = DATA) -> StageSession:
        """Send a file and return its session, which was let in."""
        self.transfers.send(self.file(data), self.chat)
        session = self.doorway.session()
        session.let_in()
        return session

    def saving(self, file: File | None = None, path: str = "") -> StageSession:
        """Save a file of Bia's and return its session, which was let in."""
        self.transfers.save(Wanted(OFFER, BIA, file or file_of(DATA)), path)
        session = self.doorway.session()
        session.let_in()
        return session


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path)
    yield scene
    scene.transfers.close(0)


@pytest.fixture
def hasty(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path, SOON)
    yield scene
    scene.transfers.close(0)


def part(number: int, data: bytes = DATA) -> Part:
    return Part(number=number, data=data[number * MAX_PART : (number + 1) * MAX_PART])


# Sending.


def test_a_file_is_offered_once_the_relay_has_let_us_into_its_room(scene: Scene) -> None:
    scene.transfers.send(scene.file(), scene.chat)
    session = scene.doorway.session()
    scene.board.wait(State.CONNECTING)
    assert scene.chat.said == []
    session.let_in()
    session.wait_parts(4)
    (offer,) = scene.chat.said
    assert isinstance(offer, File)
    assert offer.size == len(DATA)
    assert RoomKey.from_secret(offer.key).room == session.room
    assert scene.board.wait(State.CONNECTING).message_id == ""
    session.keep(1, 2, 3, 4)
    assert scene.board.wait(State.DONE).message_id == OFFER
    scene.board.assert_rose()


def test_the_parts_are_the_file_in_its_order(scene: Scene) -> None:
    session = scene.sending()
    session.wait_parts(4)
    assert session.said == [part(number) for number in range(4)]


def test_no_more_than_a_window_of_parts_waits_for_the_relay(scene: Scene) -> None:
    session = scene.sending(bytes(20 * MAX_PART))
    session.wait_parts(WINDOW)
    session.keep(1)
    session.wait_parts(WINDOW + 1)
    wait_until(lambda: scene.board.told[-1].done == MAX_PART)
    assert len(session.parts) == WINDOW + 1


def test_a_part_that_is_kept_before_we_know_its_id_counts(scene: Scene) -> None:
    scene.transfers.send(scene.file(), scene.chat)
    session = scene.doorway.session()
    session.keeps_at_once = True
    session.let_in()
    scene.board.wait(State.DONE)


def test_a_relay_that_does_not_answer_is_said_to_and_it_goes_on(hasty: Scene) -> None:
    session = hasty.sending()
    session.wait_parts(4)
    assert "takes nothing at the moment" in hasty.board.wait(State.QUIET).detail
    session.keep(1, 2, 3, 4)
    hasty.board.wait(State.DONE)


def test_a_lost_connection_is_said_at_once_and_it_goes_on(scene: Scene) -> None:
    session = scene.sending()
    session.wait_parts(4)
    session.lose()
    assert "no connection to the relay" in scene.board.wait(State.QUIET).detail
    session.let_in()
    session.keep(1, 2, 3, 4)
    scene.board.wait(State.DONE)


def test_a_relay_that_lost_its_log_gets_all_again(scene: Scene) -> None:
    session = scene.sending()
    session.wait_parts(4)
    session.keep(1, 2)
    session.forget()
    session.wait_parts(8)
    assert session.parts == [0, 1, 2, 3, 0, 1, 2, 3]
    session.keep(3, 4, 5, 6, 7, 8)
    scene.board.wait(State.DONE)
    scene.board.assert_rose()


def test_a_relay_that_forgets_again_and_again_is_given_up(scene: Scene) -> None:
    session = scene.sending()
    for beginning in (1, 2, 3):
        session.wait_parts(4 * beginning)
        session.forget()
    assert "again and again" in scene.board.wait(State.FAILED).detail
    assert scene.chat.said[-1] == Delete(of=bytes.fromhex(OFFER))


def test_a_room_that_is_refused_is_said_and_nothing_was_offered(scene: Scene) -> None:
    scene.transfers.send(scene.file(), scene.chat)
    scene.doorway.session().lose("room-refused", None)
    assert "RELAY_ROOMS" in scene.board.wait(State.FAILED).detail
    assert scene.chat.said == []
    assert scene.doorway.session().is_closed


def test_a_refusal_midway_takes_the_offer_back(scene: Scene) -> None:
    session = scene.sending()
    session.wait_parts(4)
    session.lose("line-too-long", None)
    assert "does not take messages of this length" in scene.board.wait(State.FAILED).detail
    assert scene.chat.said[-1] == Delete(of=bytes.fromhex(OFFER))


def test_a_file_that_changes_midway_is_found_out_and_taken_back(scene: Scene) -> None:
    data = bytes(20 * MAX_PART)
    session = scene.sending(data)
    session.wait_parts(WINDOW)
    (scene.folder / "a.bin").write_bytes(b"x" * len(data))
    session.keep(*range(1, WINDOW + 1))
    assert "was changed while it was sent" in scene.board.wait(State.FAILED).detail
    assert scene.chat.said[-1] == Delete(of=bytes.fromhex(OFFER))
    assert session.said[-1] == Delete(of=bytes.fromhex(OFFER))


def test_a_file_that_cannot_be_read_is_said_and_no_room_is_opened(scene: Scene) -> None:
    scene.transfers.send(str(scene.folder), scene.chat)
    assert "is not a file" in scene.board.wait(State.FAILED).detail
    assert scene.doorway.sessions == []


def test_an_offer_that_cannot_be_said_sends_nothing(scene: Scene) -> None:
    def refuse(_content: Content) -> str:
        raise ClientError("They were never here.")

    scene.transfers.send(scene.file(), refuse)
    session = scene.doorway.session()
    session.let_in()
    assert scene.board.wait(State.FAILED).detail == "They were never here."
    wait_until(lambda: session.is_closed)
    assert session.said == []


def test_cancelling_takes_the_offer_back(scene: Scene) -> None:
    session = scene.sending()
    session.wait_parts(4)
    scene.transfers.cancel(OFFER)
    scene.board.wait(State.CANCELLED)
    assert scene.chat.said[-1] == session.said[-1] == Delete(of=bytes.fromhex(OFFER))
    assert session.is_closed


# Saving.


def test_nothing_is_asked_or_written_before_somebody_saves(scene: Scene) -> None:
    assert scene.doorway.sessions == []
    assert not scene.downloads.exists()


def test_parts_in_any_order_make_the_file(scene: Scene) -> None:
    session = scene.saving()
    assert session.history >= 4
    for number in (2, 0, 0, 3, 1):
        session.hear(part(number), BIA)
    saved = scene.board.wait(State.DONE)
    assert saved.path == scene.downloads / "a.bin"
    assert saved.path.read_bytes() == DATA
    scene.board.assert_rose()
    assert session.is_closed


def test_an_empty_file_needs_no_room(scene: Scene) -> None:
    scene.transfers.save(Wanted(OFFER, BIA, file_of(b"")))
    scene.board.wait(State.DONE)
    assert scene.doorway.sessions == []
    assert (scene.downloads / "a.bin").read_bytes() == b""


def test_parts_that_history_did_not_reach_are_asked_for_page_by_page(hasty: Scene) -> None:
    hasty.transfers.save(Wanted(OFFER, BIA, file_of(DATA)))
    session = hasty.doorway.session()
    session.has_earlier = True
    session.let_in()
    wait_until(lambda: len(session.asked) == 1)
    session.tell(Earlier((received(part(2), BIA), received(part(3), BIA)), more=True))
    wait_until(lambda: len(session.asked) == 2)
    session.tell(Earlier((received(part(0), BIA), received(part(1), BIA)), more=False))
    hasty.board.wait(State.DONE)
    assert (hasty.downloads / "a.bin").read_bytes() == DATA


def test_what_is_asked_for_is_asked_again_on_a_new_connection(hasty: Scene) -> None:
    hasty.transfers.save(Wanted(OFFER, BIA, file_of(DATA)))
    session = hasty.doorway.session()
    session.has_earlier = True
    session.let_in()
    wait_until(lambda: len(session.asked) == 1)
    session.lose()
    session.let_in()
    wait_until(lambda: len(session.asked) == 2)


@pytest.mark.parametrize(
    "lie",
    [
        [*(part(number) for number in range(3)), Part(number=3, data=b"x" * 10)],
        [Part(number=number, data=bytes(len(part(number).data))) for number in range(4)],
        [part(0), Part(number=4, data=b"x" * 10)],
        [part(0), Part(number=1, data=b"short")],
        [Part(number=3, data=bytes(MAX_PART))],
    ],
    ids=["one byte", "all", "out of range", "short", "long"],
)
def test_of_a_liar_nothing_is_kept(scene: Scene, lie: list[Part]) -> None:
    session = scene.saving()
    for each in lie:
        session.hear(each, BIA)
    assert "not the file that was offered" in scene.board.wait(State.FAILED).detail
    assert names_in(scene.downloads) == []
    assert session.is_closed


@pytest.mark.parametrize(
    "file",
    [
        file_of(DATA).model_copy(update={"parts": 9}),
        file_of(bytes(1024 * 1024 + 1)),
        file_of(DATA).model_copy(update={"size": 2**39, "parts": parts_of(2**39)}),
    ],
    ids=["contradiction", "over the limit", "huge"],
)
def test_an_offer_that_will_not_do_is_refused_before_anything_is_opened(
    scene: Scene, file: File
) -> None:
    scene.transfers.save(Wanted(OFFER, BIA, file))
    scene.board.wait(State.FAILED)
    assert scene.doorway.sessions == []
    assert not scene.downloads.exists()


def test_what_others_put_there_is_passed_over_and_said(hasty: Scene) -> None:
    session = hasty.saving()
    session.hear(part(0), EVE)
    session.hear(Part(number=99, data=b"x"), EVE)
    session.hear(Delete(of=bytes.fromhex(OFFER)), EVE)
    wait_until(lambda: "somebody else has put" in hasty.board.told[-1].detail)
    for number in range(4):
        session.hear(part(number), BIA)
    hasty.board.wait(State.DONE)


def test_silence_is_said_and_waited_out(hasty: Scene) -> None:
    session = hasty.saving()
    session.hear(part(0), BIA)
    assert "whoever sends it may be away" in hasty.board.wait(State.QUIET).detail
    for number in range(1, 4):
        session.hear(part(number), BIA)
    hasty.board.wait(State.DONE)
    hasty.board.assert_rose()


def test_parts_that_are_gone_are_said_and_nothing_is_kept(hasty: Scene) -> None:
    session = hasty.saving()
    session.hear(part(2), BIA)
    assert "does not keep all of it any more" in hasty.board.wait(State.FAILED).detail
    assert session.asked
    assert names_in(hasty.downloads) == []


def test_parts_are_not_given_up_while_there_is_no_connection(hasty: Scene) -> None:
    session = hasty.saving()
    session.hear(part(2), BIA)
    session.lose()
    assert "no connection" in hasty.board.wait(State.QUIET).detail
    assert names_in(hasty.downloads) == [".a.bin.part"]


def test_cancelling_removes_what_has_come(scene: Scene) -> None:
    session = scene.saving()
    session.hear(part(0), BIA)
    wait_until(lambda: names_in(scene.downloads) == [".a.bin.part"])
    scene.transfers.cancel()
    scene.board.wait(State.CANCELLED)
    assert names_in(scene.downloads) == []
    session.hear(part(1), BIA)
    assert names_in(scene.downloads) == [], "what was under way is not written any more"


def test_a_disk_that_is_full_midway_is_said_and_nothing_is_kept(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = scene.saving()
    session.hear(part(0), BIA)

    def pwrite(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", pwrite)
    session.hear(part(1), BIA)
    assert "no space left" in scene.board.wait(State.FAILED).detail
    assert names_in(scene.downloads) == []


def test_a_folder_that_is_not_there_is_said(scene: Scene) -> None:
    scene.transfers.save(Wanted(OFFER, BIA, file_of(DATA)), str(scene.folder / "no" / "a"))
    assert "There is no folder" in scene.board.wait(State.FAILED).detail
    assert scene.doorway.sessions == []


def test_it_is_saved_where_the_receiver_says(scene: Scene) -> None:
    session = scene.saving(path=str(scene.folder / "mine.bin"))
    for number in range(4):
        session.hear(part(number), BIA)
    assert scene.board.wait(State.DONE).path == scene.folder / "mine.bin"
    assert not scene.downloads.exists()


# All together.


def test_one_file_is_not_saved_twice_at_once(scene: Scene) -> None:
    scene.saving()
    with pytest.raises(ClientError, match="is being saved already"):
        scene.transfers.save(Wanted(OFFER, BIA, file_of(DATA)))


def test_what_has_ended_can_be_saved_again(scene: Scene) -> None:
    scene.saving()
    scene.transfers.cancel()
    scene.board.wait(State.CANCELLED)
    assert scene.transfers.save(Wanted(OFFER, BIA, file_of(DATA))) == 2


def test_only_so_many_are_on_their_way_at_once(scene: Scene) -> None:
    path = scene.file()
    for _ in range(8):
        scene.transfers.send(path, scene.chat)
    with pytest.raises(ClientError, match="8 files are on their way already"):
        scene.transfers.send(path, scene.chat)
    assert [each.number for each in scene.transfers.running] == list(range(1, 9))


def test_cancelling_means_the_newest_unless_told_otherwise(scene: Scene) -> None:
    for number in range(3):
        scene.transfers.save(Wanted(f"{number:064}", BIA, file_of(DATA)))
    scene.transfers.cancel()
    scene.board.wait(State.CANCELLED, number=3)
    scene.transfers.cancel(f"{0:064}")
    scene.board.wait(State.CANCELLED, number=1)
    wait_until(lambda: [each.number for each in scene.transfers.running] == [2])
    with pytest.raises(ClientError, match="No such file is on its way"):
        scene.transfers.cancel("ff" * 32)


def test_leaving_ends_all_and_says_what_was_not_done(scene: Scene) -> None:
    session = scene.sending()
    session.wait_parts(4)
    scene.transfers.save(Wanted("aa" * 32, BIA, file_of(DATA, "b.bin")))
    scene.doorway.session(1).let_in()
    left = scene.transfers.close(0.01)
    assert [each.name for each in left] == ["a.bin", "b.bin"]
    assert all(each.state is State.CANCELLED for each in left)
    assert scene.transfers.running == ()
    assert names_in(scene.downloads) == []
    assert scene.transfers.close(0) == ()


def test_leaving_waits_for_what_is_about_to_be_sent(scene: Scene) -> None:
    session = scene.sending()
    session.wait_parts(4)
    left: list[object] = []
    leaving = threading.Thread(target=lambda: left.extend(scene.transfers.close(10)))
    leaving.start()
    session.keep(1, 2, 3, 4)
    leaving.join(10)
    assert left == []
    assert scene.board.told[-1].state is State.DONE
