"""Item 11: the app with a long history, beside the same with a short one."""

from benchmarks.comparison import ratio
from benchmarks.items.common import tell
from benchmarks.options import Options
from benchmarks.report import Bar, Section, Table, number, with_span
from benchmarks.terminal import FEW, FIGURES, MESSAGES, compare

# What may not grow with the history, and what it may be of what it is with a short one.
_BARS = {
    "frame of a page, 99 of 100, ms": 2.0,
    "frame of the wheel, 99 of 100, ms": 2.0,
    "a message comes while scrolled up, ms": 2.0,
    "100 earlier ones come in above, ms": 3.0,
}
_FRAME = 50.0  # milliseconds: twenty a second, and scrolling looks steady


def measure(options: Options) -> Section:
    """Compare the app with many messages with the app with few."""
    return section(options.messages(MESSAGES), options.rounds)


def section(messages: int, rounds: int) -> Section:
    """Measure in so many rounds, and return what came of it."""
    fewer = min(FEW, messages // 10)
    results = compare((messages, fewer), rounds, lambda what: tell(f"terminal, {what}"))
    many, few = results[f"{messages:,}"], results[f"{fewer:,}"]
    rows = []
    for name, value in FIGURES:
        grown = ratio(many, few, value)
        rows.append(
            [
                name,
                with_span(many.middle(value)),
                with_span(few.middle(value)),
                number(grown.median if grown else None),
            ]
        )
    values = dict(FIGURES)
    bars = [
        Bar(
            f"{name.removesuffix(', ms')}, {messages:,} / {fewer:,}",
            ratio(many, few, values[name]),
            most,
        )
        for name, most in _BARS.items()
    ]
    slowest = many.middle(lambda run: max(run.page_99, run.wheel_99))
    bars.append(Bar("slowest frame of 100 in scrolling", slowest, _FRAME, unit="ms"))
    per_message = many.middle(lambda run: run.memory / messages)
    bars.append(Bar("memory of a message", per_message, 4.0, unit="KiB"))
    head = ["the app", f"{messages:,} messages", f"{fewer:,} messages", "ratio"]
    notes = [f"failed: {why}" for series in (many, few) for why in series.failures]
    return Section(bars, [("Medians (spread):", Table(head, rows))], notes)
