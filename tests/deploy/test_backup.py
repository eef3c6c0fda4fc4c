"""The words of docs/operations.md bring a room's history back, on the compose stack."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sussurro_wire.messages import Ack
from tests.support.docker import ROOT, Stack, run
from tests.support.relay import Member, RoomSecret, tokens

SECRET = RoomSecret()


def commands(mark: str) -> str:
    """Return what the document says to type, which stands below the mark."""
    text = (ROOT / "docs" / "operations.md").read_text()
    (found,) = re.findall(rf"<!-- {mark} -->\n```sh\n(.*?)```", text, re.DOTALL)
    return str(found)


def type_in(stack: Stack, mark: str, folder: Path) -> None:
    """Do what the document says, as a person at this stack would."""
    here = {
        "COMPOSE_PROJECT_NAME": stack.project,
        "COMPOSE_FILE": str(stack.folder / "docker-compose.yml"),
    }
    run("sh", "-euc", commands(mark), cwd=folder, env=stack.environment() | here)


def port_of(stack: Stack) -> int:
    return int(stack.address("relay", 5454).rpartition(":")[2])


@pytest.mark.docker
def test_a_backup_that_is_taken_and_restored_as_written_holds_the_history(
    make_stack: Callable[..., Stack], key_text: str, tmp_path: Path
) -> None:
    stack = make_stack(key_text)
    stack.compose("up", "--detach", "--no-build", "--wait", "relay")
    kept, lost = tokens(range(50)), tokens(range(50, 60))
    with Member(port_of(stack)).join(SECRET) as ana:
        ana.send(kept)
        assert ana.hear(Ack).count == 50
        type_in(stack, "backup", tmp_path)
        ana.send(lost)
        assert ana.hear(Ack).count == 60
    type_in(stack, "restore", tmp_path)
    stack.compose("up", "--detach", "--no-build", "--wait", "relay")
    with Member(port_of(stack)).join(SECRET, last=100) as bia:
        assert bia.hear_lines(len(kept)) == kept
        with Member(port_of(stack)).join(SECRET) as caio:
            caio.send(lost)
            caio.hear(Ack)
        assert bia.hear_lines(len(lost)) == lost
    assert (tmp_path / "backup.db").stat().st_size > len(kept)
