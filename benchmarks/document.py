"""docs/performance.md: each item's figures stand between two marks, the words around are ours."""

import re
from collections.abc import Mapping
from pathlib import Path

_ROOT = Path(__file__).parent.parent
_DOCUMENT = _ROOT / "docs" / "performance.md"


def write_section(name: str, section: str) -> None:
    """Put an item's section in place of the one before; raises KeyError if it has no place."""
    _DOCUMENT.write_text(replace_section(_DOCUMENT.read_text(), name, section))


def write_pictures(pictures: Mapping[str, str], *, in_docs: bool) -> None:
    """Write pictures into the documentation, or else where nothing is kept."""
    folder = _ROOT / ("docs/images" if in_docs else "build/benchmarks")
    folder.mkdir(parents=True, exist_ok=True)
    for name, picture in pictures.items():
        (folder / name).write_text(picture)


def replace_section(text: str, name: str, section: str) -> str:
    """Return the text with what stands between the marks of ``name`` replaced; raises KeyError."""
    begin, end = f"<!-- measured: {name} -->", "<!-- end -->"
    pattern = re.compile(f"({re.escape(begin)}).*?({re.escape(end)})", re.DOTALL)
    replaced, count = pattern.subn(lambda found: f"{found[1]}\n\n{section}\n\n{found[2]}", text)
    if count != 1:
        raise KeyError(f"docs/performance.md has no part {begin} ... {end}")
    return replaced
