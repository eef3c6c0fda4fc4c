"""The single overlay on a real cluster, brought up with the very commands that a person types."""

import json
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from cryptography.fernet import Fernet

from tests.support.cluster import (
    MANIFESTS,
    Namespace,
    Terminal,
    find_kubectl,
    make_namespace,
    why_no_cluster,
)
from tests.support.docker import Images

# Images are built and pods started, on a machine that may be doing other things as well.
pytestmark = [pytest.mark.kubernetes, pytest.mark.timeout(600)]

FIGURES = "http://relay-metrics:9454/metrics"


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
    directory = tmp_path_factory.mktemp("cluster")
    (directory / "key.key").touch(mode=0o600)
    (directory / "key.key").write_text(key)
    set_images(Path(shutil.copytree(MANIFESTS, directory / "k8s")), images)
    namespace = make_namespace(kubectl, f"sussurro-test-{secrets.token_hex(4)}", directory)
    try:
        for command in (
            "create secret generic sussurro-key --from-file=key.key",
            "apply -k k8s/overlays/single",
        ):
            namespace.run(*command.split(), cwd=directory)
        for deployment in ("relay", "client"):
            namespace.rolled_out(deployment)
        yield namespace
    finally:
        namespace.delete()


def set_images(manifests: Path, images: Images) -> None:
    """Do what `kustomize edit set image` does."""
    path = manifests / "overlays/single/kustomization.yaml"
    kustomization = yaml.safe_load(path.read_text())
    built = {"sussurro-relay": images.relay, "sussurro-client": images.client}
    for image in kustomization["images"]:
        image["newName"], image["newTag"] = built.pop(image["name"]).split(":")
    assert not built
    path.write_text(yaml.safe_dump(kustomization))


def inside(room: Namespace, deployment: str, program: str) -> str:
    """Return what a Python program prints inside a pod."""
    return room.run("exec", f"deployment/{deployment}", "--", "python", "-c", program)


def figure(room: Namespace, name: str) -> float:
    """Return one of the relay's figures, as Prometheus would read it inside the cluster."""
    program = f"import urllib.request as u; print(u.urlopen({FIGURES!r}).read().decode())"
    for line in inside(room, "client", program).splitlines():
        if line.startswith(f"{name} "):
            return float(line.split()[1])
    raise AssertionError(f"{FIGURES} has no {name}")


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


@pytest.fixture
def pair(room: Namespace) -> Iterator[tuple[Terminal, Terminal]]:
    """Scale the client to two and sit down at both, as Ana and as Bia."""
    room.run("scale", "deployment/client", "--replicas=2")
    room.rolled_out("client")
    first, second = (pod["metadata"]["name"] for pod in room.pods("client"))
    ana, bia = Terminal(room, first), Terminal(room, second)
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
    journal = room.run("logs", "deployment/relay")
    assert [word for word in ("Ana", "Bia", "querida", "Tudo bem") if word in journal] == []

    # Whoever walks off and comes back finds the room as it is, and Ctrl-C ends nothing unasked.
    ana.close()
    (first, *_rest) = room.pods("client")
    again = Terminal(room, first["metadata"]["name"])
    try:
        again.wait_for("Oi, querida", "Olá! Tudo bem?", seconds=10)
        again.press("\x03")
        again.wait_for("Leave the room?")
        again.press("\x1b")
        again.wait_for("Write a message", "Olá! Tudo bem?")
    finally:
        again.close()
    restarts = [
        pod["status"]["containerStatuses"][0]["restartCount"] for pod in room.pods("client")
    ]
    assert restarts == [0, 0]
