"""The stack as a cluster: three NATS servers, HAProxy, and relays behind it."""

import json
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sussurro_wire.errors import Reason
from sussurro_wire.messages import Bye
from tests.deploy.test_attach import Attach, attach, enter, say, word
from tests.support.docker import (
    Images,
    Stack,
    cluster_settings,
    new_stack,
    run,
    unset_environment,
    wait_for,
)
from tests.support.relay import HOST, Member, RoomSecret

__all__ = ["attach"]
pytestmark = [pytest.mark.docker, pytest.mark.timeout(400)]

SINGLE = {"client", "key", "prometheus", "relay"}
NATS = ("nats-1", "nats-2", "nats-3")
CLUSTER = SINGLE | {*NATS, "grafana", "haproxy", "nats-ready", "nats-volumes"}
SECRET = RoomSecret()
LIMIT = 20  # connections from one address

# Asks for a stream on three servers where it is not there yet, and has a message kept in it.
_KEEP = """
import json, socket, sys
with socket.create_connection((sys.argv[1], 4222), timeout=3) as nats:
    lines = nats.makefile("rwb", buffering=0)
    lines.readline()
    lines.write(b'CONNECT {"verbose": false}\\r\\nSUB answer 1\\r\\n')
    def ask(subject, text):
        lines.write(f"PUB {subject} answer {len(text)}\\r\\n{text}\\r\\n".encode())
        while not (line := lines.readline()).startswith(b"MSG"):
            if line.startswith(b"PING"):
                lines.write(b"PONG\\r\\n")
        return json.loads(lines.readline())
    stream = {"name": "trial", "subjects": ["trial"], "storage": "file", "num_replicas": 3}
    created = ask("$JS.API.STREAM.CREATE.trial", json.dumps(stream))
    print(json.dumps([created, ask("trial", "a message")]))
"""
_READY = "/run/pretender/ready"
# Stands in the network as one more relay, which is ready when the test says so.
_PRETEND = """
import http.server, pathlib, socketserver, sys, threading
class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if pathlib.Path(sys.argv[1]).exists() else 503)
        self.end_headers()
    def log_message(self, *_):
        pass
class Greeting(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.sendall(b"PRETENDER\\n")
        while self.request.recv(4096):
            pass
members = socketserver.ThreadingTCPServer(("", 5454), Greeting)
threading.Thread(target=members.serve_forever, daemon=True).start()
http.server.ThreadingHTTPServer(("", 9454), Health).serve_forever()
"""


def configured(folder: Path, *options: str, **settings: str) -> dict[str, Any]:
    """Return the services as Compose understands them."""
    command = ("docker", "compose", *options, "config", "--format=json")
    done = run(*command, cwd=folder, env={**unset_environment(), **settings})
    services: dict[str, Any] = json.loads(done.stdout)["services"]
    return services


def published(service: dict[str, Any]) -> dict[int, tuple[str | None, str | None]]:
    return {
        port["target"]: (port.get("host_ip"), port.get("published")) for port in service["ports"]
    }


# What is configured.


@pytest.mark.usefixtures("engine")
def test_without_a_profile_nothing_of_the_cluster_is_there(checkout: Path) -> None:
    services = configured(checkout)
    assert services.keys() == SINGLE
    assert services["relay"]["environment"]["RELAY_TRUSTED_PROXIES"] == ""
    assert services["relay"]["networks"].keys() == {"room", "nats", "watch"}


@pytest.mark.usefixtures("engine")
def test_the_profile_for_grafana_adds_it_alone(checkout: Path) -> None:
    assert configured(checkout, "--profile", "grafana").keys() == SINGLE | {"grafana"}


@pytest.mark.usefixtures("engine")
def test_with_its_settings_the_cluster_is_whole_and_haproxy_alone_is_published(
    checkout: Path,
) -> None:
    services = configured(checkout, "--env-file", "cluster.env")
    assert services.keys() == CLUSTER
    assert published(services["haproxy"]) == {5454: (None, "5454")}
    assert published(services["relay"]) == {5454: (HOST, None), 9454: (HOST, None)}
    assert published(services["grafana"]) == {3000: (HOST, "3000")}
    for service in CLUSTER - {"haproxy", "relay", "grafana", "prometheus"}:
        assert "ports" not in services[service]
    relay, client = services["relay"]["environment"], services["client"]["environment"]
    assert relay["RELAY_LOG"] == ",".join(f"nats://{name}:4222" for name in NATS)
    assert relay["RELAY_NATS_REPLICAS"] == "3"
    assert client["SUSSURRO_RELAY"] == "haproxy:5454"


@pytest.mark.usefixtures("engine")
def test_the_relay_believes_haproxy_alone_and_nats_is_for_relays_alone(checkout: Path) -> None:
    services = configured(checkout, "--env-file", "cluster.env")
    believed = services["relay"]["environment"]["RELAY_TRUSTED_PROXIES"]
    assert services["haproxy"]["networks"]["balance"]["ipv4_address"] == believed
    on_nats = {name for name, each in services.items() if "nats" in (each.get("networks") or {})}
    assert on_nats == {*NATS, "nats-ready", "relay"}
    for name in NATS:
        assert services[name]["networks"].keys() == {"nats"}


@pytest.mark.usefixtures("engine")
def test_settings_of_ones_own_count_where_the_cluster_says_nothing_else(
    checkout: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own.env"
    own.write_text(
        "RELAY_IO_THREADS=4\nRELAY_LOG=memory:\n"
        "CLUSTER_SUBNET=10.9.8.0/24\nCLUSTER_PROXY=10.9.8.7\n"
    )
    files = ("--env-file", str(own), "--env-file", "cluster.env")
    services = configured(checkout, *files)
    relay = services["relay"]["environment"]
    assert relay["RELAY_IO_THREADS"] == "4"
    assert relay["RELAY_LOG"].startswith("nats://")
    assert relay["RELAY_TRUSTED_PROXIES"] == "10.9.8.7"
    assert services["haproxy"]["networks"]["balance"]["ipv4_address"] == "10.9.8.7"


@pytest.mark.usefixtures("engine")
def test_haproxy_itself_finds_nothing_wrong_with_its_configuration(checkout: Path) -> None:
    image = configured(checkout, "--env-file", "cluster.env")["haproxy"]["image"]
    mount = f"--volume={checkout}/services/haproxy:/checked:ro"
    command = ("docker", "run", "--rm", "--network=none", mount, "--env=RELAYS=relay", image)
    done = run(*command, "haproxy", "-c", "-f", "/checked/haproxy.cfg")
    assert "WARNING" not in done.stdout + done.stderr


def test_the_profile_without_its_settings_ends_with_what_to_type(
    make_stack: Callable[..., Stack], key_text: str
) -> None:
    stack = make_stack(key_text)
    services = ("nats-volumes", "haproxy", "relay")
    command = ("--profile", "cluster", "up", "--no-build", "--scale", "relay=3", *services)
    done = stack.compose(*command, check=False)
    try:
        assert done.returncode != 0
        assert "docker compose --env-file cluster.env up --scale relay=3" in done.stdout
        shown = stack.compose("--profile", "cluster", "ps", "--quiet", "--status=running").stdout
        assert shown == ""
    finally:
        stack.compose("--profile", "cluster", "down", "--volumes")


# What runs.


@pytest.fixture(scope="module")
def cluster(checkout: Path, images: Images) -> Iterator[Stack]:
    """Return the stack with its three NATS servers running, and nothing else yet."""
    whole = new_stack(checkout, images, **cluster_settings())
    try:
        whole.compose("up", "--detach", "--no-build", "--wait", "nats-ready")
        yield whole
    finally:
        whole.down()


@pytest.fixture(scope="module")
def behind(cluster: Stack) -> Stack:
    """Return the stack with one relay, which keeps its log in memory, behind HAProxy."""
    settings = {"RELAY_LOG": "memory:", "RELAY_MAX_CONNECTIONS_PER_ADDRESS": str(LIMIT)}
    stack = replace(cluster, settings={**cluster.settings, **settings})
    services = ("relay", "haproxy", "key", "prometheus")
    stack.compose("up", "--detach", "--no-build", "--no-deps", "--wait", *services)
    return stack


def python(stack: Stack, *arguments: str) -> Any:
    """Return what a script prints that runs where NATS can be reached."""
    command = ("exec", "--no-TTY", "nats-ready", "python", "-c", *arguments)
    return json.loads(stack.compose(*command).stdout)


def figures_of(stack: Stack, server: str, page: str) -> dict[str, Any]:
    fetch = f"import urllib.request; print(urllib.request.urlopen('http://{server}:8222/{page}').read().decode())"
    known: dict[str, Any] = python(stack, fetch)
    return known


def port_of(stack: Stack, service: str) -> int:
    return int(stack.address(service, 5454).rpartition(":")[2])


def test_three_nats_servers_are_one_cluster_and_elect_a_leader(cluster: Stack) -> None:
    wait_for(
        lambda: all(
            figures_of(cluster, name, "jsz")["meta_cluster"].get("leader") for name in NATS
        ),
        "a leader that all know",
    )
    seen = [figures_of(cluster, name, "jsz")["meta_cluster"] for name in NATS]
    assert {each["name"] for each in seen} == {"sussurro"}
    assert {each["cluster_size"] for each in seen} == {3}
    assert len({each["leader"] for each in seen}) == 1
    for name in NATS:
        others = {route["remote_name"] for route in figures_of(cluster, name, "routez")["routes"]}
        assert others == {*NATS} - {name}


def test_what_is_kept_on_three_servers_is_kept_on_with_one_of_them_dead(cluster: Stack) -> None:
    created, kept = python(cluster, _KEEP, "nats-1")
    assert created["config"]["num_replicas"] == 3
    assert kept == {"stream": "trial", "seq": 1}
    command = ("exec", "--no-TTY", "nats-ready", "python", "-c", _KEEP, "nats-2")
    cluster.compose("kill", "nats-1")
    try:
        # The answer fails to come while the two that are left elect another leader.
        wait_for(lambda: '"seq": ' in cluster.compose(*command, check=False).stdout, "two to go on")
    finally:
        cluster.compose("up", "--detach", "--no-build", "--wait", "nats-ready")


def test_who_comes_by_haproxy_joins_and_talks(behind: Stack) -> None:
    with Member(port_of(behind, "haproxy")).join(SECRET) as member:
        assert member.welcome.members >= 1
    send = ("run", "--rm", "--no-TTY", "--no-deps", "client", "send", "Oi")
    behind.compose(*send, stdin=subprocess.DEVNULL)


def test_who_comes_past_haproxy_is_not_asked_for_whom_they_call(behind: Stack) -> None:
    with Member(port_of(behind, "relay")).join(SECRET) as member:
        assert member.welcome.members >= 1


def test_the_limit_per_address_sees_through_haproxy(behind: Stack) -> None:
    """The test's machine has one address for HAProxy, a container in the stack another."""
    port = port_of(behind, "haproxy")
    with ExitStack() as inside:
        for _ in range(LIMIT):
            inside.enter_context(Member(port)).join(SECRET)
        with Member(port) as late:
            assert late.hear_rest() == [Bye(Reason.TOO_MANY_FROM_ADDRESS)]
        send = ("run", "--rm", "--no-TTY", "--no-deps", "client", "send", "Oi")
        behind.compose(*send, stdin=subprocess.DEVNULL)


def heard_first(port: int) -> str:
    with socket.create_connection((HOST, port), timeout=20) as caller:
        return caller.recv(100).decode().partition(" ")[0].strip()


def test_a_relay_that_is_not_ready_gets_nobody_and_keeps_those_it_had(behind: Stack) -> None:
    port, pretender = port_of(behind, "haproxy"), f"{behind.project}-pretender"
    network = ("--network", f"{behind.project}_balance", "--network-alias", "relay")
    image = behind.settings["RELAY_IMAGE"]
    command = (
        "docker",
        "run",
        "--detach",
        "--rm",
        "--name",
        pretender,
        *network,
        "--tmpfs=/run/pretender:mode=1777",
    )
    in_pretender = ("docker", "exec", pretender)

    def heard() -> list[str]:
        return [heard_first(port) for _ in range(10)]

    run(*command, "--entrypoint=python", image, "-c", _PRETEND, _READY)
    try:
        run(*in_pretender, "touch", _READY)
        wait_for(lambda: "PRETENDER" in heard(), "the relay that is ready to get somebody")
        with ExitStack() as inside:
            had: list[socket.socket] = []
            while not had or had[-1].recv(100) != b"PRETENDER\n":
                caller = socket.create_connection((HOST, port), timeout=20)
                had.append(inside.enter_context(caller))
            run(*in_pretender, "rm", _READY)
            # Ten may miss it by chance, thirty do not.
            wait_for(
                lambda: [heard() for _ in range(3)] == [["SUSSURRO"] * 10] * 3,
                "the relay to be passed over",
            )
            had[-1].setblocking(False)
            with pytest.raises(BlockingIOError):  # neither news nor the end
                had[-1].recv(100)
    finally:
        run("docker", "rm", "--force", pretender)


def test_prometheus_asks_haproxy_too(behind: Stack) -> None:
    wait_for(lambda: behind.ask_prometheus('up{job="haproxy"}') == 1, "HAProxy's figures")
    servers = 'haproxy_backend_active_servers{proxy="relays"}'
    wait_for(lambda: behind.ask_prometheus(servers) == 1, "the one relay in them")
    wait_for(lambda: behind.ask_prometheus('up{job="relay"}') == 1, "the relay's figures")


def test_haproxy_writes_down_nobodys_address(behind: Stack) -> None:
    with Member(port_of(behind, "haproxy")).join(SECRET) as member:
        assert member.welcome.members >= 1
    said = behind.compose("logs", "--no-log-prefix", "haproxy").stdout
    gateway = behind.inspect("haproxy")["NetworkSettings"]["Networks"]
    addresses = {network["Gateway"] for network in gateway.values()} | {HOST}
    assert [address for address in addresses if address and f"{address}:" in said] == []


@pytest.mark.parametrize("service", [*NATS, "nats-ready", "nats-volumes", "haproxy", "relay"])
def test_a_container_of_the_cluster_has_no_more_than_it_needs(behind: Stack, service: str) -> None:
    known = behind.inspect(service)
    host = known["HostConfig"]
    is_helper = service == "nats-volumes"
    assert host["ReadonlyRootfs"]
    assert host["CapDrop"] == ["ALL"]
    assert (host["CapAdd"] or []) == (["CHOWN"] if is_helper else [])
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert not host["Privileged"]
    assert host["Memory"] > 0
    assert host["PidsLimit"] > 0
    assert known["Config"]["User"] == ("0:0" if is_helper else "10001:10001")
    assert (host["NetworkMode"] == "none") == is_helper


# All of it together.


def test_three_relays_are_one_to_those_attached_and_their_figures_arrive(
    checkout: Path, images: Images, attach: Attach
) -> None:
    whole = new_stack(checkout, images, **cluster_settings())
    services = ("relay", "haproxy", "client", "prometheus")
    scale = ("--scale", "relay=3", "--scale", "client=3")
    try:
        whole.compose("up", "--detach", "--no-build", "--wait", *scale, *services)
        terminals = [attach(container) for container in whole.containers("client")]
        for name, terminal in zip(("Ana", "Bia", "Caio"), terminals, strict=True):
            enter(terminal, name)
        for terminal in terminals:
            said = word()
            say(terminal, said)
            for other in terminals:
                other.wait_for(said)
        # HAProxy gives each to the relay that has fewest: one for each of them.
        wait_for(
            lambda: whole.ask_prometheus("sussurro_relay_connections == bool 1") == 3,
            "one member on each relay",
        )
        wait_for(
            lambda: whole.ask_prometheus('haproxy_backend_active_servers{proxy="relays"}') == 3,
            "three relays behind HAProxy",
        )
        wait_for(
            lambda: (whole.ask_prometheus("sussurro_relay_frames_relayed_total") or 0) >= 3,
            "the figures of what was said",
        )
    finally:
        whole.down()
