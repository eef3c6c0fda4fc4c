"""One relay for all journeys, each in a room of its own, and people who sit down at terminals."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.people import ENGLISH, PORTUGUESE, Person
from tests.support.programs import Relay, running_relay

SitDown = Callable[..., Person]


@pytest.fixture(scope="session")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relay]:
    with running_relay(tmp_path_factory.mktemp("relay")) as running:
        yield running


@pytest.fixture(scope="module", params=[ENGLISH, PORTUGUESE])
def language(request: pytest.FixtureRequest) -> str:
    spoken: str = request.param
    return spoken


@pytest.fixture(scope="module")
def sit_down(
    tmp_path_factory: pytest.TempPathFactory, language: str, relay: Relay
) -> Iterator[SitDown]:
    """Return a function that seats somebody at a terminal, in a folder called after them.

    ``key`` is a key that they have already, ``at`` where they find the relay.
    """
    home = tmp_path_factory.mktemp("people")
    seated: list[Person] = []

    def seat(who: str, *arguments: str, key: str = "", at: str = "", **options: object) -> Person:
        folder: Path = home / who
        folder.mkdir(exist_ok=True)
        if key:
            path = folder / "key.key"
            path.write_text(key)
            path.chmod(0o600)
        where = ("--relay", at or relay.address, *arguments)
        seated.append(Person(folder, language, *where, **options))  # type: ignore[arg-type]  # handed on
        return seated[-1]

    yield seat
    for person in seated:
        person.terminal.close()
