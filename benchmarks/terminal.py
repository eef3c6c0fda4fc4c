"""How the app does with a long history: first screen, memory, frames while scrolling, news.

    python -m benchmarks.terminal

The room's screen is drawn without a terminal and without a network: what a session would
tell is made beforehand. Each count of messages has processes of its own, in turns, so that
the long history is compared with a short one in the same run.
"""

import argparse
import asyncio
import gc
import hashlib
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.comparison import Series, interleave

if TYPE_CHECKING:
    from sussurro_client.app.screens.room import RoomScreen
    from sussurro_client.events import Received

MESSAGES, FEW = 100_000, 1_000
_AUTHORS = 10
_FRAMES = 200  # of each kind of scrolling
_NEWS = 50
_PAGE = 100  # messages of the past, as scrolling fetches them
_PAGES = 20
_SIZE = (100, 40)
_STATUS = Path("/proc/self/status")
_TEXTS = (
    "Yes",
    "This is message {0}, about as long as most of them are",
    "A **longer** one, number {0}, with a link https://example.org/a/page and `code`, " * 3,
    "One of\nseveral lines,\nnumber {0}",
)


@dataclass(frozen=True, slots=True)
class Run:
    """What one process saw. Times are in milliseconds, memory in KiB."""

    first_screen: float
    memory: float
    page_median: float
    page_99: float
    wheel_median: float
    wheel_99: float
    news: float
    past: float
    width: float


FIGURES: Sequence[tuple[str, Callable[[Run], float]]] = (
    ("first screen, ms", lambda run: run.first_screen),
    ("memory of it, KiB", lambda run: run.memory),
    ("frame of a page, median, ms", lambda run: run.page_median),
    ("frame of a page, 99 of 100, ms", lambda run: run.page_99),
    ("frame of the wheel, median, ms", lambda run: run.wheel_median),
    ("frame of the wheel, 99 of 100, ms", lambda run: run.wheel_99),
    ("a message comes while scrolled up, ms", lambda run: run.news),
    (f"{_PAGE} earlier ones come in above, ms", lambda run: run.past),
    ("another width or other colours, ms", lambda run: run.width),
)


def compare(
    counts: Sequence[int], rounds: int, tell: Callable[[str], None]
) -> dict[str, Series[Run]]:
    """Run each count of messages once a round, in turns; by the count as it is written."""
    return interleave(
        [(f"{count:,}", lambda count=count: _child(count)) for count in counts],  # type: ignore[misc]  # mypy knows no defaults of lambdas
        rounds,
        (RuntimeError,),
        tell,
    )


def _child(count: int) -> Run:
    command = [sys.executable, "-m", "benchmarks.terminal", "--measure", str(count)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)  # noqa: S603 - our own command
    if done.returncode:
        raise RuntimeError(f"ended with {done.returncode}")
    return Run(**json.loads(done.stdout))


# The process that is measured.


class _Room:
    """A session that says nothing and is asked nothing that has an answer."""

    def __getattr__(self, name: str) -> object:
        answers: dict[str, object] = {"people": (), "acquaintances": ()}
        return answers.get(name, lambda *_arguments, **_named: False)


def _heard(begin: int, end: int, *, live: bool = False) -> "list[Received]":
    from sussurro_client.contents import Text  # noqa: PLC0415 - the parent needs none of it
    from sussurro_client.events import Person, Received, Standing  # noqa: PLC0415

    authors = [Person(f"Author {number}", bytes([number]) * 32) for number in range(_AUTHORS)]
    return [
        Received(
            sender=authors[number // 3 % _AUTHORS],
            content=Text(text=_TEXTS[number % len(_TEXTS)].format(number)),
            id=hashlib.sha256(number.to_bytes(8, "big", signed=True)).hexdigest(),
            seq=max(number, 0),
            at=1_767_225_600_000 + number * 20_000,
            standing=Standing.KNOWN,
            live=live,
        )
        for number in range(begin, end)
    ]


async def _measure(count: int) -> Run:
    from textual.app import App  # noqa: PLC0415 - as above

    from sussurro_client.app import app as module  # noqa: PLC0415
    from sussurro_client.app.clock import Clock  # noqa: PLC0415
    from sussurro_client.app.palette import DARK  # noqa: PLC0415
    from sussurro_client.app.ports import Invitation  # noqa: PLC0415
    from sussurro_client.app.screens.room import RoomScreen  # noqa: PLC0415
    from sussurro_client.events import Standing  # noqa: PLC0415

    class Stage(App[None]):
        """A frame for the room's screen alone."""

        CSS_PATH = Path(module.__file__).with_name("app.tcss")

    room = _Room()
    room.standing = lambda _person: Standing.KNOWN  # type: ignore[attr-defined]  # of a stand-in
    stage = Stage()
    stage.register_theme(DARK)
    stage.theme = DARK.name
    invitation = Invitation("Me", b"m" * 32, "", "relay.example:5454")
    screen = RoomScreen(room, invitation, Clock())  # type: ignore[arg-type]  # of a stand-in
    async with stage.run_test(size=_SIZE) as pilot:
        await stage.push_screen(screen)
        await pilot.pause()
        return _run(screen, count)


def _run(screen: "RoomScreen", count: int) -> Run:
    from sussurro_client.events import Earlier  # noqa: PLC0415 - as above

    gc.collect()
    before = _resident()
    heard = _heard(0, count)
    first_screen = _timed(screen, lambda: screen.hear(heard))
    heard.clear()
    gc.collect()
    memory = _resident() - before
    view = screen.conversation
    steps = min(_FRAMES, max(view.max_scroll_y // (view.size.height - 2) // 2, 1))
    pages = [_timed(screen, lambda: view.page(-1)) for _ in range(steps)]
    pages += [_timed(screen, lambda: view.page(1)) for _ in range(steps // 2)]
    wheel = [
        _timed(screen, lambda: view.scroll_relative(y=-1, animate=False)) for _ in range(_FRAMES)
    ]
    news = [
        _timed(screen, lambda each=each: screen.hear([each]))  # type: ignore[misc]  # as above
        for each in _heard(count, count + _NEWS, live=True)
    ]
    past = [
        _timed(screen, lambda page=page: screen.hear([page]))  # type: ignore[misc]  # as above
        for page in (
            Earlier(tuple(_heard(-_PAGE * (number + 1), -_PAGE * number)), more=True)
            for number in range(_PAGES)
        )
    ]
    return Run(
        first_screen=first_screen,
        memory=memory,
        page_median=statistics.median(pages),
        page_99=_of_hundred(pages, 99),
        wheel_median=statistics.median(wheel),
        wheel_99=_of_hundred(wheel, 99),
        news=statistics.median(news),
        past=statistics.median(past),
        width=statistics.median(_timed(screen, view.redraw) for _ in range(5)),
    )


def _timed(screen: "RoomScreen", do: Callable[[], object]) -> float:
    """Return how long something takes until all of the screen is drawn, in milliseconds."""
    began = time.perf_counter()
    do()
    view = screen.conversation
    for row in range(view.size.height):
        view.render_line(row)
    return (time.perf_counter() - began) * 1000


def _of_hundred(values: Sequence[float], share: int) -> float:
    """Return the value that so many of a hundred do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) * share // 100, len(ordered) - 1)]


def _resident() -> float:
    """Return how much memory this process has, in KiB."""
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmRSS"))
    return float(line.split()[1])


def main() -> None:
    """Measure, and print; or be the process that is measured."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure is not None:
        print(json.dumps(asdict(asyncio.run(_measure(options.measure)))), flush=True)
        return
    from benchmarks.items.terminal import section  # noqa: PLC0415 - which needs this module

    print(section(options.messages, options.rounds))


if __name__ == "__main__":
    main()
