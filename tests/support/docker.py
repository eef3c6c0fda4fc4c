"""A real Docker engine, asked through its own command."""

import json
import os
import secrets
import shutil
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tests.support.terminal import Terminal

ROOT = Path(__file__).parents[2]
KEY_FILE = "key.key"
# What a checkout needs for `docker compose up`.
_FILES = (
    ".dockerignore",
    "Dockerfile.client",
    "Dockerfile.server",
    "cluster.env",
    "docker-compose.yml",
    "pyproject.toml",
    "requirements.lock",
)
# What the person at this machine has set must not reach a test's own stack.
_SETTINGS = (
    "CLIENT_", "CLUSTER_", "COMPOSE_", "GRAFANA_", "HAPROXY_", "NATS_", "PROMETHEUS_",
    "PYTHON_IMAGE", "RELAY_", "SUSSURRO_",
)  # fmt: skip
# The engine chooses a free port: two stacks never want the same one.
_FREE_PORTS = dict.fromkeys(
    (
        "CLUSTER_PUBLISH",
        "GRAFANA_PUBLISH",
        "PROMETHEUS_PUBLISH",
        "RELAY_METRICS_PUBLISH",
        "RELAY_PUBLISH",
    ),
    "127.0.0.1:",
)

Answer = TypeVar("Answer")
Done = subprocess.CompletedProcess[str]


def run(*command: str, check: bool = True, timeout: float = 240, **options: Any) -> Done:
    """Return the finished command; one that fails shows what it said."""
    done: Done = subprocess.run(
        command, capture_output=True, text=True, timeout=timeout, check=False, **options
    )
    if check and done.returncode:
        said = f"{' '.join(command)} exited {done.returncode}:\n{done.stdout}{done.stderr}"
        raise AssertionError(said)
    return done


def why_no_engine() -> str | None:
    """Return the sentence that a skipped test says, or None when an engine with Compose answers."""
    for command in (("docker", "info"), ("docker", "compose", "version")):
        try:
            done = run(*command, check=False, timeout=20)
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"no Docker engine: {error}"
        if done.returncode:
            return f"no Docker engine: {' '.join(command)}: {done.stderr.strip()}"
    return None


def wait_for(ask: Callable[[], Answer], what: str, seconds: float = 60) -> Answer:
    """Return the first answer that is true; fail with ``what`` once the time is up."""
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:.0f} s for {what}")
        time.sleep(0.1)
    return answer


def copy_checkout(folder: Path) -> Path:
    """Copy to ``folder`` what a fresh clone has of the stack."""
    for name in _FILES:
        shutil.copy2(ROOT / name, folder / name)
    leave = shutil.ignore_patterns("__pycache__", "*.key")
    shutil.copytree(ROOT / "services", folder / "services", ignore=leave)
    return folder


def unset_environment() -> dict[str, str]:
    """Return this process's environment without any setting of the project."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_SETTINGS)}


@dataclass(frozen=True, slots=True)
class Images:
    """The two images under names that no other run of the tests uses."""

    relay: str
    client: str

    def environment(self) -> dict[str, str]:
        """Return the variables by which the compose file is told of them."""
        return {"RELAY_IMAGE": self.relay, "CLIENT_IMAGE": self.client}


@dataclass(frozen=True, slots=True)
class Stack:
    """A compose project of its own name and ports, run from a checkout."""

    folder: Path
    project: str
    settings: Mapping[str, str]

    def environment(self) -> dict[str, str]:
        """Return what a person's shell would hold."""
        return {**unset_environment(), **_FREE_PORTS, **self.settings}

    def compose(self, *arguments: str, check: bool = True, **options: Any) -> Done:
        """Run `docker compose` as a person does who stands in the checkout."""
        command = ("docker", "compose", "--project-name", self.project, *arguments)
        return run(*command, check=check, cwd=self.folder, env=self.environment(), **options)

    def containers(self, service: str = "") -> list[str]:
        """Return the ids of the service's containers, stopped ones too."""
        wanted = [service] if service else []
        return self.compose("ps", "--all", "--quiet", *wanted).stdout.split()

    def inspect(self, service: str) -> dict[str, Any]:
        """Return what the engine knows of the service's first container."""
        return inspect(self.containers(service)[0])

    def address(self, service: str, port: int) -> str:
        """Return where the port is published, as host:port."""
        return self.compose("port", service, str(port)).stdout.strip()

    def ask_prometheus(self, query: str) -> float | None:
        """Return the sum that Prometheus's own API answers, or None before there is one."""
        asked = urllib.parse.urlencode({"query": f"sum({query})"})
        address = f"http://{self.address('prometheus', 9090)}/api/v1/query?{asked}"
        with urllib.request.urlopen(address, timeout=10) as answer:
            result = json.load(answer)["data"]["result"]
        return float(result[0]["value"][1]) if result else None

    def down(self) -> None:
        """End it and leave nothing behind."""
        self.compose("down", "--volumes", "--remove-orphans", "--timeout", "10")


def new_stack(folder: Path, images: Images, **settings: str) -> Stack:
    """Return a stack that is not started yet."""
    project = f"sussurro-test-{secrets.token_hex(4)}"
    return Stack(folder, project, {**images.environment(), **settings})


def cluster_settings() -> dict[str, str]:
    """Return the variables that make a stack a cluster, in a network that no other one has."""
    network = f"10.{200 + secrets.randbelow(54)}.{secrets.randbelow(256)}"
    return {
        "COMPOSE_ENV_FILES": "cluster.env",
        "CLUSTER_SUBNET": f"{network}.0/24",
        "CLUSTER_PROXY": f"{network}.254",
    }


def inspect(name: str) -> dict[str, Any]:
    """Return what the engine knows of a container or an image."""
    found: list[dict[str, Any]] = json.loads(run("docker", "inspect", name).stdout)
    return found[0]


def run_in_image(image: str, entrypoint: str, *arguments: str, **options: Any) -> Done:
    """Run one command in a fresh container of the image, without a network."""
    command = ("docker", "run", "--rm", "--interactive", "--network=none", "--read-only")
    return run(*command, f"--entrypoint={entrypoint}", image, *arguments, **options)


def give_file(path: Path, image: str, owner: int) -> None:
    """Make the file the property of ``owner``, mode 0600, whoever runs the tests."""
    command = ("docker", "run", "--rm", "--network=none", "--user=0:0", "--entrypoint=sh")
    change = f"chown {owner}:{owner} /there/{path.name} && chmod 600 /there/{path.name}"
    run(*command, f"--volume={path.parent}:/there", image, "-c", change)


def attached(container: str, size: tuple[int, int] = (100, 30)) -> Terminal:
    """Return a person's terminal with `docker attach` in it."""
    return Terminal(ROOT, ["docker", "attach", container], os.environ, size)
