"""One blow, so many rounds, under load; and what is said of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from statistics import median

from benchmarks.report import Table
from tests.cluster_proofs.blows import Blow, cut_nats, cut_relay, kill_both, kill_nats, kill_relay
from tests.cluster_proofs.blows import roll as roll_all
from tests.support.crowd import MEMBERS, RATE, Crowd, Report
from tests.support.relay_trio import RelayTrio

_BEFORE_SECONDS = 2.0
_AFTER_SECONDS = 3.0
_EXAMPLES = 5

ROLL = "rolling update of three relays"


@dataclass(frozen=True, slots=True)
class Round:
    """One blow of a kind, and what became of what was said meanwhile."""

    name: str
    seed: int
    report: Report

    def __str__(self) -> str:
        """Return a line of figures, and the first faults where there are any."""
        report, verdict = self.report, self.report.verdict
        figures = (
            f"{self.name}, seed {self.seed}: {report.messages:,} messages, "
            f"{report.deliveries:,} shown, {len(verdict.lost)} lost, {len(verdict.doubled)} doubled, "
            f"{len(verdict.reordered)} reordered, {len(verdict.invented)} invented, "
            f"{len(report.warnings)} warnings, {report.waiting} waiting, "
            f"longest silence {report.silence:.1f} s"
        )
        faults = (*verdict.lost, *verdict.doubled, *verdict.reordered, *verdict.invented)
        examples = [f"    {each!s:.200}" for each in (*faults, *report.warnings)[:_EXAMPLES]]
        return "\n".join((figures, *examples))


def blows(cut_seconds: float) -> Mapping[str, Blow]:
    """Return every blow by its name; networks are cut for so long."""
    cut = f"cut for {cut_seconds:.0f} s"
    return {
        ROLL: roll_all,
        "SIGKILL of a relay": kill_relay,
        "SIGKILL of a NATS server": kill_nats,
        "SIGKILL of both at once": kill_both,
        f"relay and NATS {cut}": cut_relay(cut_seconds),
        f"two NATS servers {cut}": cut_nats(cut_seconds),
    }


def prove(trio: RelayTrio, name: str, blow: Blow, seed: int) -> Round:
    """Let a crowd talk, strike, wait until all is well, and account for every message."""
    with Crowd(trio.port) as crowd:
        crowd.let_talk(_BEFORE_SECONDS)
        try:
            blow(trio, crowd, Random(seed))
        finally:
            trio.join()
        trio.wait_until_well()
        crowd.let_talk(_AFTER_SECONDS)
        return Round(name, seed, crowd.finish())


def table(rounds: Sequence[Round]) -> Table:
    """Return what came of all rounds, a row for each kind of blow."""
    head = [
        f"{MEMBERS} members, {RATE:.0f} messages/s each",
        *("rounds", "messages", "lost", "doubled", "reordered", "warnings", "waiting"),
        *("longest silence, s", "median of it"),
    ]
    rows = []
    for name in dict.fromkeys(each.name for each in rounds):
        reports = [each.report for each in rounds if each.name == name]
        silences = [report.silence for report in reports]
        sums = (
            sum(report.messages for report in reports),
            sum(len(report.verdict.lost) for report in reports),
            sum(len(report.verdict.doubled) for report in reports),
            sum(len(report.verdict.reordered) for report in reports),
            sum(len(report.warnings) for report in reports),
            sum(report.waiting for report in reports),
        )
        silence = (f"{max(silences):.1f}", f"{median(silences):.1f}")
        rows.append([name, str(len(reports)), *(f"{count:,}" for count in sums), *silence])
    return Table(head, rows)
