"""Alerts fire when they should, do not when they should not, and say where to read on."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.docker import ROOT, run
from tests.support.metrics import samples
from tests.support.prometheus import image_of_the_stack
from tests.support.rules import MINUTES, Case

FOLDER = ROOT / "services" / "prometheus"
GROUPS: list[dict[str, Any]] = yaml.safe_load((FOLDER / "rules.yml").read_text())["groups"]
RULES = [rule for group in GROUPS for rule in group["rules"]]
ALERTS = {rule["alert"]: rule for rule in RULES if "alert" in rule}

_MIB = 1024 * 1024
NONE: frozenset[str] = frozenset()


def only(*alerts: str) -> frozenset[str]:
    """Return the alerts under the name that all have."""
    return frozenset(f"Sussurro{alert}" for alert in alerts)


def late(good: str, bad: str) -> str:
    """Return ten minutes of one value, and then another."""
    return f"{good}x9 {bad}x{MINUTES - 10}"


CASES = [
    Case("a healthy cluster", {}, dict.fromkeys((5, 15, 30, 60), NONE)),
    Case("a relay answers no more", {"up": late("1", "0")}, {10: NONE, 12: only("RelayDown")}),
    Case("a relay misses one scrape", {"up": "1x9 0 1x40"}, {10: NONE, 11: NONE, 13: NONE}),
    Case(
        "no relay has a name any more",
        {"up": f"1x9 stale _x{MINUTES - 11}"},
        {9: NONE, 12: only("RelayDown")},
        both=True,
    ),
    Case("a relay is scraped by its service in Kubernetes", {}, {12: only("RelayDown")}, added={
        'up{job="relay-metrics",instance="c"}': "0x60",
    }),
    Case("another job is down", {}, {12: NONE}, added={'up{job="node",instance="c"}': "0x60"}),
    Case("a relay is not ready", {"ready": late("1", "0")}, {11: NONE, 13: only("RelayNotReady")}),
    Case("a relay drains and starts again", {"ready": "1x9 0 1x40"}, {10: NONE, 11: NONE, 13: NONE}),
    Case(
        "the log is not available, and so the relay not ready",
        {"ready": late("1", "0"), "log_available": late("1", "0")},
        {10: NONE, 13: only("LogUnavailable"), 60: only("LogUnavailable")},
    ),
    Case(
        "strangers knock all the time",
        {'refused_total{job="relay",instance="a",reason="malformed"': "0+120x60"},
        {10: NONE, 15: only("RefusalsRising")},
    ),
    Case(
        "strangers came for five minutes",
        {'refused_total{job="relay",instance="a",reason="malformed"': "0+120x5 600x54"},
        {4: NONE, 12: NONE, 20: NONE},
    ),
    Case(
        "one chunk in fifty is late",
        {
            'fanout_seconds_bucket{job="relay",instance="a",le="0.025"': "0+5880x60",
            'fanout_seconds_bucket{job="relay",instance="a",le="0.25"': "0+5880x60",
        },
        {5: NONE, 15: only("FanoutSlow")},
    ),
    Case(
        "one chunk in two hundred is late",
        {
            'fanout_seconds_bucket{job="relay",instance="a",le="0.025"': "0+5970x60",
            'fanout_seconds_bucket{job="relay",instance="a",le="0.25"': "0+5970x60",
        },
        {15: NONE, 60: NONE},
    ),
    Case("nobody says anything", {"fanout_seconds_bucket": "7x60"}, {15: NONE, 60: NONE}),
    Case(
        "one chunk in fifty is kept late",
        {
            'log_append_seconds_bucket{job="relay",instance="a",le="0.025"': "0+5880x60",
            'log_append_seconds_bucket{job="relay",instance="a",le="0.25"': "0+5880x60",
        },
        {5: NONE, 15: only("LogSlow")},
    ),
    Case("members lag", {"lagging_cursors": "60x60"}, {4: NONE, 6: only("MembersLagging")}),
    Case("many join at once", {"lagging_cursors": "20x9 300x2 20x40"}, {11: NONE, 20: NONE}),
    Case(
        "a few of few members lag",
        {"lagging_cursors": "9x60", "connections": "12x60"},
        {10: NONE, 60: NONE},
    ),
    Case(
        "those who lag are sent away",
        {'refused_total{job="relay",instance="a",reason="lagged"': "0+30x60"},
        {4: NONE, 12: only("MembersLagging")},
    ),
    Case(
        "memory is at three quarters and more",
        {'memory_bytes{job="relay",instance="a",kind="windows"': f"{150 * _MIB}x60"},
        {4: NONE, 6: only("MemoryNearLimit")},
    ),
    Case(
        "windows take what they may",
        {'memory_bytes{job="relay",instance="a",kind="windows"': f"{110 * _MIB}x60"},
        {6: NONE, 60: NONE},
    ),
    Case(
        "hardly anything is free",
        {"log_disk_free_bytes": f"{200 * _MIB}x60", "log_bytes": f"{2048 * _MIB}x60"},
        {0: NONE, 2: only("DiskNearlyFull"), 60: only("DiskNearlyFull")},
    ),
    Case(
        "the log may grow by more than is free",
        {"log_disk_free_bytes": f"{900 * _MIB}x60"},
        {29: NONE, 31: only("DiskWillFill")},
    ),
    Case(
        "the log is as large as it will be, and little is free",
        {"log_disk_free_bytes": f"{900 * _MIB}x60", "log_bytes": f"{2048 * _MIB}x60"},
        {31: NONE, 60: NONE},
    ),
    Case(
        "a log without limit, and the disk fills in hours",
        {"log_limit_bytes": "0x60", "log_disk_free_bytes": f"{8192 * _MIB}-{10 * _MIB}x60"},
        {10: NONE, 40: only("DiskWillFill")},
    ),
    Case(
        "a log without limit, and the disk fills in weeks",
        {"log_limit_bytes": "0x60", "log_disk_free_bytes": f"{65536 * _MIB}-{1 * _MIB}x60"},
        {40: NONE, 60: NONE},
    ),
    Case(
        "memory has no disk and is always full",
        {"log_disk_free_bytes": None, "log_append_seconds_bucket": None, "log_bytes": f"{2048 * _MIB}x60"},
        {31: NONE, 60: NONE},
    ),
    Case(
        "one relay alone has no NATS",
        {"nats_": None, "peers": None},
        {5: NONE, 60: NONE},
        both=True,
    ),
    Case(
        "a relay does not reach NATS",
        {"nats_connected": late("1", "0")},
        {10: NONE, 12: only("NatsUnreachable")},
    ),
    Case("a relay reconnects once", {"nats_reconnects_total": late("2", "3")}, {12: NONE, 40: NONE}),
    Case(
        "a relay reconnects all the time",
        {"nats_reconnects_total": "2+1x60"},
        {2: NONE, 20: only("NatsReconnecting")},
    ),
    Case("a relay hears no other", {"peers": late("1", "0")}, {11: NONE, 13: only("PeersLost")}),
    Case("a relay has not heard of the other yet", {"peers": "0 0 1x58"}, {1: NONE, 5: NONE}),
    Case(
        "a relay was taken away on purpose, and the other knows",
        dict.fromkeys(("up", "build_info", "nats_connected"), f"1x9 stale _x{MINUTES - 11}")
        | {"peers": "1x9 stale"},
        {12: NONE, 18: NONE, 21: only("TooFewRelays")},
        added={'sussurro_relay_peers{job="relay",instance="b"}': late("1", "0")},
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def image(engine: None) -> str:  # noqa: ARG001 - skips for us
    return image_of_the_stack()


def promtool(image: str, folder: Path, tests: list[dict[str, Any]]) -> str:
    """Let promtool hold the rules to the tests; return what it said, which ends in SUCCESS."""
    # It says "rules.yml" as the folder in which it stands is mounted beside.
    document = {"rule_files": ["/checked/rules.yml"], "evaluation_interval": "30s", "tests": tests}
    folder.chmod(0o755)
    (folder / "rules_test.yml").write_text(yaml.safe_dump(document, sort_keys=False))
    mounts = (f"--volume={FOLDER}:/checked:ro", f"--volume={folder}:/tests:ro")
    command = ("docker", "run", "--rm", "--network=none", *mounts, "--entrypoint=promtool", image)
    done = run(*command, "test", "rules", "/tests/rules_test.yml", check=False)
    return done.stdout + done.stderr


@pytest.mark.docker
def test_each_alert_fires_when_it_should_and_no_other_does(image: str, tmp_path: Path) -> None:
    said = promtool(image, tmp_path, [case.test() for case in CASES])
    assert said.strip().endswith("SUCCESS"), said


@pytest.mark.docker
def test_an_alert_that_does_not_fire_when_it_is_expected_is_noticed(
    image: str, tmp_path: Path
) -> None:
    said = promtool(image, tmp_path, [Case("well", {}, {5: only("RelayDown")}).test()])
    assert "FAILED" in said


@pytest.mark.docker
def test_what_an_alert_says_names_the_relay_and_the_figure(image: str, tmp_path: Path) -> None:
    case = Case("full", {"memory_bytes": f"{128 * _MIB}x60"}, {})
    wanted = {
        "exp_labels": {"severity": "warning", "job": "relay", "instance": "a"},
        "exp_annotations": {
            **ALERTS["SussurroMemoryNearLimit"]["annotations"],
            "description": "a holds 100% of RELAY_MEMORY_LIMIT.",
        },
    }
    alert = {"eval_time": "10m", "alertname": "SussurroMemoryNearLimit", "exp_alerts": [wanted]}
    said = promtool(image, tmp_path, [case.test() | {"alert_rule_test": [alert]}])
    assert said.strip().endswith("SUCCESS"), said


def test_every_alert_is_tried_with_a_case_in_which_it_fires() -> None:
    fired = {alert for case in CASES for alerts in case.fires.values() for alert in alerts}
    assert fired == set(ALERTS)


def test_every_alert_says_what_it_is_how_bad_and_where_to_read_on() -> None:
    text = (ROOT / "docs" / "operations.md").read_text()
    anchors = {heading.lower() for heading in re.findall(r"^#+ (\w+)$", text, re.MULTILINE)}
    for name, rule in ALERTS.items():
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert set(rule["annotations"]) == {"summary", "description", "runbook"}
        assert rule["annotations"]["runbook"] == f"docs/operations.md#{name.lower()}"
        assert name.lower() in anchors


def test_every_metric_in_a_rule_is_one_that_a_relay_exports_or_another_rule_records() -> None:
    exported = set(samples()) | {"up"}
    recorded = {rule["record"] for rule in RULES if "record" in rule}
    for rule in RULES:
        named = set(re.findall(r"\bsussurro[_:][\w:]+", rule["expr"]))
        assert named <= exported | recorded
        assert named or "up{" in rule["expr"]
