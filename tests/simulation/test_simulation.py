"""The pure parts of relay and client under thousands of schedules of one seed each."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sussurro_client.contents import Text
from tests.simulation import judge
from tests.simulation.client import Client
from tests.simulation.edges import affordable
from tests.simulation.plants import PLANTS, Plant
from tests.simulation.world import BrokenPromiseError, World

_SCHEDULES = int(os.environ.get("SUSSURRO_TEST_SCHEDULES", "3000"))
_FIRST_SEED = int(os.environ.get("SUSSURRO_TEST_SEED", "0"))
_BLOCK = 500
_PLANTED_SCHEDULES = 2_000  # within as many a planted bug must be found
_LIKELY_SEEDS = 150  # in as many everything that can happen does


@pytest.fixture(autouse=True)
def cheap_sealing() -> Iterator[None]:
    with affordable():
        yield


def live_through(seeds: range) -> None:
    """Run the schedules; where one breaks, say which, and how to see it again."""
    for seed in seeds:
        try:
            World(seed).run()
        except (Exception, BrokenPromiseError) as fault:
            raise BrokenPromiseError(
                f"seed {seed}: {fault!r}; python -m tests.simulation {seed} shows how"
            ) from fault


@pytest.mark.parametrize("block", range(0, _SCHEDULES, _BLOCK))
def test_every_schedule_keeps_every_promise(block: int) -> None:
    first = _FIRST_SEED + block
    live_through(range(first, first + min(_BLOCK, _SCHEDULES - block)))


@pytest.mark.parametrize("plant", PLANTS)
def test_a_planted_bug_is_found(plant: Plant) -> None:
    with plant(), pytest.raises(BrokenPromiseError, match=r"seed \d+: "):
        live_through(range(_PLANTED_SCHEDULES))


@pytest.fixture(scope="module")
def likely_trace() -> str:
    """Return what is written down of some hundred schedules."""
    lines: list[str] = []
    with affordable():
        for seed in range(_LIKELY_SEEDS):
            World(seed, lines.append).run()
    return "\n".join(lines)


@pytest.mark.parametrize(
    "event",
    [
        r"connection \d+ is cut",
        r"is dark from now on",
        r"gives its silent relay up",
        r"what it sent is under way",
        r"the relay is killed",
        r"the relay says BYE to all",
        r"client \S+ is killed",
        r"the log lets go",
        r"FROM",
        r"LAST",
        r"BYE drain",
        r"BYE left",
        r"GONE s\d+ timeout",
        r"GONE s\d+ lost",
        r"COUNT",
        r"PONG",
        r"hears b'[A-Z]+ ?'",  # a line that was cut in its middle
    ],
)
def test_the_schedules_hold_every_kind_of_event(likely_trace: str, event: str) -> None:
    assert re.search(event, likely_trace)


def test_a_seed_is_the_same_schedule_in_every_process() -> None:
    def replay(hash_seed: str) -> str:
        root = Path(__file__).parents[2]
        paths = os.pathsep.join((str(root), str(root / "services")))
        return subprocess.run(
            [sys.executable, "-m", "tests.simulation", "11"],
            env=os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": paths},
            cwd=root,
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        ).stdout

    first = replay("1")
    assert "seed 11: every promise was kept" in first
    assert replay("2") == first


def lived(seed: int) -> World:
    world = World(seed)
    world.run()
    return world


def has_much_to_judge(world: World) -> bool:
    return not world.log.forgotten and len({said.seq for said in world.clients[0].shown}) > 2


def lose(client: Client) -> None:
    del client.shown[1]


def double(client: Client) -> None:
    client.shown.append(client.shown[0])


def swap(client: Client) -> None:
    client.shown[0], client.shown[-1] = client.shown[-1], client.shown[0]


def invent(client: Client) -> None:
    said = client.shown[0]
    client.shown[0] = replace(said, content=Text(text="never said"))


def acknowledge(client: Client) -> None:
    client.kept.append("99" * 32)


@pytest.mark.parametrize("falsify", [lose, double, swap, invent, acknowledge])
def test_the_judge_finds_a_history_that_was_falsified(falsify: Callable[[Client], None]) -> None:
    worlds = (lived(seed) for seed in range(_LIKELY_SEEDS))
    world = next(world for world in worlds if has_much_to_judge(world))
    judge.judge(world)
    falsify(world.clients[0])
    with pytest.raises(BrokenPromiseError):
        judge.judge(world)
