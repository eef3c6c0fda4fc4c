import re
from pathlib import Path

import pytest

from sussurro_relay.log import LogFigures
from sussurro_relay.tally import TIME_BUCKETS, Tally
from sussurro_wire.errors import Reason
from sussurro_wire.messages import Ack, Bye, Hello
from tests.support.metrics import FULL, LABELS, registry_of, samples
from tests.support.relay import (
    DEADLINE,
    SERVICES,
    Member,
    RoomSecret,
    ask,
    figures,
    members,
    running_relay,
    tokens,
    until,
)

P = "sussurro_relay_"
NAMES = {
    "connections", "connections_total", "rooms", "lagging_cursors", "ready", "log_available", "log_waiting_bytes",
    "frames_relayed_total", "frames_delivered_total", "bytes_total", "memory_bytes", "memory_limit_bytes",
    "refused_total", "fanout_seconds_bucket", "fanout_seconds_count", "fanout_seconds_sum", "build_info",
}  # fmt: skip
IN_MEMORY = {"log_bytes", "log_limit_bytes"}
IN_A_FILE = IN_MEMORY | {
    "log_disk_free_bytes", "log_append_seconds_bucket", "log_append_seconds_count", "log_append_seconds_sum",
}  # fmt: skip
ON_SERVERS = {"nats_connected", "nats_reconnects_total", "peers", "bad_rumours_total"}


def test_every_figure_is_there_from_the_start_and_those_of_the_process_too() -> None:
    names = set(samples())
    assert {name.removeprefix(P) for name in names if name.startswith(P)} == (
        NAMES | IN_A_FILE | ON_SERVERS
    )
    assert {"process_open_fds", "process_resident_memory_bytes", "python_info"} <= names


def test_every_figure_is_explained_to_operators() -> None:
    text = (SERVICES.parent / "docs" / "operations.md").read_text()
    explained = re.findall(r"^\| `.*", text, re.MULTILINE)
    words = [word for row in explained for word in re.findall(r"`(?:…_|sussurro_relay_)(\w+)", row)]
    families = {re.sub("_(bucket|count|sum)$", "", name) for name in NAMES | IN_A_FILE | ON_SERVERS}
    assert families <= set(words)


def test_no_label_identifies_a_person_or_a_room() -> None:
    labels = {label for name, given in samples().items() if name.startswith(P) for label in given}
    assert labels == LABELS


def test_each_reason_of_a_refusal_is_there_before_anybody_was_refused() -> None:
    registry = registry_of(Tally())
    for reason in set(Reason) - {Reason.LEFT, Reason.DRAIN, Reason.LOST}:
        assert registry.get_sample_value(f"{P}refused_total", {"reason": reason.value}) == 0


def test_the_tallies_of_all_threads_are_added_up() -> None:
    tallies = [Tally(), Tally()]
    for number, tally in enumerate(tallies, 1):
        tally.connections = tally.opened = tally.frames_in = tally.lagging = number
        tally.refused[Reason.BAD_PROOF] = number
        tally.fanout.observe(TIME_BUCKETS[number])
    registry = registry_of(*tallies, is_good=False, rooms=4)
    value = registry.get_sample_value
    assert [value(P + name) for name in ("connections", "connections_total", "rooms")] == [3, 3, 4]
    assert value(f"{P}frames_relayed_total") == 3
    assert value(f"{P}log_available") == 0
    assert value(f"{P}ready") == 0
    assert value(f"{P}lagging_cursors") == 3
    assert value(f"{P}refused_total", {"reason": "bad-proof"}) == 3
    assert value(f"{P}fanout_seconds_count") == 2
    assert value(f"{P}fanout_seconds_bucket", {"le": str(TIME_BUCKETS[1])}) == 1


def test_a_log_tells_of_itself_what_its_kind_has() -> None:
    value = registry_of(told=FULL).get_sample_value
    names = ("waiting_bytes", "bytes", "limit_bytes", "disk_free_bytes")
    assert [value(f"{P}log_{name}") for name in names] == [7, 6, 5, 4]
    assert value(f"{P}nats_connected") == 1
    assert value(f"{P}nats_reconnects_total") == 3
    less = registry_of(told=LogFigures(7)).get_sample_value
    assert less(f"{P}log_waiting_bytes") == 7
    assert less(f"{P}log_bytes") is less(f"{P}nats_connected") is None
    assert less(f"{P}log_append_seconds_count") is None


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_a_relay_tells_of_its_log_what_this_kind_has(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    log = f"sqlite:///{path}" if kind == "sqlite" else "memory:"
    lines = tokens(range(50), 1000)
    with running_relay(log=log, retention_bytes=12_345_678) as relay:
        with members(relay.port, RoomSecret(), 1) as (ana,):
            ana.send(lines)
            until(lambda: ana.hear(Ack).count == 50)
            told = figures(relay.metrics_port)
        names = {name.partition("{")[0].removeprefix(P) for name in told if name.startswith(P)}
        assert names == NAMES | (IN_A_FILE if kind == "sqlite" else IN_MEMORY)
        assert told[f"{P}log_bytes"] > len(lines)
        assert told[f"{P}log_waiting_bytes"] == 0
        if kind == "sqlite":
            assert told[f"{P}log_limit_bytes"] == 12_345_678
            assert told[f"{P}log_disk_free_bytes"] > 0
            assert 1 <= told[f"{P}log_append_seconds_count"] <= 50
            assert 0 < told[f"{P}log_append_seconds_sum"] < DEADLINE


def test_who_reads_pages_of_the_log_is_counted_until_it_is_live_or_gone(tmp_path: Path) -> None:
    """A member that joins far back and does not read stays on the pages, and others do not."""
    secret = RoomSecret()
    with running_relay(log=f"sqlite:///{tmp_path}/log.db", window_bytes=50_000) as relay:
        port = relay.metrics_port
        with members(relay.port, secret, 1) as (ana,):
            ana.send(tokens(range(4000), 4000))
            until(lambda: ana.hear(Ack).count == 4000)
            assert figures(port)[f"{P}lagging_cursors"] == 0
            with Member(relay.port, receive_buffer=4096) as bia:
                bia.join(secret, last=4000)
                until(lambda: figures(port)[f"{P}lagging_cursors"] == 1)
            until(lambda: figures(port)[f"{P}lagging_cursors"] == 0)
            with Member(relay.port) as caio:
                caio.join(secret, last=4000)
                caio.hear_lines(4000 * 4000)
                until(lambda: figures(port)[f"{P}lagging_cursors"] == 0)


def test_after_a_known_exchange_the_figures_are_right() -> None:
    """Three members, of whom one says seven tokens in one write, and one who is refused."""
    secret = RoomSecret()
    with running_relay() as relay:
        with members(relay.port, secret, 3) as (ana, bia, caio), Member(relay.port) as eve:
            eve.hear_next(Hello)
            eve.socket.sendall(b"nonsense\n")
            assert eve.hear_next(Bye).reason == Reason.MALFORMED
            eve.socket.close()
            ana.send(tokens(range(7)))
            assert ana.hear(Ack).count == 7
            for member in (bia, caio):
                member.hear_lines(len(tokens(range(7))))
            until(lambda: figures(relay.metrics_port)[f"{P}connections"] == 3)
            during = figures(relay.metrics_port)
        until(lambda: figures(relay.metrics_port)[f"{P}rooms"] == 0)
        after = figures(relay.metrics_port)
    assert during[f"{P}connections_total"] == 4
    assert during[f"{P}rooms"] == 1
    assert during[f"{P}frames_relayed_total"] == 7
    assert during[f"{P}frames_delivered_total"] == 14
    assert during[f'{P}refused_total{{reason="malformed"}}'] == 1
    assert sum(value for name, value in during.items() if name.startswith(f"{P}refused")) == 1
    assert during[f'{P}bytes_total{{direction="in"}}'] > len(tokens(range(7)))
    assert during[f'{P}bytes_total{{direction="out"}}'] > 2 * len(tokens(range(7)))
    assert during[f'{P}build_info{{protocol="1",version="test"}}'] == 1
    assert after[f"{P}connections"] == 0


def test_counting_costs_a_chunk_and_not_a_message() -> None:
    """Ten thousand tokens that arrive in a few reads move the histogram a few times."""
    secret = RoomSecret()
    with running_relay(io_threads=1) as relay, members(relay.port, secret, 2) as (ana, bia):
        lines = tokens(range(10_000))
        ana.send(lines)
        assert bia.hear_lines(len(lines)) == lines
        until(lambda: figures(relay.metrics_port)[f"{P}frames_delivered_total"] == 10_000)
        counted = figures(relay.metrics_port)
    assert counted[f"{P}frames_relayed_total"] == 10_000
    assert 1 <= counted[f"{P}fanout_seconds_count"] <= 100


def test_the_time_of_a_fanout_is_taken_once_and_not_again_when_somebody_comes() -> None:
    secret = RoomSecret()
    with running_relay(io_threads=1) as relay, members(relay.port, secret, 2) as (ana, bia):
        ana.send(tokens(range(1)))
        bia.hear_lines(1)
        until(lambda: figures(relay.metrics_port)[f"{P}fanout_seconds_count"] == 1)
        with members(relay.port, secret, 5):
            pass
        until(lambda: figures(relay.metrics_port)[f"{P}connections"] == 2)
        assert figures(relay.metrics_port)[f"{P}fanout_seconds_count"] == 1


def test_scraping_under_load_is_answered_and_disturbs_nobody() -> None:
    secret = RoomSecret()
    with running_relay() as relay, members(relay.port, secret, 3) as (ana, bia, caio):
        for number in range(30):
            ana.send(tokens(range(100 * number, 100 * number + 100)))
            assert ask(relay.metrics_port, "/metrics")[0] == 200
            assert ask(relay.metrics_port, "/readyz")[0] == 200
        for member in (bia, caio):
            assert member.hear_lines(len(tokens(range(3000)))) == tokens(range(3000))
