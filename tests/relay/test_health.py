from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from prometheus_client import CollectorRegistry, Gauge

from sussurro_relay.health import HealthServer
from tests.support.relay import HOST, ask


@dataclass
class State:
    alive: bool = True
    ready: bool = True


@pytest.fixture
def state() -> State:
    return State()


@pytest.fixture
def port(state: State) -> Iterator[int]:
    registry = CollectorRegistry()
    Gauge("something", "A figure", registry=registry).set(7)
    server = HealthServer(HOST, 0, registry, lambda: state.alive, lambda: state.ready)
    server.start()
    yield server.port
    server.close()


def test_alive_and_ready_are_asked_apart(state: State, port: int) -> None:
    assert ask(port, "/livez") == (200, "ok\n")
    assert ask(port, "/readyz") == (200, "ok\n")
    state.ready = False
    assert ask(port, "/livez")[0] == 200
    assert ask(port, "/readyz") == (503, "not now\n")
    state.alive = False
    assert ask(port, "/livez")[0] == 503


def test_figures_are_given_as_text_whatever_stands_behind_the_path(port: int) -> None:
    status, text = ask(port, "/metrics?name=everything")
    assert status == 200
    assert "something 7.0" in text.splitlines()


def test_any_other_path_is_not_there_and_the_answer_names_those_that_are(port: int) -> None:
    status, text = ask(port, "/")
    assert status == 404
    assert "/metrics" in text


def test_a_port_that_is_taken_is_an_error_at_once(port: int) -> None:
    with pytest.raises(OSError, match="in use"):
        HealthServer(HOST, port, CollectorRegistry(), lambda: True, lambda: True)
