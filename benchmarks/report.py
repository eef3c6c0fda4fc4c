"""What is shown of an item: what it has to reach, what it reached, and tables that say how."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.comparison import Middle


@dataclass(frozen=True, slots=True)
class Bar:
    """Something to reach: ``measured`` has to be at most, or at least, ``bar``."""

    claim: str
    measured: Middle | None
    bar: float
    at_least: bool = False
    unit: str = "×"

    @property
    def is_reached(self) -> bool:
        """Whether the median is; what could not be measured is not."""
        if self.measured is None:
            return False
        median = self.measured.median
        return median >= self.bar if self.at_least else median <= self.bar

    def cells(self) -> list[str]:
        """Return it as a row of a table."""
        verdict = "—" if self.measured is None else "yes" if self.is_reached else "**no**"
        sign = "≥" if self.at_least else "≤"
        return [
            self.claim,
            f"{sign} {self.bar:,g} {self.unit}",
            number(self.measured.median if self.measured else None),
            span(self.measured),
            verdict,
        ]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under a head; the first column is names."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    def __str__(self) -> str:
        """Return it as Markdown that is also readable as it is."""
        lines = [self.head, *self.rows]
        widths = [max(len(row[column]) for row in lines) for column in range(len(self.head))]
        padded = [
            [
                cell.ljust(width) if not column else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            ]
            for row in lines
        ]
        rule = [
            "-" * width if not column else "-" * (width - 1) + ":"
            for column, width in enumerate(widths)
        ]
        return "\n".join(f"| {' | '.join(row)} |" for row in (padded[0], rule, *padded[1:]))


@dataclass(frozen=True, slots=True)
class Section:
    """One item's part of the report; ``pictures`` are SVG texts by the name of their file."""

    bars: Sequence[Bar] = ()
    tables: Sequence[tuple[str, Table | str]] = ()
    notes: Sequence[str] = ()
    pictures: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return it as Markdown."""
        parts = []
        if self.bars:
            head = ["what", "bar", "measured", "spread", "reached"]
            parts.append(str(Table(head, [bar.cells() for bar in self.bars])))
        parts += [f"{title}\n\n{table}" if title else str(table) for title, table in self.tables]
        parts += [f"![{Path(name).stem}](images/{name})" for name in self.pictures]
        if self.notes:
            parts.append("\n".join(f"- {note}" for note in self.notes))
        return "\n\n".join(parts)


def number(value: float | None) -> str:
    """Return a number with three digits that say something, a dash for none."""
    if value is None:
        return "—"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return f"{value:,.{digits}f}"


def span(values: Middle | None) -> str:
    """Return the least and the most."""
    return "—" if values is None else f"{number(values.least)}–{number(values.most)}"


def with_span(values: Middle | None) -> str:
    """Return the median with the least and the most behind it."""
    return "—" if values is None else f"{number(values.median)} ({span(values)})"
