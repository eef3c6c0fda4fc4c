import importlib.util
import json
import shutil
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from tests.support.cluster import MANIFESTS, Manifest, find_kubectl, render

TOOL = MANIFESTS.parent / "tools/monitoring.py"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("monitoring", TOOL)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(params=["single", "cluster"])
def watched(request: pytest.FixtureRequest, tmp_path: Path) -> list[Manifest]:
    """Return an overlay that has the component, as an operator would add it."""
    kubectl = find_kubectl()
    if not kubectl:
        pytest.skip("no kubectl of version 1.24 or newer: the overlays are not rendered")
    copied = Path(shutil.copytree(MANIFESTS, tmp_path / "k8s"))
    path = copied / "overlays" / request.param / "kustomization.yaml"
    kustomization = yaml.safe_load(path.read_text())
    kustomization["components"].append("../../components/monitoring")
    path.write_text(yaml.safe_dump(kustomization))
    return render(kubectl, path.parent)


def of_kind(manifests: list[Manifest], kind: str) -> list[Manifest]:
    return [one for one in manifests if one["kind"] == kind]


def test_the_component_holds_the_rules_and_the_dashboard_as_they_are_now(tool: ModuleType) -> None:
    reason = tool.why_nothing_to_copy()
    if reason:
        pytest.skip(reason)
    for path, text in tool.copies().items():
        assert path.read_text() == text, "run make manifests"


def test_the_rule_is_the_object_that_the_operator_takes(watched: list[Manifest]) -> None:
    (rule,) = of_kind(watched, "PrometheusRule")
    assert rule["apiVersion"] == "monitoring.coreos.com/v1"
    assert rule["spec"].keys() == {"groups"}
    assert all(group["rules"] for group in rule["spec"]["groups"])


def test_the_monitor_finds_the_service_of_the_figures_alone_and_by_a_port_that_it_has(
    watched: list[Manifest],
) -> None:
    (monitor,) = of_kind(watched, "ServiceMonitor")
    wanted = monitor["spec"]["selector"]["matchLabels"].items()
    (endpoint,) = monitor["spec"]["endpoints"]
    found = [
        service["metadata"]["name"]
        for service in of_kind(watched, "Service")
        if wanted <= service["metadata"]["labels"].items()
        and endpoint["port"] in {port["name"] for port in service["spec"]["ports"]}
    ]
    assert found == ["relay-metrics"]
    assert endpoint["path"] == "/metrics"


def test_the_dashboard_is_a_config_map_that_grafana_looks_for(watched: list[Manifest]) -> None:
    (dashboard,) = (
        one
        for one in of_kind(watched, "ConfigMap")
        if one["metadata"]["name"] == "sussurro-dashboard"
    )
    assert dashboard["metadata"]["labels"]["grafana_dashboard"] == "1"
    assert json.loads(dashboard["data"]["sussurro.json"])["title"] == "Sussurro"
