"""What the log in JetStream promises beyond the contract: several relays, and a NATS that fails."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path
from random import Random

import nats
import pytest
from nats.js.api import PubAck

from sussurro_relay.cluster.bus import Bus
from sussurro_relay.log import Query, Record
from sussurro_relay.log.memory import select
from sussurro_relay.log.nats import NatsLog
from sussurro_relay.log.nats_stream import Kept
from sussurro_relay.log.parcel import number_of
from sussurro_relay.log.retention import Retention
from tests.log.kinds import Heard, chunk
from tests.log.test_contract import page_of
from tests.support.nats_server import NatsServer, why_no_nats
from tests.support.relay import until

pytestmark = [
    pytest.mark.nats,
    pytest.mark.skipif(bool(why_no_nats()), reason=str(why_no_nats())),
]

_NATS_SECONDS = 30.0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    one = NatsServer(tmp_path)
    one.start()
    yield one
    one.remove()


@pytest.fixture
def open_log(server: NatsServer) -> Iterator[Callable[..., tuple[NatsLog, Heard]]]:
    logs: list[NatsLog] = []

    def make(
        retention: Retention | None = None, is_wanted: Callable[[str], bool] = lambda _: True
    ) -> tuple[NatsLog, Heard]:
        heard = Heard()
        logs.append(NatsLog(Bus([server.url]), 1, retention or Retention(), is_wanted))
        logs[-1].start(heard)
        return logs[-1], heard

    yield make
    for log in logs:
        log.close()


OpenLog = Callable[..., tuple[NatsLog, Heard]]


def lines(records: list[Record]) -> list[bytes]:
    return [record.lines for record in records]


def enter(log: NatsLog, room: str) -> None:
    """Have the room followed, as its first member's arrival does."""
    page_of(log, Query(room, messages=0))


def test_all_relays_hear_all_chunks_in_one_order(open_log: OpenLog) -> None:
    relays = [open_log() for _ in range(3)]
    for log, _ in relays:
        enter(log, "room")

    def talk(number: int) -> None:
        for index in range(200):
            relays[number][0].append("room", chunk(number * 1_000 + index), f"m{number}", 1.0)

    threads = [threading.Thread(target=talk, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    until(lambda: all(len(heard.records) == 600 for _, heard in relays), _NATS_SECONDS)
    first = relays[0][1].records
    for _, heard in relays:
        assert heard.records == first
    for number in range(3):
        own = [record for record in first if record.origin == f"m{number}"]
        assert lines(own) == [chunk(number * 1_000 + index).lines for index in range(200)]


def test_when_a_chunk_was_read_is_known_to_the_relay_that_read_it_alone(open_log: OpenLog) -> None:
    (one, here), (two, there) = open_log(), open_log()
    enter(one, "room")
    enter(two, "room")
    one.append("room", chunk(1), "ana", 7.5)
    until(lambda: here.records and there.records, _NATS_SECONDS)
    assert here.records[0].read_at == 7.5
    assert there.records[0].read_at == 0.0


def test_a_nats_that_dies_and_comes_back_loses_doubles_and_reorders_nothing(
    server: NatsServer, open_log: OpenLog
) -> None:
    log, heard = open_log()
    until(log.is_available, _NATS_SECONDS)
    for number in range(300):
        log.append("room", chunk(number), "ana", 1.0)
        if number == 100:
            until(lambda: heard.records, _NATS_SECONDS)
            server.kill()
        if number == 200:
            until(lambda: not log.is_available(), _NATS_SECONDS)
            assert len(heard.records) < 300
            server.start()
    until(lambda: len(heard.records) >= 300, _NATS_SECONDS)
    until(log.is_available, _NATS_SECONDS)
    assert lines(heard.records) == [chunk(number).lines for number in range(300)]
    log._follower._feeds["room"].tail.shrink(0)
    assert list(page_of(log, Query("room", after=0)).records) == heard.records


def test_what_nats_has_kept_is_there_after_it_starts_again_also_for_a_new_relay(
    server: NatsServer, open_log: OpenLog
) -> None:
    log, heard = open_log()
    for number in range(20):
        log.append("room", chunk(number), "ana", 1.0)
    until(lambda: len(heard.records) == 20, _NATS_SECONDS)
    for _ in range(2):
        server.kill()
        server.start()
        other, _ = open_log()
        assert list(page_of(other, Query("room", after=0)).records) == heard.records


def test_a_nats_that_stands_still_holds_the_senders_and_loses_nothing(
    server: NatsServer, open_log: OpenLog
) -> None:
    log, heard = open_log()
    until(log.is_available, _NATS_SECONDS)
    server.pause()
    try:
        for number in range(100):
            log.append("room", chunk(number, 512 * 1024), "ana", 1.0)
        until(log.is_behind, _NATS_SECONDS)
        assert not heard.records
    finally:
        server.go_on()
    until(lambda: len(heard.records) == 100, _NATS_SECONDS)
    until(lambda: not log.is_behind(), _NATS_SECONDS)
    assert lines(heard.records) == [chunk(number, 512 * 1024).lines for number in range(100)]


def test_a_copy_whose_first_is_still_under_way_is_not_taken_for_kept(
    open_log: OpenLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A leader of NATS 2.10 answers it with number 0, and may lose the first one after that."""
    log, heard = open_log()
    enter(log, "room")
    jetstream = log._stream._jetstream
    publish = jetstream.publish
    lost = iter((True, True))

    async def lose_first(*arguments: object, **options: object) -> PubAck:
        if next(lost, False):
            return PubAck("rooms", 0, duplicate=True)
        return await publish(*arguments, **options)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(jetstream, "publish", lose_first)
    for number in range(20):
        log.append("room", chunk(number), "ana", 1.0)
    until(lambda: len(heard.records) == 20, _NATS_SECONDS)
    assert lines(heard.records) == [chunk(number).lines for number in range(20)]


def test_a_relay_starts_before_nats_and_is_ready_when_nats_is(
    server: NatsServer, open_log: OpenLog
) -> None:
    server.kill()
    log, heard = open_log()
    log.append("room", chunk(1), "ana", 1.0)
    assert not log.is_available()
    server.start()
    until(log.is_available, _NATS_SECONDS)
    until(lambda: len(heard.records) == 1, _NATS_SECONDS)


@pytest.mark.parametrize("lost", [{3}, {5, 6, 7}, {9}], ids=["one", "several", "the last"])
def test_what_does_not_come_by_itself_is_read_from_the_stream(
    open_log: OpenLog, monkeypatch: pytest.MonkeyPatch, lost: set[int]
) -> None:
    (talker, _), (listener, heard) = open_log(), open_log()
    enter(listener, "room")
    take = listener._follower._take
    seen = 0

    async def lossy(feed: object, kept: Kept) -> None:
        nonlocal seen
        seen += 1
        if seen - 1 not in lost:
            await take(feed, kept)  # type: ignore[arg-type]  # as it came

    monkeypatch.setattr(listener._follower, "_take", lossy)
    # Followed anew, so that the lossy one is what it calls.
    del listener._follower._feeds["room"]
    enter(listener, "room")
    for number in range(10):
        before = len(heard.records)
        talker.append("room", chunk(number), "ana", 1.0)
        if number not in lost:
            until(lambda: len(heard.records) > before, _NATS_SECONDS)  # noqa: B023 - called here
        else:
            until(lambda: seen > number, _NATS_SECONDS)  # noqa: B023 - called here
    until(lambda: len(heard.records) == 10, _NATS_SECONDS)
    assert lines(heard.records) == [chunk(number).lines for number in range(10)]


def test_who_has_heard_more_than_this_relay_is_not_told_that_there_is_less(
    open_log: OpenLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    (talker, there), (listener, here) = open_log(), open_log()

    async def deaf(_feed: object, _kept: Kept) -> None:
        pass

    monkeypatch.setattr(listener._follower, "_take", deaf)
    monkeypatch.setattr(listener._follower, "_check", deaf)
    enter(listener, "room")
    for number in range(5):
        talker.append("room", chunk(number), "ana", 1.0)
        until(lambda: len(there.records) > number, _NATS_SECONDS)  # noqa: B023 - called here
    last = there.records[-1]
    assert not here.records
    page = page_of(listener, Query("room", after=last.seq - 1))
    assert page.head >= last.seq
    assert [*page.records] == [last]
    assert lines(here.records) == lines(there.records)


def test_pages_from_far_back_are_those_of_a_log_that_holds_all_in_memory(
    open_log: OpenLog,
) -> None:
    random = Random(6)
    log, heard = open_log()
    for number in range(1_500):
        log.append(random.choice("aab"), chunk(number, random.choice((16, 4_000))), "ana", 1.0)
        if random.random() < 0.05:
            until(lambda: log.figures().waiting_bytes == 0, _NATS_SECONDS)
    until(lambda: len(heard.records) == 1_500, _NATS_SECONDS)
    kept = heard.of("a")
    for limit in (0, 20_000, 1_000_000):
        log._follower._feeds["a"].tail.shrink(limit)
        for _ in range(25):
            at = random.choice(kept).seq + random.choice((-1, 0, 1, 2_000))
            for query in (
                Query("a", after=at),
                Query("a", messages=random.choice((1, 10, 150, 3_000))),
                Query("a", messages=random.choice((1, 10, 150, 3_000)), before=at),
            ):
                page = page_of(log, query)
                wanted = select(kept, query, page.oldest, page.head)
                assert page.records == wanted.records, query
                # Where it cannot know without reading on, it may say that there is more.
                assert page.complete == wanted.complete or not page.complete, query


def test_a_reader_who_goes_on_page_by_page_gets_everything(open_log: OpenLog) -> None:
    log, heard = open_log()
    for number in range(600):
        log.append("room", chunk(number, 4_000), "ana", 1.0)
    until(lambda: len(heard.records) == 600, _NATS_SECONDS)
    log._follower._feeds["room"].tail.shrink(100_000)
    read: list[Record] = []
    complete = False
    while not complete:
        page = page_of(log, Query("room", after=read[-1].seq if read else 0))
        read += page.records
        complete = page.complete
    assert read == heard.records
    read = []
    before, complete = heard.records[-1].seq + 1, False
    while not complete:
        page = page_of(log, Query("room", messages=70, before=before))
        read = [*page.records, *read]
        before, complete = (page.records[0].seq if page.records else 0), page.complete
    assert read == heard.records


def test_what_is_over_the_retention_is_forgotten_and_said_to_be(open_log: OpenLog) -> None:
    log, heard = open_log(Retention(total_bytes=100_000))
    for number in range(100):
        log.append("room", chunk(number, 5_000), "ana", 1.0)
        until(lambda: len(heard.records) > number, _NATS_SECONDS)  # noqa: B023 - called here
    log._follower._feeds["room"].tail.shrink(0)
    page = page_of(log, Query("room", after=0))
    assert 0 < len(page.records) < 30
    assert page.oldest <= page.records[0].seq
    assert page.oldest > heard.records[0].seq


def test_one_room_is_kept_within_its_bytes_and_the_others_are_left_alone(
    open_log: OpenLog,
) -> None:
    log, heard = open_log(Retention(room_bytes=100_000))
    log.append("quiet", chunk(0, 5_000), "ana", 1.0)
    for number in range(100):
        log.append("room", chunk(number, 5_000), "ana", 1.0)
        until(lambda: len(heard.of("room")) > number, _NATS_SECONDS)  # noqa: B023 - called here
    feed = log._follower._feeds["room"]
    kept = heard.of("room")
    totals = accumulate(len(record.lines) for record in kept)
    surplus = feed.looked_at - 100_000  # when it was last looked
    first = next(record for record, total in zip(kept, totals, strict=True) if total > surplus)
    until(lambda: feed.oldest == number_of(first.seq), _NATS_SECONDS)
    feed.tail.shrink(0)
    page = page_of(log, Query("room", after=0))
    assert list(page.records) == [record for record in kept if record.seq >= page.oldest]
    assert 100_000 * 0.8 <= sum(len(record.lines) for record in page.records) <= 110_000
    assert len(page_of(log, Query("quiet", after=0)).records) == 1
    # Another relay, which has seen none of it, says the same.
    other, _ = open_log(Retention(room_bytes=100_000))
    assert page_of(other, Query("room", after=0)).oldest == page.oldest


def test_a_room_a_little_over_its_bytes_keeps_its_first_message_that_is_larger_than_the_surplus(
    open_log: OpenLog,
) -> None:
    log, heard = open_log(Retention(room_bytes=100_000))
    for number, size in enumerate((90_000, 12_000)):
        log.append("room", chunk(number, size), "ana", 1.0)
        until(lambda: len(heard.records) > number, _NATS_SECONDS)  # noqa: B023 - called here
    feed = log._follower._feeds["room"]
    until(lambda: feed.looked_at == feed.total, _NATS_SECONDS)
    feed.tail.shrink(0)
    assert list(page_of(log, Query("room", after=0)).records) == heard.records


@pytest.mark.parametrize("said", [0, 5], ids=["nothing was said", "what was said is forgotten"])
def test_a_room_of_which_nothing_is_kept_is_entered_at_once(
    said: int, open_log: OpenLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sussurro_relay.log.nats_history._BEHIND_SECONDS", 3_600.0)
    log, heard = open_log(Retention(total_bytes=50_000))
    for number in range(said):
        log.append("room", chunk(number), "ana", 1.0)
    for number in range(50 if said else 1):
        log.append("loud", chunk(number, 5_000), "ana", 1.0)
        until(lambda: len(heard.of("loud")) > number, _NATS_SECONDS)  # noqa: B023 - called here
    if said:
        log._follower._feeds["room"].tail.shrink(0)
    page = page_of(log, Query("room", messages=20))
    assert not page.records
    assert page.complete


def test_a_changed_retention_is_given_to_the_stream_that_is_there(open_log: OpenLog) -> None:
    first, heard = open_log()
    first.append("room", chunk(1), "ana", 1.0)
    until(lambda: heard.records, _NATS_SECONDS)
    second, _ = open_log(Retention(seconds=3_600, total_bytes=1_000_000))
    until(second.is_available, _NATS_SECONDS)
    assert len(page_of(second, Query("room", after=0)).records) == 1


def test_a_room_that_nobody_is_in_is_followed_no_more_and_again_for_the_next(
    open_log: OpenLog,
) -> None:
    wanted = {"room"}
    log, heard = open_log(None, wanted.__contains__)
    log.append("room", chunk(1), "ana", 1.0)
    until(lambda: heard.records, _NATS_SECONDS)
    wanted.clear()
    until(lambda: not log._follower._feeds, _NATS_SECONDS)
    wanted.add("room")
    assert len(page_of(log, Query("room", after=0)).records) == 1
    log.append("room", chunk(2), "ana", 1.0)
    until(lambda: len(heard.records) == 2, _NATS_SECONDS)


def test_a_message_that_no_relay_has_made_is_passed_over(
    server: NatsServer, open_log: OpenLog
) -> None:
    log, heard = open_log()
    log.append("room", chunk(1), "ana", 1.0)
    until(lambda: heard.records, _NATS_SECONDS)

    async def publish() -> None:
        client = await nats.connect(server.url)
        await client.jetstream().publish("room.room", b"WELCOME nobody\n")
        await client.close()

    asyncio.run(publish())
    until(lambda: log._follower.bad_messages, _NATS_SECONDS)
    log.append("room", chunk(2), "ana", 1.0)
    until(lambda: len(heard.records) == 2, _NATS_SECONDS)
    log._follower._feeds["room"].tail.shrink(0)
    assert len(page_of(log, Query("room", after=0)).records) == 2
