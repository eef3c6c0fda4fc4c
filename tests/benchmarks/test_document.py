from pathlib import Path

import pytest

from benchmarks.__main__ import ITEMS, UNWRITTEN
from benchmarks.document import replace_section

TEXT = "a\n<!-- measured: x -->\nold\n<!-- end -->\nb\n<!-- measured: y -->\n<!-- end -->\n"


def test_only_what_stands_between_the_marks_is_replaced() -> None:
    replaced = replace_section(TEXT, "x", r"new \1")
    assert replaced == TEXT.replace("\nold\n", "\n\nnew \\1\n\n")
    assert replace_section(replaced, "x", r"new \1") == replaced


def test_a_part_that_is_not_there_is_told() -> None:
    with pytest.raises(KeyError, match="measured: z"):
        replace_section(TEXT, "z", "new")


@pytest.mark.parametrize("name", ["machine", *(name for name in ITEMS if name not in UNWRITTEN)])
def test_the_document_has_a_place_for_every_item(name: str) -> None:
    document = Path(__file__).parents[2] / "docs" / "performance.md"
    assert "here" in replace_section(document.read_text(), name, "here")
