"""Collect what people read from the code, update the catalogues, and compile them."""

import subprocess
import sys
from pathlib import Path

_CLIENT = Path("services/sussurro_client")
_LOCALE = _CLIENT / "locale"
_TEMPLATE = _LOCALE / "sussurro.pot"


def _babel(command: str, *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "babel.messages.frontend", command, *arguments], check=True
    )


_LOCALE.mkdir(exist_ok=True)
_babel(
    "extract", "--no-location", "--omit-header", "--sort-output", "-o", str(_TEMPLATE), str(_CLIENT)
)
_babel(
    "update", "--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date",
    "-D", "sussurro", "-i", str(_TEMPLATE), "-d", str(_LOCALE),
)  # fmt: skip
_babel("compile", "--statistics", "-D", "sussurro", "-d", str(_LOCALE))
