from sussurro_client.acquaintances import Acquaintance
from sussurro_client.events import Standing
from sussurro_client.memory import Memory, Snapshot
from sussurro_client.recollection import Mark
from tests.client.scenes import ANA, BIA, EVE

MARK = Mark(BIA.person.key, b"run-0001", 1, 5)


def test_who_was_never_in_the_room_knows_nobody_but_themselves() -> None:
    memory = Memory(ANA.person)
    assert list(memory.acquaintances) == []
    assert memory.acquaintances.standing(ANA.person) is Standing.VERIFIED
    assert memory.recollection.position == 0
    assert not memory.is_changed


def test_a_snapshot_is_what_a_later_run_knows() -> None:
    earlier = Memory(ANA.person)
    earlier.acquaintances.meet(BIA.person)
    earlier.acquaintances.trust(BIA.person)
    earlier.recollection.note(MARK, 40)
    kept = earlier.snapshot()
    assert kept == Snapshot((Acquaintance(BIA.person, True, True),), 40, (MARK,))
    later = Memory(ANA.person, kept)
    assert later.acquaintances.standing(BIA.person) is Standing.VERIFIED
    assert later.recollection.is_replay(MARK, 41)
    assert later.snapshot() == kept


def test_there_is_something_to_keep_until_it_is_kept() -> None:
    memory = Memory(ANA.person)
    memory.recollection.note(MARK, 40)
    assert memory.is_changed
    memory.snapshot()
    assert not memory.is_changed


def test_only_people_are_news() -> None:
    """How far we heard changes with every message, and is kept less often."""
    memory = Memory(ANA.person)
    memory.recollection.note(MARK, 40)
    assert not memory.has_news
    memory.acquaintances.meet(EVE.person)
    assert memory.has_news
    memory.snapshot()
    assert not memory.has_news


def test_a_snapshot_does_not_change_with_what_comes_later() -> None:
    memory = Memory(ANA.person)
    kept = memory.snapshot()
    memory.acquaintances.meet(EVE.person)
    memory.recollection.note(MARK, 40)
    assert kept == Snapshot()


def test_what_could_not_be_kept_is_still_to_be_kept() -> None:
    memory = Memory(ANA.person)
    memory.acquaintances.meet(BIA.person)
    memory.snapshot()
    assert not memory.is_changed
    memory.note_unkept()
    assert memory.has_news
    assert memory.is_changed
