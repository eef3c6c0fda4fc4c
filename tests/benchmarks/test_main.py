import sys

import pytest

from benchmarks.__main__ import main


def test_an_item_that_is_not_known_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--only", "saturation,speed"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "no such item: speed" in capsys.readouterr().err


def test_an_item_is_printed_under_what_it_was_measured_with(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("benchmarks.__main__.raise_file_limit", lambda: 20_000)
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--only", "client", "--quick"])
    assert main() == 0
    printed = capsys.readouterr().out
    assert "I/O threads; 1 rounds. Peers: " in printed
    assert "## client" in printed
