from pathlib import Path

import pytest

from sussurro_client.paths import from_home, is_possible


def test_a_path_begins_at_home_where_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert from_home("~/a key") == tmp_path / "a key"
    assert from_home(Path("~")) == tmp_path
    assert from_home("a/~") == Path("a/~")


@pytest.mark.parametrize("text", ["~nobody-at-all/x", "~\0", "~\ud800/x"])
def test_of_nobodys_home_a_path_is_as_it_was_written(text: str) -> None:
    assert from_home(text) == Path(text)


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_not_every_text_is_a_path(text: str) -> None:
    assert not is_possible(text)
    assert not is_possible(Path(text))


def test_names_in_any_language_are_paths() -> None:
    assert is_possible("ações/写真.png")
