import pytest

from sussurro_client.commands import COMMANDS
from sussurro_client.errors import ClientError
from sussurro_client.line_commands import LINE_COMMANDS, help_lines, perform_line
from tests.client.test_commands import Done


class LineDone(Done):
    """Writes down what lines do."""

    def earlier(self, messages: int) -> None:
        self.done.append(f"earlier {messages}")

    def list(self, messages: int) -> None:
        self.done.append(f"list {messages}")


@pytest.mark.parametrize(
    ("line", "done"),
    [
        ("/earlier", ["earlier 20"]),
        ("/earlier 5 ", ["earlier 5"]),
        ("/list", ["list 20"]),
        ("/list 10000", ["list 10000"]),
        ("/lists", []),
        ("//list", ["say /list"]),
        ("Oi", ["say Oi"]),
        ("/me  waves", ["act  waves"]),
        ("Oi ", ["say Oi "]),
        ("TT", ["leave"]),
    ],
)
def test_a_line_does_what_it_says(line: str, done: list[str]) -> None:
    actions = LineDone()
    assert (perform_line(line, actions) is None) == bool(done)
    assert actions.done == done


@pytest.mark.parametrize("number", ["0", "-1", "10001", "x", "5 5", "²", "9" * 5000])
def test_a_number_that_is_none_is_told(number: str) -> None:
    with pytest.raises(ClientError, match="from 1 to 10000"):
        perform_line(f"/list {number}", LineDone())


def test_help_has_a_line_for_each_command_and_for_what_else_a_line_may_be() -> None:
    lines = help_lines()
    usages = [line.partition(": ")[0] for line in lines]
    assert len(lines) == len(COMMANDS) + len(LINE_COMMANDS) + 2
    for command in COMMANDS:
        assert f"{command.usage}: {command.help()}" in lines
    assert {"/earlier [number]", "/list [number]", "TT", "//text"} <= set(usages)
