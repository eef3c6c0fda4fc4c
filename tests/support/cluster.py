"""A real Kubernetes cluster, as kubectl and KUBECONFIG name it, and nothing about any one machine."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.support.programs import Chat
from tests.support.terminal import Terminal

MANIFESTS = Path(__file__).parents[2] / "k8s"
# The first kubectl whose kustomize knows components.
OLDEST_KUBECTL = (1, 24)

# What the manifests name, and what a cluster that is older than it calls the same.
_OLDER = {
    ("policy/v1", "PodDisruptionBudget"): "policy/v1beta1",
    ("autoscaling/v2", "HorizontalPodAutoscaler"): "autoscaling/v2beta2",
}
_DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"

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
        return "no kubectl of version 1.24 or newer in KUBECTL or on the PATH"
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

    def apply(self, kustomization: Path) -> None:
        """Do what `kubectl apply -k` does, also on a cluster that is older than the manifests."""
        versions = set(self.run("api-versions").split())
        manifests = render(self.kubectl, kustomization)
        for manifest in manifests:
            if manifest["apiVersion"] not in versions:
                manifest["apiVersion"] = _OLDER[manifest["apiVersion"], manifest["kind"]]
        self.run("apply", "--filename=-", input=yaml.safe_dump_all(manifests))

    def rolled_out(self, workload: str, seconds: int = 120) -> None:
        """Wait until every pod of it is ready; KubectlError says what came instead.

        ``workload``: as in deployment/client.
        """
        try:
            wanted = ("rollout", "status", workload, f"--timeout={seconds}s")
            self.run(*wanted, timeout=seconds + 10)
        except KubectlError as error:
            raise KubectlError(f"{error}\n{self.run('describe', 'pods')}") from error

    def ready(self, component: str) -> list[Manifest]:
        """Return the pods of one component that are ready and not on their way out."""
        return [pod for pod in self.pods(component) if _is_ready(pod)]

    def wait_ready(self, component: str, count: int, seconds: float = 120) -> list[Manifest]:
        """Return the pods once so many of them are ready, and no other is there."""
        deadline = time.monotonic() + seconds
        while len(ready := self.ready(component)) != count or len(self.pods(component)) != count:
            if time.monotonic() > deadline:
                raise KubectlError(f"{len(ready)} ready:\n{self.run('describe', 'pods')}")
            time.sleep(0.2)
        return ready

    def delete(self) -> None:
        """Delete the namespace, without its pods' goodbyes, and wait until everything in it is gone."""
        self.run("delete", "namespace", self.name, "--wait=false")
        # Nobody takes their place any more.
        self.run("delete", "pods", "--all", "--grace-period=1", "--wait=false")
        gone = ("wait", "--for=delete", f"namespace/{self.name}", "--timeout=120s")
        self.run(*gone, timeout=130)


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


def _is_ready(pod: Manifest) -> bool:
    conditions = pod["status"].get("conditions", [])
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def has_default_class(kubectl: str) -> bool:
    """Return whether somebody makes the volumes that are claimed."""
    classes = json.loads(run(kubectl, "get", "storageclass", "--output=json"))["items"]
    notes = [each["metadata"].get("annotations", {}) for each in classes]
    return any(each.get(_DEFAULT_CLASS) == "true" for each in notes)


@contextmanager
def volumes_for(namespace: Namespace, image: str, *claims: str) -> Iterator[None]:
    """Make a volume for each claim where the cluster does not: folders on its only node.

    ``image``: one with a shell, for the pod that makes the folders and takes them away again.
    """
    if has_default_class(namespace.kubectl):
        yield
        return
    folder = f"/var/tmp/{namespace.name}"  # noqa: S108 - on the node
    there = " ".join(f"{folder}/{claim}" for claim in claims)
    _run_on_node(namespace, image, f"mkdir -p {there} && chmod 0777 {there}")
    volumes = [_volume(namespace, claim, f"{folder}/{claim}") for claim in claims]
    kubectl = namespace.kubectl
    run(kubectl, "create", "--filename=-", input=yaml.safe_dump_all(volumes))
    try:
        yield
    finally:
        names = [volume["metadata"]["name"] for volume in volumes]
        run(kubectl, "delete", "persistentvolume", "--wait=false", *names)
        _run_on_node(namespace, image, f"rm -rf {folder}")


def _volume(namespace: Namespace, claim: str, folder: str) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": f"{namespace.name}-{claim}"},
        "spec": {
            "capacity": {"storage": "10Gi"},
            "accessModes": ["ReadWriteOnce"],
            "persistentVolumeReclaimPolicy": "Retain",
            "claimRef": {"namespace": namespace.name, "name": claim},
            "hostPath": {"path": folder, "type": "Directory"},
        },
    }


def _run_on_node(namespace: Namespace, image: str, command: str) -> None:
    """Run a shell's command as root over the node's /var/tmp, outside of the namespace."""
    pod = f"{namespace.name}-folders"
    manifest = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": pod, "namespace": "default"},
        "spec": {
            "restartPolicy": "Never",
            "automountServiceAccountToken": False,
            "containers": [
                {
                    "name": "shell",
                    "image": image,
                    "imagePullPolicy": "IfNotPresent",
                    "command": ["sh", "-ec", command],
                    "securityContext": {"runAsUser": 0},
                    "volumeMounts": [{"name": "there", "mountPath": "/var/tmp"}],  # noqa: S108
                }
            ],
            "volumes": [{"name": "there", "hostPath": {"path": "/var/tmp"}}],  # noqa: S108
        },
    }
    kubectl = namespace.kubectl
    run(kubectl, "create", "--filename=-", input=json.dumps(manifest))
    try:
        deadline = time.monotonic() + 60
        while (phase := _phase(kubectl, pod)) != "Succeeded":
            if phase == "Failed" or time.monotonic() > deadline:
                raise KubectlError(f"{pod}: {phase}")
            time.sleep(0.2)
    finally:
        run(kubectl, "delete", "pod", pod, "--namespace=default", "--grace-period=0", "--force")


def _phase(kubectl: str, pod: str) -> str:
    wanted = ("--namespace=default", "--output=jsonpath={.status.phase}")
    return run(kubectl, "get", "pod", pod, *wanted)


class Talkers:
    """A pod of the client's own kind in which many can talk, in a room of their own."""

    _POD = "talkers"
    _KEY = "/tmp/key.key"  # noqa: S108 - in the pod

    def __init__(self, namespace: Namespace, folder: Path, key: str) -> None:
        """Start it. ``folder``: where the clients' own processes are on this side."""
        self._namespace = namespace
        self._folder = folder
        self._key = key
        client = json.loads(namespace.run("get", "deployment/client", "--output=json"))
        pod = client["spec"]["template"]
        (container,) = pod["spec"]["containers"]
        container |= {"command": ["sleep", "3600"], "stdin": False, "tty": False}
        container["resources"] = {}
        manifest = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": self._POD, "labels": pod["metadata"]["labels"]},
            "spec": pod["spec"] | {"terminationGracePeriodSeconds": 0},
        }
        namespace.run("create", "--filename=-", input=json.dumps(manifest))
        namespace.run(
            "wait", "--for=condition=Ready", f"pod/{self._POD}", "--timeout=120s", timeout=130
        )
        write = ("sh", "-c", f"umask 077; cat > {self._KEY}")
        namespace.run("exec", "--stdin", self._POD, "--", *write, input=key)

    def start(self, name: str) -> Chat:
        """Start a client in the pod; its lines come and go through kubectl."""
        settings = (
            f"SUSSURRO_KEY={self._KEY}",
            f"SUSSURRO_STATE=/tmp/{name}",
            "SUSSURRO_ATTACHED=false",
            "SUSSURRO_HEARTBEAT_SECONDS=2",
        )
        exec_ = (self._namespace.kubectl, "exec", "--stdin", self._POD, "--")
        prefix = (*exec_, "env", *settings, "python")
        kubeconfig = str(self._namespace.kubeconfig)
        return Chat(self._folder / name, self._key, name, "", prefix=prefix, KUBECONFIG=kubeconfig)

    def delete(self) -> None:
        """End it, with everybody in it."""
        self._namespace.run("delete", "pod", self._POD, "--wait=false")


def attached(namespace: Namespace, pod: str, size: tuple[int, int] = (100, 30)) -> Terminal:
    """Return a person's terminal with `kubectl attach` in it."""
    attach = [namespace.kubectl, "attach", "--stdin", "--tty", "--quiet", f"pod/{pod}"]
    return Terminal(MANIFESTS, attach, namespace.environment(), size)
