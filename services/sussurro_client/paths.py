"""Paths as people write them, who may write anything. Standard library only."""

import os
from pathlib import Path


def from_home(text: str | Path) -> Path:
    """Return a path, from somebody's home where it begins with ``~``; from nobody's it is as written."""
    path = Path(text)
    try:
        return path.expanduser()
    except (RuntimeError, ValueError):  # nobody is called so, or nobody can be
        return path


def is_possible(text: str | Path) -> bool:
    """Return whether something can be called so here: not every text is a path."""
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False
