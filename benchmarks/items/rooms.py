"""Item 5: many small rooms with messages of many sizes, beside a C relay for each room."""

from benchmarks.cells import Cell
from benchmarks.comparison import ratio
from benchmarks.contenders import PLAIN
from benchmarks.items.common import figure, notes_on, run_cells
from benchmarks.load import Demand
from benchmarks.options import Options
from benchmarks.report import Bar, Section, Table

_ROOMS, _LISTENERS = 500, 19
_SIZES = (100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 16_384)
_MESSAGES = 50_000
# The C relay has a ring of 8 MiB for each room. Our windows are as large, and count twice, with the
# log; the default limit is for fewer rooms at full speed, and would make slow readers lag.
_ROOM_MEMORY = 16 * 2**20


def measure(options: Options) -> Section:
    """Measure rooms of twenty, one of whom speaks, all at once and as fast as it is taken."""
    rooms = options.rooms(_ROOMS)
    messages = max(options.messages(_MESSAGES), rooms * len(_SIZES))
    demand = Demand(messages, warmup=rooms * 3, skim=8)
    cell = Cell(_LISTENERS, 1, demand, _SIZES, rooms)
    ours = options.ours(RELAY_MEMORY_LIMIT=str(max(rooms, 16) * _ROOM_MEMORY))
    results = run_cells("rooms", [(ours, cell), (PLAIN, cell)], options)
    mean = sum(_SIZES) / len(_SIZES)
    rows = [
        [
            name,
            figure(results, name, lambda run: run.figures.rate / 1e6),
            figure(results, name, lambda run: run.figures.rate * mean / 1e9),
            figure(results, name, lambda run: run.figures.cpu_us),
            figure(results, name, lambda run: run.figures.relay_cpu_share),
            figure(results, name, lambda run: run.figures.load_cpu_share),
        ]
        for name in results
    ]
    head = ["relay", "M deliveries/s", "GB/s", "CPU µs/delivery", "CPU of relay", "of generator"]
    measured = ratio(results[ours.name], results[PLAIN.name], lambda run: run.figures.rate)
    return Section(
        [Bar(f"{rooms} rooms × 20, ours / C, a process a room", measured, 0.8, at_least=True)],
        [("", Table(head, rows))],
        notes_on("rooms", results),
    )
