import threading

from sussurro_relay.hub import Hub
from sussurro_relay.log import Record


def record(room: str, seq: int) -> Record:
    return Record(room, seq, "ana", 1, b"gAAAAA\n")


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
