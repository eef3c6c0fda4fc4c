from sussurro_relay.budget import Budget
from sussurro_relay.log import Record
from sussurro_relay.room import _HOLD_SECONDS, Room
from sussurro_relay.window import Batch, Reader
from sussurro_wire.chunk import Chunk
from sussurro_wire.messages import At, Count, Gone, Here, Side, WhoEnd
from sussurro_wire.protocol import Event, Protocol, State

CARD = "gAAAAAcard"


def quiet(_: Room) -> None:
    """Hear of news and do nothing."""


def events_in(data: bytes) -> list[Event]:
    protocol, events = Protocol(Side.CLIENT), list[Event]()
    protocol.state = State.OPEN
    protocol.receive(data, events.append)
    return events


def batch_of(room: Room, session: str, position: int = 0) -> Batch:
    batch = room.batch(position, session)
    assert batch is not None
    return batch


def record(seq: int, origin: str = "ana", size: int = 20) -> Record:
    return Record("room", seq, origin, 1, b"gAAAA".ljust(size - 1, b"x") + b"\n", 1.0)


def test_members_who_stand_at_one_place_are_sent_one_buffer() -> None:
    room = Room("room", 100_000, 200)
    room.commit([record(1), record(2)])
    assert batch_of(room, "bia").data is batch_of(room, "caio").data


def test_a_sender_is_sent_everything_but_its_own() -> None:
    room = Room("room", 100_000, 200)
    room.commit([record(1), record(2, "bia"), record(3)])
    own = batch_of(room, "bia")
    assert [event for event in events_in(own.data) if isinstance(event, At)] == [At(1), At(3)]
    assert own.own == 1


def test_arrivals_and_departures_are_told_to_the_others_and_not_to_oneself() -> None:
    room = Room("room", 100_000, 200)
    ana = room.enter("ana", CARD, quiet)
    bia = room.enter("bia", CARD, quiet)
    room.leave("bia", "left")
    heard = room.batch_for(0, Reader("ana", 0, ana.position))
    assert heard is not None
    assert events_in(heard.data) == [Here("bia", CARD), Gone("bia", "left")]
    assert (ana.members, bia.members) == (1, 2)


def test_who_comes_later_is_not_told_who_came_and_went_before() -> None:
    room = Room("room", 100_000, 200)
    room.enter("ana", CARD, quiet)
    room.enter("bia", CARD, quiet)
    room.leave("bia", "lost")
    caio = room.enter("caio", CARD, quiet)
    heard = room.batch_for(0, Reader("caio", 0, caio.position))
    assert heard is not None
    assert heard.data == b""


def test_leaving_twice_is_told_once() -> None:
    room = Room("room", 100_000, 200)
    room.enter("ana", CARD, quiet)
    room.leave("ana", "left")
    room.leave("ana", "left")
    assert events_in(batch_of(room, "bia").data) == [Here("ana", CARD), Gone("ana", "left")]


def test_everybody_who_asks_is_sent_one_roster_until_somebody_comes() -> None:
    room = Room("room", 100_000, 200)
    room.enter("ana", CARD, quiet)
    roster = room.roster()
    assert room.roster() is roster
    room.enter("bia", CARD, quiet)
    assert events_in(room.roster()) == [Here("ana", CARD), Here("bia", CARD), WhoEnd(2)]


def test_above_the_limit_only_the_count_is_told_and_only_when_it_changed() -> None:
    room = Room("room", 100_000, presence_limit=2)
    for number in range(5):
        room.enter(f"s{number}", CARD, quiet)
    room.leave("s4", "left")
    room.push_count()
    room.push_count()
    events = events_in(batch_of(room, "reader").data)
    assert events == [Here("s0", CARD), Here("s1", CARD), Count(4)]


def test_each_thread_hears_of_news_once_however_many_members_it_serves() -> None:
    room = Room("room", 100_000, 200)
    heard: list[Room] = []
    for number in range(10):
        room.enter(f"s{number}", CARD, heard.append)
    heard.clear()
    room.commit([record(1), record(2)])
    assert heard == [room]


def test_a_thread_whose_last_member_left_hears_no_more() -> None:
    room = Room("room", 100_000, 200)
    heard: list[Room] = []
    room.enter("ana", CARD, heard.append)
    room.leave("ana", "left")
    heard.clear()
    room.commit([record(1)])
    assert heard == []


def test_a_reader_who_is_nearly_lost_holds_senders_for_a_moment_and_no_longer() -> None:
    room = Room("room", 1000, 200)
    room.enter("slow", CARD, quiet)
    room.note_lag("slow", room._window.head)
    room.commit([record(seq, size=50) for seq in range(1, 11)])
    assert not room.is_crowded(0.0)
    room.commit([record(seq, size=50) for seq in range(11, 17)])
    assert room.is_crowded(0.0)
    assert room.is_crowded(_HOLD_SECONDS * 0.9)
    assert not room.is_crowded(_HOLD_SECONDS * 1.1)
    room.commit([record(seq, size=50) for seq in range(17, 100)])
    assert not room.is_crowded(_HOLD_SECONDS * 2)


def test_senders_wait_for_an_audience_that_is_outrun_for_as_long_as_it_takes() -> None:
    """Its members' sockets have space: a thread that was not given its turn costs them nothing."""
    room = Room("room", 1000, 200)
    audience = object()
    room.commit([record(1, size=50)])
    assert room.shared_batch(0, audience) is not None
    room.commit([record(seq, size=50) for seq in range(2, 7)])
    assert not room.is_crowded(0.0)
    room.commit([record(seq, size=50) for seq in range(7, 12)])
    assert room.is_crowded(0.0)
    assert room.is_crowded(60.0)
    assert room.shared_batch(1, audience) is not None
    assert not room.is_crowded(60.0)


def test_an_audience_that_is_no_more_holds_nobody() -> None:
    room = Room("room", 1000, 200)
    audience = object()
    room.commit([record(1, size=50)])
    room.shared_batch(0, audience)
    room.commit([record(seq, size=90) for seq in range(2, 40)])
    assert room.is_crowded(0.0)
    room.forget(audience)
    room.forget(audience)  # harmless
    assert not room.is_crowded(0.0)


def test_a_reader_who_caught_up_or_left_holds_nobody() -> None:
    room = Room("room", 1000, 200)
    for name in ("slow", "gone"):
        room.enter(name, CARD, quiet)
        room.note_lag(name, 0)
    room.commit([record(seq, size=90) for seq in range(1, 11)])
    assert room.is_crowded(0.0)
    room.note_lag("slow", None)
    room.leave("gone", "lost")
    assert not room.is_crowded(0.0)
    room.note_lag("gone", 0)
    assert not room.is_crowded(0.0)


def test_chunks_come_with_their_number_byte_for_byte() -> None:
    room = Room("room", 100_000, 200)
    room.commit([record(7)])
    assert events_in(batch_of(room, "bia").data) == [At(7), Chunk(record(7).lines, 1)]


def test_a_room_that_hears_of_a_chunk_before_its_log_was_read_leaves_older_ones_to_the_log() -> (
    None
):
    """Somebody left while its last chunk was being kept, and another came just then."""
    room = Room("room", 100_000, 200)
    room.commit([record(50)])
    room.open(50)
    assert room.position_after(20, 0) is None
    assert room.position_after(49, 0) is not None


def test_a_room_that_is_asked_to_shrink_after_its_end_is_charged_for_nothing() -> None:
    """Whoever shares out memory may have found the room just before its last member left."""
    budget = Budget(1_000_000)
    room = Room("room", 100_000, 200, budget)
    room.commit([record(1)])
    room.close()
    room.shrink()
    assert not any(budget.held().values())
