"""What a run of chaos is to be, and what came of it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields

from tests.support.history import Verdict
from tests.support.programs import Event

MEMORY, SQLITE, NATS = "memory:", "sqlite:///{folder}/log", "nats:"
_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is to be; ``log`` is RELAY_LOG in ``{folder}``, or NATS: a cluster of its own."""

    seed: int
    log: str
    faults: int = 1_000
    seconds: float = 180.0  # for the faults to happen in

    @property
    def has_restarts(self) -> bool:
        """Whether the relay may die: the log in memory ends with it."""
        return self.log != MEMORY


@dataclass(frozen=True, slots=True)
class Summary:
    """What came of a run.

    ``warnings``: of those who were there from the first message. ``waiting``: what
    those who stayed said, and was not acknowledged even when all was quiet.
    """

    plan: Plan
    seconds: float
    faults: Counter[str]
    said: int
    acknowledged: int
    shown: int
    warnings: tuple[Event, ...]
    silence: float
    verdict: Verdict
    waiting: int

    @property
    def is_clean(self) -> bool:
        """Whether every promise was kept, and nobody was warned of anything."""
        return self.verdict.is_clean and not self.warnings and not self.waiting

    def __str__(self) -> str:
        """Return a page for people."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        faults = ", ".join(f"{kind} {count}" for kind, count in sorted(self.faults.items()))
        yield f"seed {self.plan.seed}, {self.plan.log}, {self.seconds:.0f} s"
        yield f"faults    {self.faults.total()}: {faults}"
        yield f"messages  {self.said} sent, {self.acknowledged} acknowledged, {self.shown} shown"
        for field in fields(self.verdict):
            yield from _finding(field.name, getattr(self.verdict, field.name))
        yield from _finding("warnings", self.warnings)
        yield f"waiting   {self.waiting}"
        yield f"longest silence {self.silence:.1f} s"


def _finding(name: str, found: tuple[object, ...]) -> Iterator[str]:
    """Say how many were found, and which the first ones are."""
    yield f"{name:9} {len(found)}"
    for each in found[:_EXAMPLES]:
        yield f"    {each!s:.100}"
