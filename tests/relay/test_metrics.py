from sussurro_relay.budget import Budget
from sussurro_relay.metrics import make_registry
from sussurro_relay.tally import FANOUT_BUCKETS, Tally
from sussurro_wire.errors import Reason
from sussurro_wire.messages import Ack, Bye, Hello
from tests.support.relay import (
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
    "connections", "connections_total", "rooms", "log_available", "frames_relayed_total", "frames_delivered_total",
    "bytes_total", "memory_bytes", "memory_limit_bytes", "refused_total", "fanout_seconds_bucket", "fanout_seconds_count",
    "fanout_seconds_sum", "build_info",
}  # fmt: skip


def samples() -> dict[str, set[str]]:
    """Return every sample's name and its labels, as an unused relay gives them."""
    found: dict[str, set[str]] = {}
    for family in make_registry(
        [Tally(), Tally()], Budget(), lambda: 0, lambda: True, "1"
    ).collect():
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def test_every_figure_is_there_from_the_start_and_those_of_the_process_too() -> None:
    names = set(samples())
    assert {name.removeprefix(P) for name in names if name.startswith(P)} == NAMES
    assert {"process_open_fds", "process_resident_memory_bytes", "python_info"} <= names


def test_no_label_identifies_a_person_or_a_room() -> None:
    labels = {label for name, given in samples().items() if name.startswith(P) for label in given}
    assert labels == {"direction", "kind", "reason", "le", "version", "protocol"}


def test_each_reason_of_a_refusal_is_there_before_anybody_was_refused() -> None:
    registry = make_registry([Tally()], Budget(), lambda: 0, lambda: True, "1")
    for reason in set(Reason) - {Reason.LEFT, Reason.DRAIN, Reason.LOST}:
        assert registry.get_sample_value(f"{P}refused_total", {"reason": reason.value}) == 0


def test_the_tallies_of_all_threads_are_added_up() -> None:
    tallies = [Tally(), Tally()]
    for number, tally in enumerate(tallies, 1):
        tally.connections = tally.opened = tally.frames_in = number
        tally.refused[Reason.BAD_PROOF] = number
        tally.observe_fanout(FANOUT_BUCKETS[number])
    registry = make_registry(tallies, Budget(), lambda: 4, lambda: False, "1")
    value = registry.get_sample_value
    assert [value(P + name) for name in ("connections", "connections_total", "rooms")] == [3, 3, 4]
    assert value(f"{P}frames_relayed_total") == 3
    assert value(f"{P}log_available") == 0
    assert value(f"{P}refused_total", {"reason": "bad-proof"}) == 3
    assert value(f"{P}fanout_seconds_count") == 2
    assert value(f"{P}fanout_seconds_bucket", {"le": str(FANOUT_BUCKETS[1])}) == 1


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
