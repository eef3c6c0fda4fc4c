"""Who may look at metrics and journal learns how many there are, and never who or where."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from sussurro_relay import proxy_header, tls
from sussurro_relay.budget import Kind
from sussurro_relay.tally import TIME_BUCKETS
from sussurro_wire.errors import Reason
from sussurro_wire.messages import Ack, Bye, Hello, Leave
from tests.support.metrics import LABELS
from tests.support.relay import Member, RelayProcess, RoomSecret, ask, figures, until
from tests.support.scan import Scanner

PREFIX = "sussurro_relay_"
FROM_ONE_ADDRESS = 6
ROOMS = 30
# Written once a label: what it may say. The build's version is the project's own.
CLOSED: dict[str, set[str]] = {
    "direction": {"in", "out"},
    "kind": {kind.value for kind in Kind},
    "reason": {reason.value for reason in Reason} | {tls.REFUSAL, proxy_header.REFUSAL},
    "le": {*map(str, TIME_BUCKETS), "+Inf"},
    "protocol": {"1"},
}
OF_THE_PROCESS = {"implementation", "major", "minor", "patchlevel", "version"}
EVENTS = {
    "listening": {"port", "metrics_port", "threads"},
    "draining": {"connections"},
    "stopped": {"in_time"},
}
ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+|::")


@dataclass
class Lives:
    """All that a relay was told, and nobody beside it may learn."""

    port: int
    metrics_port: int
    secrets: dict[str, str] = field(default_factory=dict)
    short: set[str] = field(default_factory=set)  # too short to be looked for in every encoding
    seen: list[str] = field(default_factory=list)  # scrapes

    def live(self, number: int) -> None:
        """Let two people meet in a room of their own, from addresses of their own, and part."""
        room = RoomSecret(1000 + number)
        addresses = [f"127.0.{10 + number}.{person}" for person in (1, 2)]
        names = [f"gAAAAAperson{number}x{person}" + "c" * 20 for person in (1, 2)]
        line = f"gAAAAAspoken{number}" + "t" * 30
        with Member(self.port, address=addresses[0]) as ana:
            ana.join(room, names[0])
            with Member(self.port, address=addresses[1]) as bia:
                bia.join(room, names[1])
                ana.send(f"{line}\n".encode() * 20)
                assert ana.hear(Ack).count == 20
                bia.hear_lines(20 * (len(line) + 1))
                self.scrape()
                bia.say(Leave())
                bia.hear(Bye)
            self.short |= {ana.welcome.session, bia.welcome.session, *addresses}
        self.secrets |= {f"room {number}": room.room, f"line {number}": line}
        self.secrets |= {f"card {number}.{person}": name for person, name in enumerate(names)}

    def be_refused(self, number: int) -> None:
        """Let a stranger come with each fault that there is."""
        address = f"127.0.{10 + number}.77"
        self.short.add(address)
        mine, other = RoomSecret(2000 + number), RoomSecret(3000 + number)
        for fault in (f"nonsense{number}" + "n" * 20, "gAAAA" + "l" * 6000, "WHO"):
            with Member(self.port, address=address) as eve:
                eve.hear_next(Hello)
                eve.socket.sendall(f"{fault}\n".encode())
                eve.hear(Bye)
            if len(fault) > len("WHO"):
                self.secrets[f"fault {number}.{len(fault)}"] = fault[:200]
        with Member(self.port, address=address) as eve:
            nonce = eve.hear_next(Hello).nonce
            join = mine.join(nonce)
            eve.socket.sendall(f"JOIN {other.room} {join.proof} {join.card}\n".encode())
            assert eve.hear(Bye).reason == Reason.BAD_PROOF
        self.secrets |= {f"asked {number}": other.room, f"proof {number}": join.proof}
        self.secrets[f"nonce {number}"] = nonce

    def crowd(self) -> None:
        """Let one address connect more often than it may."""
        address = "127.0.9.9"
        self.short.add(address)
        crowd = [Member(self.port, address=address) for _ in range(FROM_ONE_ADDRESS)]
        until(lambda: self.counted("connections") >= FROM_ONE_ADDRESS)
        with Member(self.port, address=address) as eve:
            assert eve.hear(Bye).reason == Reason.TOO_MANY_FROM_ADDRESS
        self.scrape()
        for member in crowd:
            member.socket.close()
        until(lambda: self.counted("connections") == 0)

    def counted(self, name: str) -> float:
        return figures(self.metrics_port)[PREFIX + name]

    def scrape(self) -> str:
        """Ask for the metrics, and keep them for the search."""
        status, text = ask(self.metrics_port, "/metrics")
        assert status == 200
        self.seen.append(text)
        return text

    def found_in(self, text: str) -> set[str]:
        """Return what of all that is in the text."""
        traces = Scanner(self.secrets).search(text.encode("utf-8", "surrogateescape"))
        return {trace.secret for trace in traces} | {each for each in self.short if each in text}


def families_of(text: str) -> Iterator[Metric]:
    return iter(text_string_to_metric_families(text))


def series_of(text: str) -> set[tuple[str, str]]:
    """Return each series by its name and its labels."""
    return {
        (sample.name, json.dumps(sample.labels, sort_keys=True))
        for family in families_of(text)
        for sample in family.samples
    }


@pytest.mark.parametrize("durable", [False, True], ids=["memory", "sqlite"])
def test_metrics_and_journal_tell_of_nobody_whoever_comes_talks_leaves_and_is_refused(
    tmp_path: Path, *, durable: bool
) -> None:
    database = tmp_path / "log.db"
    settings = {
        "RELAY_LOG": f"sqlite:///{database}" if durable else "memory:",
        "RELAY_LOG_LEVEL": "debug",
        "RELAY_MAX_LINE_BYTES": "4096",
        "RELAY_MAX_CONNECTIONS_PER_ADDRESS": str(FROM_ONE_ADDRESS),
    }
    with RelayProcess(**settings) as relay:
        facts = relay.listening()
        lives = Lives(facts["port"], facts["metrics_port"])
        lives.live(0)
        lives.be_refused(0)
        few = series_of(lives.scrape())
        for number in range(1, ROOMS):
            lives.live(number)
            lives.be_refused(number)
        lives.crowd()
        many = series_of(lives.scrape())
        relay.process.terminate()
        code, output, journal = relay.end()
    assert (code, output) == (0, "")

    assert many == few
    exported = "\n".join(lives.seen)
    assert len(lives.seen) > ROOMS
    assert len(lives.short) > 4 * ROOMS
    assert lives.found_in(exported) == lives.found_in(journal) == set()
    assert not ADDRESS.search(exported)
    assert not ADDRESS.search(journal)
    for line in journal.splitlines():
        written = json.loads(line)
        assert set(written) - {"at", "level", "event"} == EVENTS[written["event"]]
    # What is looked for is found where it does stand.
    assert lives.found_in(exported + lives.secrets["room 3"] + "127.0.11.1") == {
        "room 3", "127.0.11.1",
    }  # fmt: skip
    if durable:
        stored = lives.found_in(database.read_bytes().decode("utf-8", "surrogateescape"))
        assert {f"line {number}" for number in range(ROOMS)} <= stored


def test_labels_and_what_they_say_come_from_closed_sets() -> None:
    with RelayProcess() as relay:
        facts = relay.listening()
        lives = Lives(facts["port"], facts["metrics_port"])
        lives.live(0)
        lives.be_refused(0)
        (last,) = lives.seen
    version = ""
    for family in families_of(last):
        for sample in family.samples:
            if not sample.name.startswith(PREFIX):
                assert set(sample.labels) <= OF_THE_PROCESS
                continue
            assert set(sample.labels) <= LABELS
            version = sample.labels.pop("version", version)
            for label, value in sample.labels.items():
                assert value in CLOSED[label]
    assert re.fullmatch(r"[\d.]+|unknown", version)
