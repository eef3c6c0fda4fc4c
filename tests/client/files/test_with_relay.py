"""Files between real sessions, over a real relay."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from sussurro_client.contents import Delete, Part
from sussurro_client.events import Alert, Connected, Earlier, Received
from sussurro_client.files.progress import State
from sussurro_client.files.sending import Upload
from sussurro_client.key import RoomKey
from tests.client.files.play import Friend, friend, some_bytes, wanted_of
from tests.client.scenes import KEY, OTHER_KEY, PATIENCE, Ears, RealRelay, wait_until
from tests.support.wire_cutter import WireCutter

SIZE = 3_000_000
HALF = SIZE // 2


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[RealRelay]:
    with RealRelay(log=f"sqlite:///{tmp_path}/log.db") as process:
        yield process


class Play:
    """Those who are there; they leave at the end."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self._stack = stack
        self.folder = folder

    def enter(self, name: str, number: int, port: int) -> Friend:
        who = friend(name, number, port, self.folder)
        self._stack.enter_context(who.session)
        self._stack.callback(who.transfers.close, 0)
        who.ears.wait(Connected)
        return who

    def cutter(self, port: int) -> WireCutter:
        cutter = WireCutter(port)
        self._stack.callback(cutter.close)
        return cutter

    def file(self, data: bytes, name: str = "photo.bin") -> str:
        path = self.folder / name
        path.write_bytes(data)
        return str(path)


@pytest.fixture
def beginnings(monkeypatch: pytest.MonkeyPatch) -> list[Upload]:
    """Return a list that holds an upload for each time that one had to begin again."""
    begun: list[Upload] = []
    begin_again = Upload.begin_again

    def note(upload: Upload) -> bool:
        begun.append(upload)
        return begin_again(upload)

    monkeypatch.setattr(Upload, "begin_again", note)
    return begun


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Play]:
    with ExitStack() as stack:
        yield Play(stack, tmp_path)


def test_a_file_arrives_bit_for_bit_and_both_ends_see_how_far_it_is(
    relay: RealRelay, play: Play
) -> None:
    ana, bia = play.enter("Ana", 1, relay.port), play.enter("Bia", 2, relay.port)
    data = some_bytes(SIZE)
    ana.transfers.send(play.file(data), ana.say)
    bia.transfers.save(bia.offer_of())
    saved = bia.board.wait(State.DONE)
    assert saved.path == bia.folder / "photo.bin"
    assert saved.path.read_bytes() == data
    assert saved.path.stat().st_mode & 0o777 == 0o600
    ana.board.wait(State.DONE)
    ana.board.assert_rose()
    bia.board.assert_rose()
    assert sum(each.state is State.MOVING for each in ana.board.told) > 1
    assert [path.name for path in bia.folder.iterdir()] == ["photo.bin"]


def test_who_comes_later_finds_the_file_and_two_come_at_once(relay: RealRelay, play: Play) -> None:
    ana = play.enter("Ana", 1, relay.port)
    first, second = some_bytes(SIZE, 1), some_bytes(SIZE // 3, 2)
    ana.transfers.send(play.file(first, "a.bin"), ana.say)
    ana.transfers.send(play.file(second, "b.bin"), ana.say)
    ana.board.wait(State.DONE, number=1)
    ana.board.wait(State.DONE, number=2)
    ana.transfers.close(1)
    bia = play.enter("Bia", 2, relay.port)
    assert bia.session.ask_earlier(10)
    for each in bia.ears.wait(Earlier).events:
        assert isinstance(each, Received)
        bia.transfers.save(wanted_of(each))
    bia.board.wait(State.DONE, number=1)
    bia.board.wait(State.DONE, number=2)
    assert (bia.folder / "a.bin").read_bytes() == first
    assert (bia.folder / "b.bin").read_bytes() == second
    bia.board.assert_rose(1)
    bia.board.assert_rose(2)


def test_an_empty_file_arrives(relay: RealRelay, play: Play) -> None:
    ana, bia = play.enter("Ana", 1, relay.port), play.enter("Bia", 2, relay.port)
    ana.transfers.send(play.file(b""), ana.say)
    bia.transfers.save(bia.offer_of())
    assert bia.board.wait(State.DONE).path == bia.folder / "photo.bin"
    assert (bia.folder / "photo.bin").read_bytes() == b""
    ana.board.wait(State.DONE)


def test_a_file_survives_that_the_relay_is_killed_and_comes_back(
    relay: RealRelay, play: Play, beginnings: list[Upload]
) -> None:
    ana, bia = play.enter("Ana", 1, relay.port), play.enter("Bia", 2, relay.port)
    data = some_bytes(SIZE)
    ana.board.when(HALF, relay.die)
    ana.transfers.send(play.file(data), ana.say)
    bia.transfers.save(bia.offer_of())
    ana.board.wait(State.QUIET)
    relay.start()
    assert bia.board.wait(State.DONE).path == bia.folder / "photo.bin"
    assert (bia.folder / "photo.bin").read_bytes() == data
    ana.board.wait(State.DONE)
    ana.board.assert_rose()
    bia.board.assert_rose()
    assert beginnings == [], "only what was not acknowledged is said again"


def test_a_file_survives_a_relay_that_forgets_what_it_kept(
    play: Play, beginnings: list[Upload]
) -> None:
    with RealRelay() as forgetful:
        ana, bia = play.enter("Ana", 1, forgetful.port), play.enter("Bia", 2, forgetful.port)
        data = some_bytes(SIZE)
        ana.board.when(HALF, forgetful.die)
        ana.transfers.send(play.file(data), ana.say)
        offer = bia.offer_of()
        ana.board.wait(State.QUIET)
        forgetful.start()
        ana.board.wait(State.DONE)
        bia.transfers.save(offer)
        bia.board.wait(State.DONE)
        assert (bia.folder / "photo.bin").read_bytes() == data
        ana.board.assert_rose()
        assert len(beginnings) == 1


@pytest.mark.parametrize("whose", ["the sender's", "the receiver's"])
def test_a_file_survives_that_a_connection_is_cut(
    relay: RealRelay, play: Play, beginnings: list[Upload], whose: str
) -> None:
    wire = play.cutter(relay.port)
    is_senders = whose == "the sender's"
    ana = play.enter("Ana", 1, wire.port if is_senders else relay.port)
    bia = play.enter("Bia", 2, relay.port if is_senders else wire.port)
    data = some_bytes(SIZE)
    (ana if is_senders else bia).board.when(HALF, wire.drop)
    ana.transfers.send(play.file(data), ana.say)
    bia.transfers.save(bia.offer_of())
    bia.board.wait(State.DONE)
    assert (bia.folder / "photo.bin").read_bytes() == data
    ana.board.wait(State.DONE)
    ana.board.assert_rose()
    bia.board.assert_rose()
    assert beginnings == []


def test_a_relay_with_a_list_of_rooms_is_said_to_be_in_the_way(play: Play) -> None:
    with RealRelay(rooms=f"{KEY.room},{OTHER_KEY.room}") as choosy:
        ana = play.enter("Ana", 1, choosy.port)
        ana.transfers.send(play.file(b"x"), ana.say)
        failed = ana.board.wait(State.FAILED)
    assert "RELAY_ROOMS" in failed.detail
    assert "each file has a room of its own" in failed.detail
    assert ana.said == [], "what cannot be had is not offered"


def test_a_file_taken_back_midway_is_neither_offered_nor_saved(
    relay: RealRelay, play: Play
) -> None:
    ana, bia = play.enter("Ana", 1, relay.port), play.enter("Bia", 2, relay.port)
    has_begun = threading.Event()

    def think_better_of_it() -> None:
        has_begun.wait(PATIENCE)
        ana.transfers.cancel()

    ana.board.when(1, think_better_of_it)
    ana.transfers.send(play.file(some_bytes(SIZE)), ana.say)
    offer = bia.offer_of()
    bia.transfers.save(offer)
    bia.board.wait(State.MOVING)
    has_begun.set()
    assert "took it back" in bia.board.wait(State.FAILED).detail
    ana.board.wait(State.CANCELLED)
    assert bia.ears.wait(Received, 2).content == Delete(of=bytes.fromhex(offer.message_id))
    assert list(bia.folder.iterdir()) == []


def test_a_private_file_cannot_be_found_by_others_who_hold_the_key(
    relay: RealRelay, play: Play
) -> None:
    ana, bia = play.enter("Ana", 1, relay.port), play.enter("Bia", 2, relay.port)
    eve = play.enter("Eve", 5, relay.port)
    wait_until(lambda: bia.session.member.person in ana.session.people)
    data = some_bytes(200_000)
    ana.transfers.send(
        play.file(data), lambda file: ana.session.whisper(bia.session.member.person, file)
    )
    offer = bia.offer_of()
    bia.transfers.save(offer)
    bia.board.wait(State.DONE)
    assert (bia.folder / "photo.bin").read_bytes() == data
    ana.session.send("After it")
    assert eve.ears.wait(Received).text == "After it", "the offer was not for her"
    assert eve.ears.of(Alert) == []
    assert RoomKey.from_secret(offer.file.key).room != eve.session.member.key.room


def test_leaving_waits_for_what_is_sent(relay: RealRelay, play: Play) -> None:
    ana, bia = play.enter("Ana", 1, relay.port), play.enter("Bia", 2, relay.port)
    data = some_bytes(SIZE)
    ana.transfers.send(play.file(data), ana.say)
    bia.offer_of()
    assert ana.transfers.close(30) == ()
    assert ana.board.told[-1].state is State.DONE


def test_leaving_does_not_wait_for_ever_and_says_what_was_not_finished(
    relay: RealRelay, play: Play
) -> None:
    wire = play.cutter(relay.port)
    ana = play.enter("Ana", 1, wire.port)
    ana.board.when(HALF, wire.cut)
    ana.transfers.send(play.file(some_bytes(SIZE)), ana.say)
    wait_until(lambda: bool(ana.said) and ana.board.told[-1].done >= HALF)
    (left,) = ana.transfers.close(0.1)
    assert left.name == "photo.bin"
    assert left.state is State.CANCELLED
    wire.join()


def test_a_file_of_ones_own_can_be_saved_too(relay: RealRelay, play: Play) -> None:
    ana = play.enter("Ana", 1, relay.port)
    again = play.enter("Ana", 1, relay.port)
    data = some_bytes(100_000)
    ana.transfers.send(play.file(data), ana.say)
    again.transfers.save(again.offer_of())
    again.board.wait(State.DONE)
    assert (again.folder / "photo.bin").read_bytes() == data


def test_parts_that_somebody_else_puts_into_the_room_are_passed_over(
    relay: RealRelay, play: Play
) -> None:
    ana, bia = play.enter("Ana", 1, relay.port), play.enter("Bia", 2, relay.port)
    eve = play.enter("Eve", 5, relay.port)
    data = some_bytes(200_000)
    ana.transfers.send(play.file(data), ana.say)
    ana.board.wait(State.DONE)
    offer = bia.offer_of()
    key = RoomKey.from_secret(offer.file.key)
    with eve.doorway.open_file(key, "Ana", Ears(), 0) as liar:
        for number in range(300):
            liar.say(Part(number=number, data=b"no"))
        assert liar.wait_acknowledged(10)
    bia.transfers.save(offer)
    bia.board.wait(State.DONE)
    assert (bia.folder / "photo.bin").read_bytes() == data
