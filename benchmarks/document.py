"""docs/performance.md: each item's figures stand between two marks, the words around are ours."""

import re
from collections.abc import Mapping
from pathlib import Path

_DOCS = Path(__file__).parent.parent / "docs"


def write_document(sections: Mapping[str, str], pictures: Mapping[str, str]) -> None:
    """Put the sections in place of those before, and the pictures beside; raises KeyError."""
    path = _DOCS / "performance.md"
    text = path.read_text()
    for name, section in sections.items():
        text = replace_section(text, name, section)
    path.write_text(text)
    for file, picture in pictures.items():
        (_DOCS / "images" / file).write_text(picture)


def replace_section(text: str, name: str, section: str) -> str:
    """Return the text with what stands between the marks of ``name`` replaced; raises KeyError."""
    begin, end = f"<!-- measured: {name} -->", "<!-- end -->"
    pattern = re.compile(f"({re.escape(begin)}).*?({re.escape(end)})", re.DOTALL)
    replaced, count = pattern.subn(lambda found: f"{found[1]}\n{section}\n{found[2]}", text)
    if count != 1:
        raise KeyError(f"docs/performance.md has no part {begin} ... {end}")
    return replaced
