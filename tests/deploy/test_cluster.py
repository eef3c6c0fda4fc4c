"""Both overlays on a real cluster, the single one with the very commands that a person types."""

import json
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from cryptography.fernet import Fernet

from tests.support.cluster import (
    MANIFESTS,
    Namespace,
    Talkers,
    attached,
    find_kubectl,
    make_namespace,
    volumes_for,
    why_no_cluster,
)
from tests.support.docker import Images
from tests.support.load import Load, talk_through
from tests.support.terminal import ENTER, ESCAPE, Terminal

# Images are built and pods started, on a machine that may be doing other things as well.
pytestmark = [pytest.mark.kubernetes, pytest.mark.timeout(600)]

FIGURES = "http://127.0.0.1:9454/metrics"
# What a machine of two processors carries beside the cluster itself.
LOAD = Load(clients=6, rate=5)


@pytest.fixture(scope="session")
def kubectl() -> str:
    reason = why_no_cluster()
    if reason:
        pytest.skip(reason)
    found = find_kubectl()
    assert found
    return found


@pytest.fixture(scope="module")
def key() -> str:
    return Fernet.generate_key().decode()


@pytest.fixture(scope="module")
def room(
    kubectl: str, images: Images, key: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Namespace]:
    """Follow the README from a folder with the manifests and a key.key, in a fresh namespace."""
    directory = checkout(tmp_path_factory.mktemp("single"), images, key)
    namespace = make_namespace(kubectl, f"sussurro-test-{secrets.token_hex(4)}", directory)
    with volumes_for(namespace, images.relay, "log-relay-0"), deleted(namespace):
        for command in (
            "create secret generic sussurro-key --from-file=key.key",
            "apply -k k8s/overlays/single",
        ):
            namespace.run(*command.split(), cwd=directory)
        for workload in ("statefulset/relay", "deployment/client"):
            namespace.rolled_out(workload)
        yield namespace


@pytest.fixture(scope="module")
def cluster(
    kubectl: str, images: Images, key: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Namespace]:
    """Bring up the cluster overlay; only what is too new for an old cluster is rewritten."""
    directory = checkout(tmp_path_factory.mktemp("cluster"), images, key)
    namespace = make_namespace(kubectl, f"sussurro-test-{secrets.token_hex(4)}", directory)
    claims = [f"data-nats-{number}" for number in range(3)]
    with volumes_for(namespace, images.relay, *claims), deleted(namespace):
        secret = "create secret generic sussurro-key --from-file=key.key"
        namespace.run(*secret.split(), cwd=directory)
        namespace.apply(directory / "k8s/overlays/cluster")
        namespace.rolled_out("statefulset/nats")
        namespace.wait_ready("relay", 3)
        namespace.rolled_out("deployment/client")
        yield namespace


@contextmanager
def deleted(namespace: Namespace) -> Iterator[None]:
    """Delete the namespace at the end, whatever came of it."""
    try:
        yield
    finally:
        namespace.delete()


def checkout(directory: Path, images: Images, key: str) -> Path:
    """Make a folder with the manifests, the images in them, and a key.key."""
    (directory / "key.key").touch(mode=0o600)
    (directory / "key.key").write_text(key)
    manifests = Path(shutil.copytree(MANIFESTS, directory / "k8s"))
    for overlay in ("single", "cluster"):
        set_images(manifests / "overlays" / overlay / "kustomization.yaml", images)
    return directory


def set_images(path: Path, images: Images) -> None:
    """Do what `kustomize edit set image` does; NATS is taken as it stands there."""
    kustomization = yaml.safe_load(path.read_text())
    built = {"sussurro-relay": images.relay, "sussurro-client": images.client}
    for image in kustomization["images"]:
        if image["name"] in built:
            image["newName"], image["newTag"] = built.pop(image["name"]).split(":")
    assert not built
    path.write_text(yaml.safe_dump(kustomization))


def inside(room: Namespace, component: str, program: str) -> str:
    """Return what a Python program prints inside the first pod of a component."""
    return inside_pod(room, room.ready(component)[0]["metadata"]["name"], program)


def inside_pod(room: Namespace, pod: str, program: str) -> str:
    return room.run("exec", pod, "--", "python", "-c", program)


def figure(room: Namespace, name: str) -> float:
    """Return one of the relays' figures, added up."""
    return sum(figures(room, name))


def figures(room: Namespace, name: str) -> list[float]:
    """Return one of the figures of each relay, asked from within it, as policies want it."""
    program = f"import urllib.request as u; print(u.urlopen({FIGURES!r}).read().decode())"
    found = []
    for pod in room.ready("relay"):
        lines = inside_pod(room, pod["metadata"]["name"], program).splitlines()
        (value,) = (line.split()[1] for line in lines if line.startswith(f"{name} "))
        found.append(float(value))
    return found


def test_the_two_commands_bring_up_a_relay_and_a_client_that_stay_up(room: Namespace) -> None:
    for component in ("relay", "client"):
        (pod,) = room.pods(component)
        (status,) = pod["status"]["containerStatuses"]
        assert status["ready"] is True
        assert status["restartCount"] == 0


def test_the_key_is_in_the_client_for_its_group_and_nowhere_in_the_relay(
    room: Namespace, key: str
) -> None:
    program = """if True:
        import json, os, pathlib, stat
        path = pathlib.Path("/run/secrets/key.key")
        print(json.dumps({
            "environment": dict(os.environ) | dict(
                line.split("=", 1) for line in
                pathlib.Path("/proc/1/environ").read_text().split(chr(0)) if line),
            "key": path.read_text() if path.exists() else None,
            "mode": stat.filemode(path.stat().st_mode) if path.exists() else None,
            "secrets": [str(each) for each in pathlib.Path("/run").rglob("*.key")],
        }))
    """
    relay = json.loads(inside(room, "relay", program))
    client = json.loads(inside(room, "client", program))
    assert client["key"] == key
    assert client["mode"] == "-r--r-----"
    assert relay["key"] is None
    assert relay["secrets"] == []
    assert key not in json.dumps(relay["environment"] | client["environment"])


def test_no_service_puts_its_address_into_a_setting(room: Namespace) -> None:
    for deployment in ("relay", "client"):
        variables = json.loads(
            inside(room, deployment, "import json, os; print(json.dumps(dict(os.environ)))")
        )
        linked = {each for each, value in variables.items() if value.startswith("tcp://")}
        assert {each for each in linked if each.startswith(("RELAY_", "SUSSURRO_"))} == set()


def test_nothing_can_be_written_to_the_root_file_system_of_a_container(room: Namespace) -> None:
    program = """if True:
        import errno
        try:
            open("/opt/written", "w")
        except OSError as error:
            print(errno.errorcode[error.errno])
    """
    answers = [inside(room, deployment, program).strip() for deployment in ("relay", "client")]
    assert answers == ["EROFS", "EROFS"]


def test_the_relays_figures_answer_inside_the_cluster(room: Namespace) -> None:
    assert figure(room, "process_start_time_seconds") > 0
    assert figure(room, "sussurro_relay_frames_relayed_total") >= 0


def test_the_metrics_service_names_every_relay_to_whoever_reads_figures(room: Namespace) -> None:
    program = "import socket; print(*socket.gethostbyname_ex('relay-metrics')[2])"
    addresses = {pod["status"]["podIP"] for pod in room.ready("relay")}
    assert set(inside(room, "client", program).split()) == addresses


@pytest.fixture
def pair(room: Namespace) -> Iterator[tuple[Terminal, Terminal]]:
    with sat_down(room) as terminals:
        yield terminals


@contextmanager
def sat_down(room: Namespace) -> Iterator[tuple[Terminal, Terminal]]:
    """Scale the client to two and sit down at both, as Ana and as Bia."""
    room.run("scale", "deployment/client", "--replicas=2")
    room.rolled_out("deployment/client")
    first, second = (pod["metadata"]["name"] for pod in room.pods("client"))
    ana, bia = attached(room, first), attached(room, second)
    try:
        for terminal, name in ((ana, "Ana"), (bia, "Bia")):
            terminal.wait_for("What should the others call you?")
            terminal.type(name)
            terminal.wait_for("Write a message")
        yield ana, bia
    finally:
        ana.close()
        bia.close()


def test_two_attached_clients_talk_and_the_relay_counts_but_cannot_read(
    room: Namespace, pair: tuple[Terminal, Terminal]
) -> None:
    ana, bia = pair
    before = figure(room, "sussurro_relay_frames_relayed_total")
    ana.type("Oi, querida")
    bia.wait_for("Ana", "Oi, querida")
    bia.type("Olá! Tudo bem?")
    screen = ana.wait_for("Bia", "Olá! Tudo bem?")
    assert screen.count("Oi, querida") == 1
    assert figure(room, "sussurro_relay_frames_relayed_total") >= before + 2
    assert figure(room, "sussurro_relay_connections") == 2
    journal = room.run("logs", "statefulset/relay")
    assert [word for word in ("Ana", "Bia", "querida", "Tudo bem") if word in journal] == []

    # Whoever walks off and comes back finds the room as it is, and Ctrl-C ends nothing unasked.
    ana.close()
    (first, *_rest) = room.pods("client")
    again = attached(room, first["metadata"]["name"])
    try:
        again.wait_for("Oi, querida", "Olá! Tudo bem?", seconds=10)
        again.press("\x03")
        again.wait_for("Leave the room?")
        again.press(ESCAPE)
        # What came at once after an Escape would be taken for one key with it.
        again.wait_for("Leave the room?", gone=True)
        again.type("De volta, e vejo tudo")
        bia.wait_for("De volta, e vejo tudo")
        again.resize(60, 20)
        again.press("numa janela menor")
        again.wait_for("De volta, e vejo tudo", "numa janela menor")
        again.press(ENTER)
        bia.wait_for("numa janela menor")
    finally:
        again.close()
    restarts = [
        pod["status"]["containerStatuses"][0]["restartCount"] for pod in room.pods("client")
    ]
    assert restarts == [0, 0]


def test_what_was_said_outlives_the_relays_pod(room: Namespace, tmp_path: Path) -> None:
    talkers = Talkers(room, tmp_path, Fernet.generate_key().decode())
    try:
        ana = talkers.start("ana")
        ana.say("before the pod went")
        ana.wait_event("acked")
        assert ana.leave() == 0
        (before,) = room.pods("relay")
        room.run("delete", "pod", before["metadata"]["name"], "--wait=false")
        # A busy node takes its time until it has forgotten the first pod of this name.
        (after,) = room.wait_ready("relay", 1, seconds=240)
        assert after["metadata"]["uid"] != before["metadata"]["uid"]
        bia = talkers.start("bia")
        bia.wait_event("message", text="before the pod went")
        assert bia.leave() == 0
    finally:
        talkers.delete()


def test_three_relays_over_three_nats_servers_are_ready_and_stay_up(cluster: Namespace) -> None:
    for component, count in (("relay", 3), ("nats", 3), ("client", 1)):
        pods = cluster.wait_ready(component, count)
        assert [pod["status"]["containerStatuses"][0]["restartCount"] for pod in pods] == [
            0
        ] * count
    assert figures(cluster, "sussurro_relay_log_available") == [1, 1, 1]


def test_two_clients_attached_to_a_cluster_talk_through_its_service(cluster: Namespace) -> None:
    with sat_down(cluster) as (ana, bia):
        ana.type("Oi, querida")
        bia.wait_for("Ana", "Oi, querida")
        bia.type("Olá! Tudo bem?")
        assert ana.wait_for("Bia", "Olá! Tudo bem?").count("Oi, querida") == 1
        assert figure(cluster, "sussurro_relay_connections") == 2
        assert figure(cluster, "sussurro_relay_frames_relayed_total") >= 2


def test_nothing_is_lost_while_relays_are_replaced_and_a_nats_server_goes(
    cluster: Namespace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def replace() -> None:
        cluster.run("rollout", "restart", "deployment/relay")
        cluster.rolled_out("deployment/relay")
        assert not before & uids("relay", 3)
        cluster.run("delete", "pod", "nats-1", "--wait=false")
        uids("nats", 3)

    def uids(component: str, count: int) -> set[str]:
        ready = cluster.wait_ready(component, count, seconds=240)
        return {pod["metadata"]["uid"] for pod in ready}

    before = uids("relay", 3)
    talkers = Talkers(cluster, tmp_path, Fernet.generate_key().decode())
    try:
        outcome = talk_through(talkers.start, LOAD, replace)
    finally:
        talkers.delete()
    with capsys.disabled():
        print(f"\nKubernetes, rolling update and one NATS server: {outcome}")  # noqa: T201 - the figure
    assert outcome.verdict.is_clean, outcome.verdict
