import json
import stat
import threading
from pathlib import Path

import pytest

from sussurro_client.acquaintances import Acquaintance
from sussurro_client.errors import ClientError
from sussurro_client.events import Person
from sussurro_client.memory import Snapshot
from sussurro_client.recollection import MAX_MARKS, Mark
from sussurro_client.room_folder import RoomFolder
from tests.client.scenes import BIA, EVE, KEY

RELAY = "relay.example:5454"
MARK = Mark(b"k" * 32, b"run-0001", 2, 7)
MET_BIA = Acquaintance(BIA.person, is_owner=True, is_verified=True, wrap_key=b"\x00\xff" * 16)
MET_EVE = Acquaintance(EVE.person, is_owner=True)
KEPT = Snapshot((MET_BIA, MET_EVE), 41, (MARK,))


@pytest.fixture
def folder(tmp_path: Path) -> RoomFolder:
    return RoomFolder(tmp_path, KEY.room, RELAY)


def test_a_room_never_entered_is_remembered_by_nothing(folder: RoomFolder, tmp_path: Path) -> None:
    assert folder.load() == Snapshot()
    assert not list(tmp_path.iterdir()), "reading leaves no trace"


def test_what_is_saved_is_there_the_next_time(folder: RoomFolder, tmp_path: Path) -> None:
    assert folder.save(KEPT)
    assert RoomFolder(tmp_path, KEY.room, RELAY).load() == KEPT


def test_nobody_else_can_read_what_is_kept(folder: RoomFolder, tmp_path: Path) -> None:
    folder.save(KEPT)
    kept = list(tmp_path.rglob("*.json"))
    assert len(kept) == 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}
    assert stat.S_IMODE((tmp_path / "rooms" / KEY.room).stat().st_mode) == 0o700


def test_rooms_are_kept_apart(folder: RoomFolder, tmp_path: Path) -> None:
    folder.save(KEPT)
    assert RoomFolder(tmp_path, "another", RELAY).load() == Snapshot()


def test_another_relay_counts_anew_and_knows_the_same_people(
    folder: RoomFolder, tmp_path: Path
) -> None:
    folder.save(KEPT)
    assert RoomFolder(tmp_path, KEY.room, "other:5454").load() == Snapshot(KEPT.people)


def test_two_runs_at_once_lose_nothing_of_each_other(folder: RoomFolder, tmp_path: Path) -> None:
    other = RoomFolder(tmp_path, KEY.room, RELAY)
    later = Mark(MARK.key, MARK.run, MARK.link, 9)
    another = Mark(b"l" * 32, b"run-0002", 1, 1)
    folder.save(Snapshot((MET_BIA,), 50, (MARK, another)))
    other.save(Snapshot((MET_EVE,), 40, (later,)))
    both = folder.load()
    assert set(both.people) == {MET_BIA, MET_EVE}
    assert both.position == 50
    assert set(both.marks) == {later, another}


def test_a_name_that_two_runs_gave_away_differently_stays_with_the_last_that_says_so(
    folder: RoomFolder,
) -> None:
    impostor = Acquaintance(Person(BIA.name, EVE.person.key), is_owner=True)
    folder.save(Snapshot((impostor,)))
    folder.save(Snapshot((MET_BIA,)))
    owners = [each.person for each in folder.load().people if each.is_owner]
    assert owners == [BIA.person]


def test_whoever_was_verified_stays_so_and_keeps_the_name_whoever_writes_last(
    folder: RoomFolder,
) -> None:
    """Two threads may write in another order than they looked."""
    impostor = Acquaintance(Person(BIA.name, EVE.person.key), is_owner=True)
    doubted = Acquaintance(BIA.person, is_owner=False)
    folder.save(Snapshot((MET_BIA,)))
    folder.save(Snapshot((impostor, doubted)))
    people = {each.person: each for each in folder.load().people}
    assert people[BIA.person] == MET_BIA
    assert not people[impostor.person].is_owner


def test_what_is_kept_of_tokens_is_bounded(folder: RoomFolder) -> None:
    def marks(first: int) -> tuple[Mark, ...]:
        return tuple(Mark(b"k" * 32, b"run-0001", first + n, 1) for n in range(MAX_MARKS))

    folder.save(Snapshot(marks=marks(0)))
    folder.save(Snapshot(marks=marks(MAX_MARKS)))
    assert folder.load().marks == marks(MAX_MARKS)


@pytest.mark.parametrize("name", ["people.json", "heard.json"])
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"people": 3, "marks": 3}', b"\xff"])
def test_a_damaged_file_is_told_with_its_place_and_never_written_over(
    folder: RoomFolder, tmp_path: Path, name: str, content: bytes
) -> None:
    folder.save(KEPT)
    path = next(tmp_path.rglob(name))
    path.write_bytes(content)
    with pytest.raises(ClientError, match=str(path)):
        folder.load()
    assert not folder.save(KEPT)
    assert path.read_bytes() == content


def test_where_nothing_can_be_written_that_is_said_and_nothing_breaks(tmp_path: Path) -> None:
    (tmp_path / "rooms").write_text("a file is in the way")
    folder = RoomFolder(tmp_path, KEY.room, RELAY)
    assert not folder.save(KEPT)


def test_neither_file_holds_the_rooms_key(folder: RoomFolder, tmp_path: Path) -> None:
    folder.save(KEPT)
    for path in tmp_path.rglob("*.json"):
        assert KEY.text not in path.read_text()
        json.loads(path.read_text())


def test_who_writes_last_has_looked_last(folder: RoomFolder) -> None:
    """What another thread keeps meanwhile is older, as it waits for its turn to look."""
    looked: list[str] = []

    def look(name: str) -> Snapshot:
        looked.append(name)
        return KEPT

    def look_while_another_waits() -> Snapshot:
        other.start()
        assert not looked
        return look("first")

    other = threading.Thread(target=lambda: folder.save_latest(lambda: look("second")))
    assert folder.save_latest(look_while_another_waits)
    other.join(10)
    assert looked == ["first", "second"]


def test_people_who_are_known_already_are_not_written_again(
    folder: RoomFolder, tmp_path: Path
) -> None:
    folder.save(KEPT)
    people = next(tmp_path.rglob("people.json"))
    before = people.stat()
    folder.save(Snapshot(KEPT.people, 99, (MARK,)))
    assert people.stat().st_ino == before.st_ino
    assert folder.load().position == 99


def test_that_a_room_is_to_be_silent_is_kept_for_that_room_alone(
    folder: RoomFolder, tmp_path: Path
) -> None:
    assert not folder.is_muted()
    assert not list(tmp_path.iterdir()), "reading leaves no trace"
    assert folder.mute(is_muted=True)
    assert RoomFolder(tmp_path, KEY.room, "other:5454").is_muted(), "whatever the relay"
    assert not RoomFolder(tmp_path, "another", RELAY).is_muted()
    assert folder.load() == Snapshot()
    assert folder.mute(is_muted=False)
    assert not folder.is_muted()


def test_where_nothing_can_be_written_a_room_cannot_be_kept_silent(tmp_path: Path) -> None:
    (tmp_path / "rooms").write_text("in the way")
    folder = RoomFolder(tmp_path, KEY.room, RELAY)
    assert not folder.mute(is_muted=True)


def test_a_damaged_wish_is_a_sentence(folder: RoomFolder, tmp_path: Path) -> None:
    folder.mute(is_muted=True)
    (tmp_path / "rooms" / KEY.room / "wishes.json").write_text("[")
    with pytest.raises(ClientError, match=r"wishes\.json is damaged"):
        folder.is_muted()
