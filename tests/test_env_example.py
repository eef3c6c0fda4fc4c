"""`.env.example`, the settings classes and the compose file say the same."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from sussurro_client.settings import ChatSettings
from sussurro_relay.settings import RelaySettings

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / ".env.example"
# Asked for by an option alone: they choose a face, and belong to one call.
ONLY_OPTIONS = {"plain", "json_lines"}
# Made of the port, and a file on a volume.
OF_THE_STACK = {"RELAY_PUBLISH", "RELAY_METRICS_PUBLISH", "RELAY_LOG"}
_VARIABLE = re.compile(r"\$\{([A-Z_]+):-((?:[^{}]|\$\{[^{}]*\})*)\}")


def _example() -> dict[str, str]:
    lines = EXAMPLE.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def _compose_variables() -> dict[str, str]:
    lines = (ROOT / "docker-compose.yml").read_text().splitlines()
    code = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    return dict(_VARIABLE.findall(code))


@pytest.fixture
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in _example():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_every_setting_of_the_relay_is_in_the_example() -> None:
    expected = {f"RELAY_{name.upper()}" for name in RelaySettings.model_fields}
    assert expected <= _example().keys()


def test_every_setting_of_the_client_is_in_the_example() -> None:
    expected = {
        f"SUSSURRO_{name.upper()}" for name in ChatSettings.model_fields.keys() - ONLY_OPTIONS
    }
    assert expected <= _example().keys()


def test_the_example_names_nothing_that_nobody_reads() -> None:
    known = {f"RELAY_{name.upper()}" for name in RelaySettings.model_fields}
    known |= {f"SUSSURRO_{name.upper()}" for name in ChatSettings.model_fields}
    assert _example().keys() <= known | _compose_variables().keys()


@pytest.mark.usefixtures("_no_settings")
def test_the_example_as_env_file_changes_nothing() -> None:
    assert RelaySettings(_env_file=EXAMPLE) == RelaySettings()
    assert ChatSettings(_env_file=EXAMPLE) == ChatSettings()


def test_compose_uses_the_defaults_of_the_example() -> None:
    example = _example()
    for name, default in _compose_variables().items():
        if name in OF_THE_STACK:
            assert example[name] == "", f"{name} has a default of its own in the stack"
        else:
            assert example[name] == default, name


def test_compose_passes_every_setting_of_the_relay_on() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    passed = compose["services"]["relay"]["environment"].keys()
    assert passed == {f"RELAY_{name.upper()}" for name in RelaySettings.model_fields}


def test_every_line_of_the_example_is_explained() -> None:
    lines = EXAMPLE.read_text().splitlines()
    for above, line in pairwise(lines):
        if re.match(r"[A-Z_]+=", line):
            assert above.startswith("# ") or re.match(r"[A-Z_]+=", above), line
