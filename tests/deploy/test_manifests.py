"""The manifests as they are written, and, where kubectl is at hand, as they are applied."""

import copy
import re
from collections.abc import Iterator
from typing import Any

import kubernetes_validate
import pytest
import yaml

from sussurro_client.setting_values import DEFAULT_PORT
from sussurro_client.settings import ChatSettings
from sussurro_relay.settings import RelaySettings
from tests.support.cluster import MANIFESTS, Manifest, documents, find_kubectl, render

OVERLAYS = ("single", "cluster")
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
    """Every object that a kustomization lists as a file; patches are no objects yet.

    Those for the Prometheus operator have no schema here and a test of their own.
    """
    for path in sorted(MANIFESTS.rglob("kustomization.yaml")):
        if path.parent.name == "monitoring":
            continue
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


def rendered(overlay: str) -> list[Manifest]:
    kubectl = find_kubectl()
    if not kubectl:
        pytest.skip("no kubectl of version 1.24 or newer: the overlays are not rendered")
    applied = ("namespace", f"overlays/{overlay}")
    return [one for each in applied for one in render(kubectl, MANIFESTS / each)]


@pytest.fixture(scope="module")
def single() -> list[Manifest]:
    return rendered("single")


@pytest.fixture(scope="module")
def cluster() -> list[Manifest]:
    return rendered("cluster")


@pytest.fixture(scope="module", params=OVERLAYS)
def overlay(request: pytest.FixtureRequest) -> list[Manifest]:
    applied: list[Manifest] = request.getfixturevalue(request.param)
    return applied


@pytest.fixture(scope="module", params=["as written", *OVERLAYS])
def manifests(request: pytest.FixtureRequest) -> list[Manifest]:
    if request.param == "as written":
        return list(written())
    applied: list[Manifest] = request.getfixturevalue(request.param)
    return applied


def workloads(manifests: list[Manifest]) -> dict[str, Manifest]:
    return of_kind(manifests, "Deployment") | of_kind(manifests, "StatefulSet")


def pods(manifests: list[Manifest]) -> dict[str, dict[str, Any]]:
    return {each: one["spec"]["template"]["spec"] for each, one in workloads(manifests).items()}


def pod_labels(manifests: list[Manifest]) -> dict[str, dict[str, str]]:
    return {
        each: one["spec"]["template"]["metadata"]["labels"]
        for each, one in workloads(manifests).items()
    }


def chosen(selector: Manifest, manifests: list[Manifest]) -> set[str]:
    """Return the workloads whose pods a label selector chooses."""
    assert selector.keys() == {"matchLabels"}
    wanted = selector["matchLabels"].items()
    return {each for each, own in pod_labels(manifests).items() if wanted <= own.items()}


def settings_of(manifests: list[Manifest]) -> dict[str, str]:
    (settings,) = (
        one["data"]
        for each, one in of_kind(manifests, "ConfigMap").items()
        if each.startswith("relay-settings")
    )
    return dict(settings)


def size(quantity: str) -> int:
    """Return the bytes of a quantity of Kubernetes or of NATS."""
    number, unit = re.fullmatch(r"(\d+)(\w+)", quantity).groups()  # type: ignore[union-attr]
    return int(number) << {"Mi": 20, "MB": 20, "MiB": 20, "Gi": 30, "GB": 30}[unit]


def test_every_object_is_valid_in_the_newest_schemas(manifests: list[Manifest]) -> None:
    newest = kubernetes_validate.latest_version()
    for manifest in manifests:
        kubernetes_validate.validate(manifest, newest, strict=True)
    kinds = {one["kind"] for one in manifests}
    assert {"Namespace", "Service", "Deployment", "NetworkPolicy"} <= kinds


def test_each_overlay_has_what_it_is_made_of(
    single: list[Manifest], cluster: list[Manifest]
) -> None:
    assert {name(one) for one in single if one["kind"] in {"Deployment", "StatefulSet"}} == {
        "StatefulSet-relay",
        "Deployment-client",
    }
    assert {
        "StatefulSet-nats",
        "Deployment-relay",
        "Deployment-client",
        "HorizontalPodAutoscaler-relay",
        "PodDisruptionBudget-relay",
        "PodDisruptionBudget-nats",
    } <= {name(one) for one in cluster}


def test_every_pod_passes_the_restricted_profile(manifests: list[Manifest]) -> None:
    found = {each: breaches(pod) for each, pod in pods(manifests).items()}
    assert {"relay", "client"} <= found.keys()
    assert list(filter(None, found.values())) == []


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
        values = [one.get("valueFrom", {}) for one in pod["containers"][0].get("env", [])]
        assert all(value.keys() <= {"fieldRef"} for value in values)
        sources = [one.keys() for one in pod["containers"][0].get("envFrom", [])]
        assert all(source == {"configMapRef"} for source in sources)
    client = mounted.pop("client")
    assert mounted.keys() >= {"relay"}
    assert list(filter(None, mounted.values())) == []
    assert client == [secret | {"items": [{"key": "key.key", "path": "key.key"}]}]
    (mount,) = [
        one
        for one in pods(manifests)["client"]["containers"][0]["volumeMounts"]
        if one["name"] == "key"
    ]
    assert mount == {"name": "key", "mountPath": "/run/secrets", "readOnly": True}
    for each, one in workloads(manifests).items():
        assert ("key.key" in yaml.safe_dump(one)) == (each == "client")


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
    assert services.keys() - {"nats"} == {"relay", "relay-metrics"}
    for service, port in (("relay", "chat"), ("relay-metrics", "metrics")):
        (entry,) = services[service]["spec"]["ports"]
        assert entry == {"name": port, "port": listening[port], "targetPort": port}
    notes = services["relay-metrics"]["metadata"]["annotations"]
    assert notes["prometheus.io/port"] == str(defaults["metrics_port"])


def test_each_service_selects_the_pods_that_it_is_named_after(manifests: list[Manifest]) -> None:
    for each, service in of_kind(manifests, "Service").items():
        selector = {"matchLabels": service["spec"]["selector"]}
        assert chosen(selector, manifests) == {each.removesuffix("-metrics")}


def test_each_workload_selects_its_own_pods_and_no_others(manifests: list[Manifest]) -> None:
    for each, one in workloads(manifests).items():
        assert chosen(one["spec"]["selector"], manifests) == {each}
        for spread in pods(manifests)[each].get("topologySpreadConstraints", []):
            assert chosen(spread["labelSelector"], manifests) == {each}


def test_the_relays_settings_are_settings_it_has_and_values_it_takes(
    overlay: list[Manifest], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(overlay)
    known = {f"RELAY_{each}".upper() for each in RelaySettings.model_fields}
    assert settings.keys() <= known
    for variable, value in settings.items():
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


def test_a_relay_is_given_longer_to_stop_than_its_pause_and_its_drain_take_together(
    overlay: list[Manifest],
) -> None:
    pod = pods(overlay)["relay"]
    (relay,) = pod["containers"]
    command, pause = relay["lifecycle"]["preStop"]["exec"]["command"]
    assert command == "sleep"
    drain = float(settings_of(overlay)["RELAY_DRAIN_SECONDS"])
    assert float(pause) + drain + 5 <= pod["terminationGracePeriodSeconds"]


def test_the_rooms_together_fill_at_most_half_of_the_memory_that_the_relay_is_given(
    overlay: list[Manifest],
) -> None:
    (relay,) = pods(overlay)["relay"]["containers"]
    limit = size(relay["resources"]["limits"]["memory"])
    assert limit >= 2 * int(settings_of(overlay)["RELAY_MEMORY_LIMIT"])


def test_the_single_overlay_runs_one_relay_that_keeps_its_log_on_a_claim(
    single: list[Manifest],
) -> None:
    relay = of_kind(single, "StatefulSet")["relay"]["spec"]
    assert relay["replicas"] == 1
    assert of_kind(single, "Service")[relay["serviceName"]]["spec"]["clusterIP"] == "None"
    (claim,) = relay["volumeClaimTemplates"]
    (container,) = relay["template"]["spec"]["containers"]
    (mount,) = container["volumeMounts"]
    assert mount["name"] == claim["metadata"]["name"]
    assert settings_of(single)["RELAY_LOG"] == f"sqlite://{mount['mountPath']}/log.db"
    assert "storageClassName" not in claim["spec"]
    kept = RelaySettings.model_fields["retention_bytes"].default
    assert size(claim["spec"]["resources"]["requests"]["storage"]) > kept
    group = relay["template"]["spec"]["securityContext"]["fsGroup"]
    assert group == relay["template"]["spec"]["securityContext"]["runAsGroup"]


def test_every_nats_server_is_named_to_the_relays_and_to_the_other_servers(
    cluster: list[Manifest],
) -> None:
    nats = of_kind(cluster, "StatefulSet")["nats"]["spec"]
    names = [f"nats-{number}.{nats['serviceName']}" for number in range(nats["replicas"])]
    settings = settings_of(cluster)
    assert settings["RELAY_LOG"] == ",".join(f"nats://{each}:4222" for each in names)
    assert settings["RELAY_NATS_REPLICAS"] == str(nats["replicas"]) == "3"
    assert re.findall(r'"nats://(.*):6222"', nats_conf(cluster)) == names
    service = of_kind(cluster, "Service")["nats"]["spec"]
    assert service["clusterIP"] == "None"
    assert service["publishNotReadyAddresses"] is True
    assert nats["podManagementPolicy"] == "Parallel"


def nats_conf(cluster: list[Manifest]) -> str:
    (conf,) = (
        one["data"]["nats.conf"]
        for each, one in of_kind(cluster, "ConfigMap").items()
        if each.startswith("nats-settings")
    )
    return str(conf)


def test_what_the_rooms_may_keep_fits_into_nats_and_that_into_its_claim(
    cluster: list[Manifest],
) -> None:
    (claim,) = of_kind(cluster, "StatefulSet")["nats"]["spec"]["volumeClaimTemplates"]
    (most,) = re.findall(r"max_file_store: (\w+)", nats_conf(cluster))
    kept = RelaySettings.model_fields["retention_bytes"].default
    assert kept < size(most) < size(claim["spec"]["resources"]["requests"]["storage"])
    (container,) = pods(cluster)["nats"]["containers"]
    (collected,) = (one["value"] for one in container["env"] if one["name"] == "GOMEMLIMIT")
    assert size(collected) < size(container["resources"]["limits"]["memory"])


def test_a_nats_server_says_goodbye_and_is_given_longer_than_that_takes(
    cluster: list[Manifest],
) -> None:
    pod = pods(cluster)["nats"]
    (container,) = pod["containers"]
    conf = nats_conf(cluster)
    (file,) = re.findall(r'pid_file: "(.*)"', conf)
    stop = container["lifecycle"]["preStop"]["exec"]["command"]
    assert stop == ["/nats-server", "--signal", f"ldm={file}"]
    (duration,) = re.findall(r'lame_duck_duration: "(\d+)s"', conf)
    # NATS takes no less.
    assert 30 <= int(duration) < pod["terminationGracePeriodSeconds"]
    (folder,) = (one for one in container["volumeMounts"] if one["name"] == "run")
    assert file.startswith(f"{folder['mountPath']}/")
    assert "emptyDir" in next(one for one in pod["volumes"] if one["name"] == "run")


def test_each_probe_of_nats_asks_something_else(cluster: list[Manifest]) -> None:
    (container,) = pods(cluster)["nats"]["containers"]
    asked = {
        probe: container[f"{probe}Probe"]["httpGet"]["path"]
        for probe in ("startup", "liveness", "readiness")
    }
    assert asked == {
        "startup": "/healthz",
        "liveness": "/healthz?js-enabled-only=true",
        "readiness": "/healthz?js-server-only=true",
    }


def test_no_relay_of_several_goes_before_another_is_ready(cluster: list[Manifest]) -> None:
    relay = of_kind(cluster, "Deployment")["relay"]["spec"]
    assert relay["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    # It would undo at each apply what the autoscaler did.
    assert "replicas" not in relay


def test_the_autoscaler_goes_by_connections_and_by_the_processor_for_want_of_an_adapter(
    cluster: list[Manifest],
) -> None:
    (scaler,) = of_kind(cluster, "HorizontalPodAutoscaler").values()
    spec = scaler["spec"]
    assert spec["scaleTargetRef"] == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "name": "relay",
    }
    assert spec["minReplicas"] == 3
    connections, processor = spec["metrics"]
    assert connections["pods"]["metric"] == {"name": "sussurro_relay_connections"}
    assert processor["resource"]["name"] == "cpu"
    # What one relay of three held fits into the other two.
    most = int(settings_of(cluster)["RELAY_MAX_CONNECTIONS"])
    assert int(connections["pods"]["target"]["averageValue"]) * 3 / 2 <= most
    (relay,) = pods(cluster)["relay"]["containers"]
    asked = int(processor["resource"]["target"]["averageValue"])
    assert asked < int(relay["resources"]["limits"]["cpu"])


def test_of_relays_and_of_nats_servers_one_at_a_time_may_be_taken_away(
    cluster: list[Manifest],
) -> None:
    budgets = of_kind(cluster, "PodDisruptionBudget")
    assert budgets.keys() == {"relay", "nats"}
    for each, budget in budgets.items():
        assert chosen(budget["spec"]["selector"], cluster) == {each}
        assert budget["spec"]["maxUnavailable"] == 1


Opening = tuple[str, str, int]  # from, to, port


def peers(rule: Manifest, side: str, manifests: list[Manifest]) -> list[str]:
    """Return who the peers of a rule are: workloads, or a namespace."""
    found = []
    for peer in rule.get(side, [{}]):
        assert len(peer) <= 1
        if "podSelector" in peer:
            found += sorted(chosen(peer["podSelector"], manifests))
        elif "namespaceSelector" in peer:
            (space,) = peer["namespaceSelector"]["matchLabels"].values()
            assert peer["namespaceSelector"]["matchLabels"].keys() == {
                "kubernetes.io/metadata.name"
            }
            found.append(space)
        else:
            found.append("anywhere")
    return found


def openings(manifests: list[Manifest]) -> tuple[set[Opening], set[Opening]]:
    """Return what all policies together let in, and what they let out."""
    let_in, let_out = set(), set()
    for policy in of_kind(manifests, "NetworkPolicy").values():
        spec = policy["spec"]
        for own in chosen(spec["podSelector"], manifests):
            for rule in spec.get("ingress", []):
                for other in peers(rule, "from", manifests):
                    let_in |= {(other, own, port["port"]) for port in rule["ports"]}
            for rule in spec.get("egress", []):
                for other in peers(rule, "to", manifests):
                    let_out |= {(own, other, port["port"]) for port in rule["ports"]}
    return let_in, let_out


def test_the_policies_close_every_pod_in_both_directions_and_open_only_what_is_needed(
    single: list[Manifest], cluster: list[Manifest]
) -> None:
    for overlay in (single, cluster):
        policies = of_kind(overlay, "NetworkPolicy")
        closed = policies["sussurro-default-deny"]["spec"]
        assert chosen(closed["podSelector"], overlay) == workloads(overlay).keys()
        assert closed.keys() == {"podSelector", "policyTypes"}
        assert set(closed["policyTypes"]) == {"Ingress", "Egress"}
    let_in, let_out = openings(single)
    assert let_in == {("anywhere", "relay", 5454), ("monitoring", "relay", 9454)}
    names = {(each, "kube-system", 53) for each in ("relay", "client")}
    assert let_out == names | {("client", "relay", 5454)}
    more_in, more_out = openings(cluster)
    assert more_in == let_in | {("relay", "nats", 4222), ("nats", "nats", 6222)}
    assert more_out == let_out | {
        ("relay", "nats", 4222),
        ("nats", "nats", 6222),
        ("nats", "kube-system", 53),
    }


@pytest.mark.parametrize("overlay_name", OVERLAYS)
def test_an_operator_can_set_every_image(overlay_name: str) -> None:
    path = MANIFESTS / "overlays" / overlay_name / "kustomization.yaml"
    kustomization = yaml.safe_load(path.read_text())
    images = {f"{one['newName']}:{one['newTag']}" for one in kustomization["images"]}
    applied = rendered(overlay_name)
    assert {pod["containers"][0]["image"] for pod in pods(applied).values()} == images
