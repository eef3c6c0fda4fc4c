import threading

from sussurro_relay.budget import ROOM_BYTES, Budget, Kind
from sussurro_relay.hub import Hub
from sussurro_relay.log import Record


def record(room: str, seq: int, size: int = 7) -> Record:
    return Record(room, seq, "ana", 1, b"gAAAAA" + b"x" * (size - 7) + b"\n")


def test_a_room_is_the_same_for_all_and_is_gone_after_its_last_user() -> None:
    hub = Hub(1000, 200)
    room = hub.acquire("a")
    assert hub.acquire("a") is room
    hub.release(room)
    assert len(hub) == 1
    hub.release(room)
    assert len(hub) == 0
    assert hub.acquire("a") is not room


def test_records_find_their_rooms_and_those_of_empty_rooms_go_nowhere() -> None:
    hub = Hub(1000, 200)
    rooms = {name: hub.acquire(name) for name in ("a", "b")}
    hub.committed([record("a", 1), record("c", 2), record("b", 3), record("a", 4)])
    seqs = {}
    for name, room in rooms.items():
        batch = room.batch(0, "bia")
        assert batch is not None
        seqs[name] = (batch.seq, batch.count)
    assert seqs == {"a": (4, 2), "b": (3, 1)}
    assert len(hub) == 2


def test_threads_that_come_and_go_at_once_leave_an_empty_table() -> None:
    hub = Hub(1000, 200)

    def come_and_go() -> None:
        for number in range(2000):
            hub.release(hub.acquire(f"room-{number % 3}"))

    threads = [threading.Thread(target=come_and_go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(hub) == 0


def test_only_a_large_room_whose_count_changed_is_told_its_count() -> None:
    hub = Hub(1000, presence_limit=1)
    heard: list[str] = []
    for name, members in (("small", 1), ("large", 3)):
        room = hub.acquire(name)
        for number in range(members):
            room.enter(f"s{number}", "gAAAAAcard", lambda room: heard.append(room.id))
    heard.clear()
    hub.push_counts()
    hub.push_counts()
    assert set(heard) == {"large"}
    assert len(heard) == 3


def test_a_room_whose_last_member_left_holds_nothing() -> None:
    budget = Budget()
    hub = Hub(100_000, 200, budget)
    room = hub.acquire("a")
    for name in ("ana", "bia"):
        room.enter(name, "gAAAAAcard", lambda _: None)
    hub.committed([record("a", seq) for seq in range(1, 100)])
    room.batch(0, "caio")
    room.roster()
    held = budget.held()
    assert held[Kind.ROOMS] > ROOM_BYTES
    assert held[Kind.WINDOWS] > 100 * len(record("a", 1).lines)
    for name in ("ana", "bia"):
        room.leave(name, "left")
    hub.release(room)
    room.commit([record("a", 100)])  # somebody else had found it just before
    assert not any(budget.held().values())


def test_large_windows_shrink_when_memory_is_tight_and_quiet_ones_hold_nothing() -> None:
    budget = Budget(16 * 64 * 1024)
    hub = Hub(1_000_000, 200, budget)
    rooms = [hub.acquire(name) for name in ("a", "b")]
    for room in rooms:
        hub.committed([record(room.id, seq, 2000) for seq in range(1, 150)])
    before = budget.held()[Kind.WINDOWS]
    budget.charge(Kind.CONNECTIONS, 16 * 64 * 1024 * 9 // 16)
    for _ in range(2):
        budget.share_out(len(hub), connections=2)
    assert budget.held()[Kind.WINDOWS] <= 64 * 1024 < before
    budget.charge(Kind.CONNECTIONS, 16 * 64 * 1024)
    budget.share_out(len(hub), connections=2)
    assert budget.held()[Kind.WINDOWS] == 0
