"""A real Kubernetes cluster, as kubectl and KUBECONFIG name it, and nothing about any one machine."""

import json
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pexpect
import pyte
import yaml

MANIFESTS = Path(__file__).parents[2] / "k8s"
# The first kubectl whose kustomize knows components.
OLDEST_KUBECTL = (1, 21)

Manifest = dict[str, Any]


class KubectlError(Exception):
    """What kubectl was asked and what it answered."""


def run(kubectl: str, *arguments: str, timeout: float = 60, **options: Any) -> str:
    """Return its standard output; raise KubectlError when it fails."""
    command = [kubectl, *arguments]
    done: subprocess.CompletedProcess[str] = subprocess.run(
        command, capture_output=True, text=True, timeout=timeout, check=False, **options
    )
    if done.returncode:
        raise KubectlError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout


def find_kubectl() -> str | None:
    """Find the kubectl of the KUBECTL variable, or the first on the PATH that is new enough."""
    named = os.environ.get("KUBECTL")
    for found in [named] if named else [f"{each}/kubectl" for each in os.get_exec_path()]:
        if shutil.which(found):
            client = json.loads(run(found, "version", "--client", "--output=json"))["clientVersion"]
            if (int(client["major"]), int(client["minor"].rstrip("+"))) >= OLDEST_KUBECTL:
                return found
    return None


def why_no_cluster() -> str | None:
    """Return the sentence that a skipped test says, or None when a cluster answers."""
    kubectl = find_kubectl()
    if not kubectl:
        return "no kubectl of version 1.21 or newer in KUBECTL or on the PATH"
    if not os.environ.get("KUBECONFIG"):
        return "KUBECONFIG names no cluster"
    try:
        run(kubectl, "get", "--raw=/readyz", "--request-timeout=10s")
    except (KubectlError, subprocess.TimeoutExpired):
        return "the cluster that KUBECONFIG names does not answer"
    return None


def documents(text: str) -> list[Manifest]:
    """Read every object of a YAML stream."""
    return [document for document in yaml.safe_load_all(text) if document]


def render(kubectl: str, kustomization: Path) -> list[Manifest]:
    """Return the objects that `kubectl apply -k` would send."""
    return documents(run(kubectl, "kustomize", str(kustomization)))


@dataclass(frozen=True, slots=True)
class Namespace:
    """One namespace of the cluster, which its own kubeconfig makes the current one."""

    kubectl: str
    kubeconfig: Path
    name: str

    def environment(self) -> dict[str, str]:
        """Return what a person's shell would hold."""
        return {**os.environ, "KUBECONFIG": str(self.kubeconfig)}

    def run(self, *arguments: str, timeout: float = 60, **options: Any) -> str:
        """Return what kubectl says of this namespace."""
        return run(self.kubectl, *arguments, timeout=timeout, env=self.environment(), **options)

    def pods(self, component: str) -> list[Manifest]:
        """Return the pods of one component that are not on their way out."""
        selector = f"--selector=app.kubernetes.io/component={component}"
        items: list[Manifest] = json.loads(self.run("get", "pods", selector, "--output=json"))[
            "items"
        ]
        return [pod for pod in items if "deletionTimestamp" not in pod["metadata"]]

    def rolled_out(self, deployment: str, seconds: int = 120) -> None:
        """Wait until every pod of the deployment is ready; KubectlError says what came instead."""
        try:
            wanted = ("rollout", "status", f"deployment/{deployment}", f"--timeout={seconds}s")
            self.run(*wanted, timeout=seconds + 10)
        except KubectlError as error:
            raise KubectlError(f"{error}\n{self.run('describe', 'pods')}") from error

    def delete(self) -> None:
        """Delete the namespace and wait until everything in it is gone."""
        self.run("delete", "namespace", self.name, "--timeout=120s", timeout=130)


def make_namespace(kubectl: str, name: str, directory: Path) -> Namespace:
    """Make a namespace like the project's own in all but its name, and a kubeconfig for it.

    In that kubeconfig it is the current one; the one that was copied stays as it is.
    """
    (manifest,) = render(kubectl, MANIFESTS / "namespace")
    manifest["metadata"]["name"] = name
    run(kubectl, "create", "--filename=-", input=json.dumps(manifest))
    kubeconfig = directory / "kubeconfig"
    kubeconfig.touch(mode=0o600)
    kubeconfig.write_text(run(kubectl, "config", "view", "--raw", "--flatten", "--minify"))
    namespace = Namespace(kubectl, kubeconfig, name)
    namespace.run("config", "set-context", "--current", f"--namespace={name}")
    return namespace


class Terminal:
    """A person's terminal, attached to a pod: what is typed goes in, what is drawn is seen."""

    def __init__(self, namespace: Namespace, pod: str, columns: int = 100, rows: int = 30) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self._screen)
        self._process = pexpect.spawn(
            namespace.kubectl,
            ["attach", "--stdin", "--tty", "--quiet", f"pod/{pod}"],
            env=namespace.environment(),
            dimensions=(rows, columns),
            encoding="utf-8",
            codec_errors="replace",
        )

    def shown(self) -> str:
        """Return the screen as it is now."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def wait_for(self, *texts: str, seconds: float = 30) -> str:
        """Return the screen once it shows every one of the texts; fail with the screen if not."""
        deadline = time.monotonic() + seconds
        while not all(text in self.shown() for text in texts):
            try:
                self._stream.feed(self._process.read_nonblocking(65536, timeout=0.2))
            except pexpect.TIMEOUT:
                if time.monotonic() > deadline:
                    raise AssertionError(f"{texts} never shown:\n{self.shown()}") from None
            except pexpect.EOF:
                raise AssertionError(f"ended before {texts} was shown:\n{self.shown()}") from None
        return self.shown()

    def type(self, text: str) -> None:
        """Press the keys, and Enter after them."""
        self.press(text + "\r")

    def press(self, keys: str) -> None:
        """Press these keys and no other."""
        self._process.send(keys)

    def close(self) -> None:
        """Close the window, as a person would who just walks off."""
        self._process.close(force=True)
