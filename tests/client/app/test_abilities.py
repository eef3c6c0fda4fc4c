import os
import subprocess
import sys

import pytest

from sussurro_client.app.abilities import Abilities, abilities_of
from sussurro_client.wishes import Way
from tests.client.scenes import SERVICES


def test_an_environment_says_what_its_terminal_can() -> None:
    known = abilities_of({"TERM": "nonsense", "TERM_PROGRAM": "WezTerm", "TMUX": "x"})
    assert known == Abilities(has_colours=True, way=Way.OSC777, is_in_tmux=True)
    assert not abilities_of({"NO_COLOR": "1", "TERM": "xterm"}).has_colours
    assert abilities_of({"NO_COLOR": "", "TERM": "nonsense"}).has_colours


@pytest.mark.parametrize(
    ("term", "colours"),
    [("vt100", False), ("linux", True), ("xterm", True), ("no-such-terminal", True)],
)
def test_a_terminal_of_old_has_no_colours(term: str, *, colours: bool) -> None:
    code = f"""
import sys
from sussurro_client.app.abilities import abilities_of
sys.exit(abilities_of({{"TERM": {term!r}}}).has_colours)
"""
    # In a process of its own: the library knows one terminal only.
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": str(SERVICES)}, check=False
    )
    assert done.returncode == int(colours)
