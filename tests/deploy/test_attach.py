"""People at terminals, each attached to a client's container."""

import secrets
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.docker import Stack, attached, inspect, wait_for
from tests.support.terminal import ENTER, ESCAPE, Terminal

pytestmark = [pytest.mark.docker, pytest.mark.timeout(300)]

QUESTION = "What should the others call you?"
CONNECTED = "connected · "
CONTROL_C = "\x03"
DETACH = "\x10\x11"
HINT_ON_DETACHING = "Ctrl+P Ctrl+Q"

Attach = Callable[[str], Terminal]


@pytest.fixture
def attach() -> Iterator[Attach]:
    """Return a maker of terminals; those still attached at the end detach without a word."""
    terminals: list[Terminal] = []

    def open_one(container: str) -> Terminal:
        terminals.append(attached(container))
        return terminals[-1]

    yield open_one
    for terminal in terminals:
        terminal.close()


@pytest.fixture
def clients(stack: Stack) -> list[str]:
    """Return the ids of the stack's three clients, which may have names already."""
    containers = sorted(stack.containers("client"))
    assert len(containers) == 3
    return containers


def enter(terminal: Terminal, name: str) -> None:
    """Answer the question for a name, where it is asked, and wait for the room."""
    if QUESTION in terminal.wait_for_any(QUESTION, CONNECTED):
        terminal.press(f"{name}\r")
        terminal.wait_for(CONNECTED)


def say(terminal: Terminal, text: str) -> None:
    terminal.press(f"{text}\r")


def word() -> str:
    """Return a word that nobody has said before."""
    return f"olá-{secrets.token_hex(4)}"


def running(stack: Stack) -> list[str]:
    return [container for container in stack.containers("client") if is_running(container)]


def is_running(container: str) -> bool:
    return bool(inspect(container)["State"]["Running"])


def test_three_attached_clients_that_nobody_named_ask_for_a_name_and_talk(
    stack: Stack, clients: list[str], attach: Attach
) -> None:
    terminals = [attach(container) for container in clients]
    for terminal, name in zip(terminals, ("Ana", "Bia", "Caio"), strict=True):
        enter(terminal, name)
    for terminal in terminals:
        text = word()
        say(terminal, text)
        for other in terminals:
            # It stands in the draft and in the room for the moment in which it is sent.
            other.wait_for(text, "Write a message")
            other.wait_until(lambda other=other, text=text: other.shown.count(text) == 1, "once")  # type: ignore[misc]
    wait_for(
        lambda: (stack.ask_prometheus("sussurro_relay_connections") or 0) >= len(terminals),
        "Prometheus to see three connections",
    )


def test_a_name_that_is_configured_is_not_asked_for(
    make_stack: Callable[..., Stack], key_text: str, attach: Attach
) -> None:
    stack = make_stack(key_text, SUSSURRO_NAME="Dora")
    stack.compose("up", "--detach", "--no-build", "--wait", "client")
    terminal = attach(stack.containers("client")[0])
    # The name is drawn a moment after the first frame.
    screen = terminal.wait_for_any(QUESTION, "Dora")
    assert QUESTION not in screen
    assert "Dora" in screen


def test_ctrl_c_asks_and_who_does_not_clearly_answer_stays(
    clients: list[str], attach: Attach
) -> None:
    terminal = attach(clients[0])
    enter(terminal, "Ana")
    terminal.press(CONTROL_C)
    terminal.wait_for("Leave the room?")
    terminal.press(ESCAPE)
    terminal.wait_for("Leave the room?", gone=True)
    text = word()
    say(terminal, text)
    terminal.wait_for(text)
    assert is_running(clients[0])


def test_the_detach_keys_are_in_the_help_and_leave_the_client_in_the_room(
    clients: list[str], attach: Attach
) -> None:
    """Whoever attaches again sees at once what was said, without pressing a key."""
    terminal = attach(clients[0])
    enter(terminal, "Ana")
    say(terminal, "/help")
    terminal.wait_for(HINT_ON_DETACHING)
    terminal.press(ESCAPE)
    terminal.wait_for(HINT_ON_DETACHING, gone=True)
    before = word()
    say(terminal, before)
    terminal.wait_for(before)
    terminal.press(DETACH)
    terminal.end()
    assert is_running(clients[0])

    meanwhile = word()
    other = attach(clients[1])
    enter(other, "Bia")
    say(other, meanwhile)
    again = attach(clients[0])
    again.wait_for(before)
    again.wait_for(meanwhile)


def test_two_attached_people_talk_while_a_window_changes_its_size_and_goes(
    clients: list[str], attach: Attach
) -> None:
    ana, bia = attach(clients[0]), attach(clients[1])
    enter(ana, "Ana")
    enter(bia, "Bia")
    first = word()
    say(ana, first)
    bia.wait_for(first)
    draft = word()
    ana.press(draft)
    for size in ((50, 16), (160, 40), (20, 12)):
        ana.resize(*size)
        ana.wait_for(draft)
    ana.resize(100, 30)
    ana.wait_for(first, draft)
    ana.press(ENTER)
    bia.wait_for(draft)
    ana.press(DETACH)
    ana.end()
    meanwhile = word()
    say(bia, meanwhile)
    again = attach(clients[0])
    again.wait_for(first, draft, meanwhile)
    answer = word()
    say(again, answer)
    bia.wait_for(answer)


def test_tt_leaves_and_the_container_ends_in_order(
    make_stack: Callable[..., Stack], key_text: str, attach: Attach
) -> None:
    stack = make_stack(key_text)
    stack.compose("up", "--detach", "--no-build", "--wait", "client")
    (container,) = stack.containers("client")
    terminal = attach(container)
    enter(terminal, "Ana")
    say(terminal, "TT")
    terminal.end()
    wait_for(lambda: not is_running(container), "the end of the container")
    assert inspect(container)["State"]["ExitCode"] == 0


def test_the_screens_of_clients_are_not_poured_into_compose_up(
    make_stack: Callable[..., Stack], key_text: str, attach: Attach, tmp_path: Path
) -> None:
    stack = make_stack(key_text)
    command = ("docker", "compose", "--project-name", stack.project, "up", "--no-build")
    poured = tmp_path / "poured"
    with (
        poured.open("w") as output,
        subprocess.Popen(
            command, cwd=stack.folder, env=stack.environment(), stdout=output, stderr=output
        ) as up,
    ):
        (container,) = wait_for(lambda: running(stack), "a client")
        attach(container).wait_for(QUESTION)
        up.send_signal(signal.SIGINT)
        up.wait(timeout=60)
    said = poured.read_text()
    assert "listening" in said
    assert QUESTION not in said
    assert ESCAPE + "[2J" not in said


def test_two_clients_never_share_a_terminal(clients: list[str], attach: Attach) -> None:
    """What one person types and has not sent is on no other screen."""
    mine, other = attach(clients[0]), attach(clients[1])
    enter(mine, "Ana")
    enter(other, "Bia")
    draft, sent = word(), word()
    mine.press(draft)
    mine.wait_for(draft)
    say(other, sent)
    mine.wait_for(sent)
    assert draft not in other.wait_for(sent)
    say(mine, "")
    other.wait_for(draft)
