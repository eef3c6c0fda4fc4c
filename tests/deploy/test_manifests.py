"""The manifests as they are written, and, where kubectl is at hand, as they are applied."""

import copy
from collections.abc import Iterator
from typing import Any

import kubernetes_validate
import pytest
import yaml

from sussurro_client.settings import DEFAULT_PORT, ChatSettings
from sussurro_relay.settings import RelaySettings
from tests.support.cluster import MANIFESTS, Manifest, documents, find_kubectl, render

APPLIED = ("namespace", "overlays/single")
VOLUMES = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
}


def written() -> Iterator[Manifest]:
    """Every object that a kustomization lists as a file; patches are no objects yet."""
    for path in sorted(MANIFESTS.rglob("kustomization.yaml")):
        for resource in yaml.safe_load(path.read_text()).get("resources", []):
            if (path.parent / resource).is_file():
                yield from documents((path.parent / resource).read_text())


def name(manifest: Manifest) -> str:
    return f"{manifest['kind']}-{manifest['metadata']['name']}"


def of_kind(manifests: list[Manifest], kind: str) -> dict[str, Manifest]:
    return {one["metadata"]["name"]: one for one in manifests if one["kind"] == kind}


def breaches(pod: dict[str, Any]) -> list[str]:
    """List what the restricted Pod Security profile, or our own hardening, refuses in a pod."""
    whole = pod.get("securityContext", {})
    found = [field for field in ("hostNetwork", "hostPID", "hostIPC") if pod.get(field)]
    found += [f"sysctl {each['name']}" for each in whole.get("sysctls", [])]
    for volume in pod.get("volumes", []):
        found += [f"volume {kind}" for kind in volume.keys() - {"name"} - VOLUMES]
    if pod.get("automountServiceAccountToken") is not False:
        found.append("service account token")
    if pod.get("enableServiceLinks") is not False:
        found.append("service links")
    containers = pod["containers"] + pod.get("initContainers", [])
    for container in containers:
        own = container.get("securityContext", {})
        both = {**whole, **own}
        capabilities = own.get("capabilities", {})
        checks = {
            "privileged": not own.get("privileged"),
            "privilege escalation": own.get("allowPrivilegeEscalation") is False,
            "capabilities kept": "ALL" in capabilities.get("drop", []),
            "capabilities added": set(capabilities.get("add", [])) <= {"NET_BIND_SERVICE"},
            "root": both.get("runAsNonRoot") is True and both.get("runAsUser") == 10001,
            "root's group": both.get("runAsGroup") == 10001,
            "seccomp": both.get("seccompProfile", {}).get("type") == "RuntimeDefault",
            "proc mount": own.get("procMount", "Default") == "Default",
            "AppArmor": both.get("appArmorProfile", {}).get("type") != "Unconfined",
            "SELinux": not both.get("seLinuxOptions"),
            "host process": not both.get("windowsOptions", {}).get("hostProcess"),
            "host port": not any(port.get("hostPort") for port in container.get("ports", [])),
            "writable root": own.get("readOnlyRootFilesystem") is True,
        }
        found += [breach for breach, passed in checks.items() if not passed]
    return found


@pytest.fixture(scope="module")
def single() -> list[Manifest]:
    kubectl = find_kubectl()
    if not kubectl:
        pytest.skip("no kubectl of version 1.21 or newer: the overlays are not rendered")
    return [one for each in APPLIED for one in render(kubectl, MANIFESTS / each)]


@pytest.fixture(scope="module", params=["as written", "as rendered"])
def manifests(request: pytest.FixtureRequest) -> list[Manifest]:
    if request.param == "as written":
        return list(written())
    rendered: list[Manifest] = request.getfixturevalue("single")
    return rendered


def pods(manifests: list[Manifest]) -> dict[str, dict[str, Any]]:
    deployments = of_kind(manifests, "Deployment")
    return {each: one["spec"]["template"]["spec"] for each, one in deployments.items()}


def test_every_object_is_valid_in_the_newest_schemas(manifests: list[Manifest]) -> None:
    newest = kubernetes_validate.latest_version()
    for manifest in manifests:
        kubernetes_validate.validate(manifest, newest, strict=True)
    assert {"Namespace", "Service", "Deployment"} <= {one["kind"] for one in manifests}


def test_every_pod_passes_the_restricted_profile(manifests: list[Manifest]) -> None:
    assert {each: breaches(pod) for each, pod in pods(manifests).items()} == {
        "relay": [],
        "client": [],
    }


@pytest.mark.parametrize(
    ("place", "value", "breach"),
    [
        (("hostNetwork",), True, "hostNetwork"),
        (("automountServiceAccountToken",), True, "service account token"),
        (("enableServiceLinks",), True, "service links"),
        (("volumes",), [{"name": "host", "hostPath": {"path": "/"}}], "volume hostPath"),
        (("securityContext", "runAsUser"), 0, "root"),
        (("securityContext", "runAsGroup"), 0, "root's group"),
        (("securityContext", "seccompProfile"), {"type": "Unconfined"}, "seccomp"),
        (("containers", 0, "securityContext", "privileged"), True, "privileged"),
        (("containers", 0, "securityContext", "capabilities"), {}, "capabilities kept"),
        (("containers", 0, "securityContext", "readOnlyRootFilesystem"), False, "writable root"),
        (
            ("containers", 0, "securityContext", "allowPrivilegeEscalation"),
            True,
            "privilege escalation",
        ),
    ],
)
def test_a_pod_that_loosens_its_hardening_is_found_out(
    place: tuple[Any, ...], value: object, breach: str
) -> None:
    pod = copy.deepcopy(pods(list(written()))["relay"])
    part: Any = pod
    for step in place[:-1]:
        part = part[step]
    part[place[-1]] = value
    assert breaches(pod) == [breach]


def test_the_namespace_enforces_audits_and_warns_by_the_restricted_profile(
    manifests: list[Manifest],
) -> None:
    labels = of_kind(manifests, "Namespace")["sussurro"]["metadata"]["labels"]
    modes = {
        mode: labels[f"pod-security.kubernetes.io/{mode}"] for mode in ("enforce", "audit", "warn")
    }
    assert set(modes.values()) == {"restricted"}


def test_only_the_client_mounts_the_key_and_as_a_file_that_only_its_group_reads(
    manifests: list[Manifest],
) -> None:
    secret = {"secretName": "sussurro-key", "defaultMode": 0o440}
    mounted = {}
    for each, pod in pods(manifests).items():
        mounted[each] = [
            volume["secret"] for volume in pod.get("volumes", []) if "secret" in volume
        ]
        assert not any("valueFrom" in one for one in pod["containers"][0].get("env", []))
    assert mounted["relay"] == []
    assert mounted["client"] == [secret | {"items": [{"key": "key.key", "path": "key.key"}]}]
    (mount,) = [
        one
        for one in pods(manifests)["client"]["containers"][0]["volumeMounts"]
        if one["name"] == "key"
    ]
    assert mount == {"name": "key", "mountPath": "/run/secrets", "readOnly": True}
    assert "key.key" not in yaml.safe_dump(of_kind(manifests, "Deployment")["relay"])


def test_no_workload_names_a_namespace_so_that_all_follow_the_secret_into_the_current_one(
    manifests: list[Manifest],
) -> None:
    assert [name(one) for one in manifests if "namespace" in one["metadata"]] == []


def test_every_container_asks_for_and_is_limited_to_processor_and_memory(
    manifests: list[Manifest],
) -> None:
    for pod in pods(manifests).values():
        for container in pod["containers"]:
            for bound in ("requests", "limits"):
                assert {"cpu", "memory"} <= container["resources"][bound].keys()


def test_the_relay_lives_by_livez_and_serves_by_readyz(manifests: list[Manifest]) -> None:
    (relay,) = pods(manifests)["relay"]["containers"]
    asked = {
        probe: relay[f"{probe}Probe"]["httpGet"] for probe in ("startup", "liveness", "readiness")
    }
    assert asked == {
        "startup": {"path": "/livez", "port": "metrics"},
        "liveness": {"path": "/livez", "port": "metrics"},
        "readiness": {"path": "/readyz", "port": "metrics"},
    }


def test_the_client_has_a_terminal_that_outlives_whoever_attaches_and_no_name(
    manifests: list[Manifest],
) -> None:
    (client,) = pods(manifests)["client"]["containers"]
    assert client["stdin"] is True
    assert client["tty"] is True
    assert not client.get("stdinOnce")
    environment = {one["name"]: one["value"] for one in client["env"]}
    assert environment["SUSSURRO_NAME"] == ""
    assert environment["SUSSURRO_RELAY"] == "relay:5454"
    assert environment["SUSSURRO_KEY"] == "/run/secrets/key.key"


def test_the_services_reach_the_ports_that_the_relay_listens_on_by_default(
    manifests: list[Manifest],
) -> None:
    defaults = {each: field.default for each, field in RelaySettings.model_fields.items()}
    services = of_kind(manifests, "Service")
    (relay,) = pods(manifests)["relay"]["containers"]
    listening = {port["name"]: port["containerPort"] for port in relay["ports"]}
    assert listening == {"chat": defaults["port"], "metrics": defaults["metrics_port"]}
    for service, port in (("relay", "chat"), ("relay-metrics", "metrics")):
        (entry,) = services[service]["spec"]["ports"]
        assert entry == {"name": port, "port": listening[port], "targetPort": port}
    notes = services["relay-metrics"]["metadata"]["annotations"]
    assert notes["prometheus.io/port"] == str(defaults["metrics_port"])


def test_each_service_selects_the_relay_and_nothing_else(manifests: list[Manifest]) -> None:
    labels = {
        each: one["spec"]["template"]["metadata"]["labels"]
        for each, one in of_kind(manifests, "Deployment").items()
    }
    for service in of_kind(manifests, "Service").values():
        wanted = service["spec"]["selector"].items()
        assert [each for each, own in labels.items() if wanted <= own.items()] == ["relay"]


def test_the_relays_settings_are_settings_it_has_and_values_it_takes(
    single: list[Manifest], monkeypatch: pytest.MonkeyPatch
) -> None:
    (settings,) = of_kind(single, "ConfigMap").values()
    known = {f"RELAY_{each}".upper() for each in RelaySettings.model_fields}
    assert settings["data"].keys() <= known
    for variable, value in settings["data"].items():
        monkeypatch.setenv(variable, value)
    RelaySettings(_env_file=None)


def test_the_clients_settings_are_settings_it_has_and_values_it_takes(
    manifests: list[Manifest], monkeypatch: pytest.MonkeyPatch
) -> None:
    (client,) = pods(manifests)["client"]["containers"]
    own = {one["name"]: one["value"] for one in client["env"] if one["name"] != "TERM"}
    assert own.keys() <= {f"SUSSURRO_{each}".upper() for each in ChatSettings.model_fields}
    for variable, value in own.items():
        monkeypatch.setenv(variable, value)
    settings = ChatSettings(_env_file=None)
    assert (settings.relay.host, settings.relay.port) == ("relay", DEFAULT_PORT)
    assert settings.attached


def test_the_pod_is_given_longer_to_stop_than_the_relay_takes_to_drain(
    single: list[Manifest],
) -> None:
    (settings,) = of_kind(single, "ConfigMap").values()
    grace = pods(single)["relay"]["terminationGracePeriodSeconds"]
    assert grace >= float(settings["data"]["RELAY_DRAIN_SECONDS"]) + 5


def test_the_rooms_together_fill_at_most_half_of_the_memory_that_the_relay_is_given(
    single: list[Manifest],
) -> None:
    (settings,) = of_kind(single, "ConfigMap").values()
    (relay,) = pods(single)["relay"]["containers"]
    limit = relay["resources"]["limits"]["memory"]
    assert limit.endswith("Mi")
    assert int(limit.removesuffix("Mi")) * 2**20 >= 2 * int(settings["data"]["RELAY_MEMORY_LIMIT"])


def test_the_single_overlay_runs_one_relay_and_never_two_at_once(single: list[Manifest]) -> None:
    relay = of_kind(single, "Deployment")["relay"]["spec"]
    assert relay["replicas"] == 1
    assert relay["strategy"] == {"type": "Recreate"}


def test_an_operator_can_set_every_image(single: list[Manifest]) -> None:
    kustomization = yaml.safe_load((MANIFESTS / "overlays/single/kustomization.yaml").read_text())
    images = {f"{one['newName']}:{one['newTag']}" for one in kustomization["images"]}
    assert {pod["containers"][0]["image"] for pod in pods(single).values()} == images
