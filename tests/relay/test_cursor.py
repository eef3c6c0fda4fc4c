from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from sussurro_relay.cursor import Cursor, Phase
from sussurro_relay.log import Page, Query, Record
from sussurro_relay.log.memory import select
from sussurro_relay.room import Room
from sussurro_wire.chunk import Chunk
from sussurro_wire.messages import Ack, At, Side
from sussurro_wire.protocol import Event, Protocol, State


def quiet(_: Room) -> None:
    """Hear of news and do nothing."""


@dataclass
class FakeLog:
    """Keeps the newest ``kept`` records, and answers when it is told to."""

    kept: int
    page_bytes: int = 60
    records: list[Record] = field(default_factory=list)
    head: int = 0
    asked: deque[Callable[[], None]] = field(default_factory=deque)
    behind: int = 0  # cursors that read pages

    def append(self, room: Room, origin: str, count: int = 1) -> Record:
        self.head += 1
        lines = b"".join(b"gAAAA%06d\n" % (self.head * 10 + each) for each in range(count))
        record = Record("room", self.head, origin, count, lines, float(self.head))
        self.records.append(record)
        room.commit([record])
        return record

    def page(self, query: Query) -> Page:
        kept = self.records[-self.kept :]
        oldest = kept[0].seq if len(kept) < len(self.records) else 1
        limited = Query("room", query.after, query.messages, query.before, self.page_bytes)
        return select(kept, limited, oldest, self.head)

    def read(self, query: Query, done: Callable[[Page], None]) -> None:
        self.asked.append(lambda: done(self.page(query)))

    def note_behind(self, *, is_behind: bool) -> None:
        self.behind += 1 if is_behind else -1

    def answer(self) -> None:
        if self.asked:
            self.asked.popleft()()


class Reader:
    """A cursor, and what it was sent."""

    def __init__(self, name: str, room: Room, log: FakeLog, from_seq: int | None = None) -> None:
        self.name = name
        self.after = log.head if from_seq is None else from_seq - 1
        self.heard: list[Event] = []
        self._log = log
        self._protocol = Protocol(Side.CLIENT)
        self._protocol.state = State.OPEN
        page = log.page(Query("room", after=None if from_seq is None else self.after))
        room.open(page.head)
        entrance = room.enter(name, "gAAAAAcard", quiet)
        self.cursor = Cursor(room, name, entrance.position, self.after, log)
        self.cursor.take_page(page)

    def send(self, room: Room, count: int = 1) -> None:
        lines = b"gAAAA0\n" * count
        self.cursor.hand_over(Chunk(lines, count))
        self._log.append(room, self.name, count)

    def take(self) -> bool:
        data, count = self.cursor.next_data()
        before = len(self.chunks())
        self._protocol.receive(data, self.heard.append)
        assert sum(chunk.count for chunk in self.chunks()[before:]) == count
        return bool(data)

    def take_all(self) -> None:
        while self.take() or self._log.asked:
            self._log.answer()

    def seqs(self) -> list[int]:
        return [event.seq for event in self.heard if isinstance(event, At)]

    def chunks(self) -> list[Chunk]:
        return [event for event in self.heard if isinstance(event, Chunk)]

    def acks(self) -> list[Ack]:
        return [event for event in self.heard if isinstance(event, Ack)]


def new_room(window_bytes: int = 10_000) -> Room:
    return Room("room", window_bytes, presence_limit=0)


def test_a_cursor_that_keeps_up_lives_on_the_window_and_never_asks_the_log() -> None:
    room, log = new_room(), FakeLog(kept=100)
    reader = Reader("bia", room, log)
    for _ in range(5):
        log.append(room, "ana")
        reader.take_all()
    assert reader.seqs() == [1, 2, 3, 4, 5]
    assert reader.cursor.phase is Phase.LIVE
    assert not log.asked


def test_a_cursor_that_falls_behind_the_window_reads_pages_and_comes_back_live() -> None:
    room, log = new_room(window_bytes=100), FakeLog(kept=1000)
    reader = Reader("bia", room, log)
    reader.take_all()
    for _ in range(50):
        log.append(room, "ana")
    assert reader.take() is False
    assert log.asked
    for _ in range(3):  # the room goes on while the log is read
        log.append(room, "ana")
        log.answer()
        reader.take()
    reader.take_all()
    assert reader.cursor.phase is Phase.LIVE
    assert reader.seqs() == list(range(1, 54))


def test_a_cursor_whose_chunks_are_nowhere_any_more_has_lagged() -> None:
    room, log = new_room(window_bytes=100), FakeLog(kept=10)
    reader = Reader("bia", room, log)
    reader.take_all()
    for _ in range(50):
        log.append(room, "ana")
    reader.take_all()
    assert reader.cursor.phase is Phase.LAGGED
    assert reader.seqs() == []


def test_joining_from_an_earlier_chunk_brings_that_chunk_and_all_after_it_once() -> None:
    room, log = new_room(), FakeLog(kept=100)
    for _ in range(20):
        log.append(room, "ana")
    reader = Reader("bia", room, log, from_seq=5)
    log.append(room, "ana")
    reader.take_all()
    assert reader.seqs() == list(range(5, 22))


def test_own_chunks_are_acknowledged_with_all_tokens_so_far_and_never_sent_back() -> None:
    room, log = new_room(), FakeLog(kept=100)
    reader = Reader("bia", room, log)
    reader.send(room, 3)
    reader.take_all()
    log.append(room, "ana")
    reader.send(room, 2)
    reader.send(room, 4)
    reader.take_all()
    assert reader.acks() == [Ack(3, 1), Ack(9, 4)]
    assert reader.seqs() == [2]
    assert reader.cursor.unkept_bytes == 0


def test_what_was_handed_over_and_not_passed_yet_is_counted_in_bytes() -> None:
    room, log = new_room(), FakeLog(kept=100)
    reader = Reader("bia", room, log)
    reader.cursor.hand_over(Chunk(b"gAAAA\n" * 2, 2))
    assert reader.cursor.unkept_bytes == 12


def test_own_chunks_on_a_page_are_acknowledged_too() -> None:
    room, log = new_room(window_bytes=50), FakeLog(kept=100)
    reader = Reader("bia", room, log)
    reader.take_all()
    for _ in range(10):
        reader.send(room, 2)
        log.append(room, "ana")
    reader.take_all()
    assert reader.acks()[-1] == Ack(20, 19)
    assert reader.seqs() == list(range(2, 21, 2))
    assert reader.cursor.unkept_bytes == 0


def test_when_a_chunk_had_been_read_is_told_once() -> None:
    room, log = new_room(), FakeLog(kept=100)
    reader = Reader("bia", room, log)
    log.append(room, "ana")
    reader.take_all()
    assert (reader.cursor.take_read_at(), reader.cursor.take_read_at()) == (1.0, 0.0)


def check(reader: Reader, log: FakeLog) -> None:
    """Check what a reader with nothing left to read was sent."""
    others = [
        record.seq
        for record in log.records
        if record.seq > reader.after and record.origin != reader.name
    ]
    first = reader.seqs()[0] if reader.seqs() else log.head + 1
    due = [seq for seq in others if seq >= first]
    if reader.cursor.phase is Phase.LAGGED:
        assert reader.seqs() == due[: len(reader.seqs())]
    else:
        assert reader.seqs() == due
        assert reader.cursor.unkept_bytes == 0
        own = [record.seq for record in log.records if record.origin == reader.name]
        if own:
            assert reader.acks()[-1] == Ack(2 * len(own), own[-1])
        # What it did not get had been forgotten when it came.
        assert log.kept < 1000 or due == others
    counts = [ack.count for ack in reader.acks()]
    assert counts == sorted(set(counts))
    assert all(
        chunk.lines == log.records[seq - 1].lines
        for seq, chunk in zip(reader.seqs(), reader.chunks(), strict=True)
    )


STEPS = st.one_of(
    st.tuples(st.just("append"), st.integers(1, 3)),
    st.tuples(st.just("send"), st.integers(0, 3)),
    st.tuples(st.just("take"), st.integers(0, 3)),
    st.tuples(st.just("answer"), st.just(0)),
    st.tuples(st.just("presence"), st.just(0)),
    st.tuples(st.just("enter"), st.none() | st.integers(1, 30)),
)


@settings(derandomize=True, deadline=None, max_examples=400)
@given(
    st.lists(STEPS, max_size=80),
    st.integers(40, 400),
    st.sampled_from([3, 8, 1000]),
    st.integers(0, 30),
)
def test_whatever_the_schedule_each_reader_gets_every_chunk_of_others_once_in_order_or_lags(
    steps: list[tuple[str, int]], window_bytes: int, kept: int, earlier: int
) -> None:
    room, log = new_room(window_bytes), FakeLog(kept)
    for _ in range(earlier):  # before the room was opened here
        log.append(Room("elsewhere", 1, 0), "ana")
    readers = [Reader("r0", room, log)]
    for step, value in steps:
        reader = readers[(value or 0) % len(readers)]
        if step == "append":
            log.append(room, "ana", value)
        elif step == "send":
            reader.send(room, 2)
        elif step == "take":
            reader.take()
        elif step == "answer":
            log.answer()
        elif step == "presence":
            room.push_count()
        else:
            from_seq = None if value is None else min(value, log.head + 1)
            readers.append(Reader(f"r{len(readers)}", room, log, from_seq))
        assert log.behind == sum(each.cursor.is_reading for each in readers)
    for reader in readers:
        reader.take_all()
        check(reader, log)
