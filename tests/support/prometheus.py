"""A real Prometheus in a container that asks a relay on this machine every second."""

import json
import math
import socket
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError

import yaml

from tests.support.docker import ROOT, Images, new_stack, run, wait_for
from tests.support.relay import HOST

_FOLDER = ROOT / "services" / "prometheus"


def image_of_the_stack() -> str:
    """Return the image that the compose file names."""
    config = yaml.safe_load(new_stack(ROOT, Images("unused", "unused")).compose("config").stdout)
    image: str = config["services"]["prometheus"]["image"]
    return image


class Prometheus:
    """Asked by its own API."""

    def __init__(self, port: int) -> None:
        self._url = f"http://{HOST}:{port}"

    def is_ready(self) -> bool:
        """Return whether it answers."""
        try:
            with urllib.request.urlopen(f"{self._url}/-/ready", timeout=5) as answer:  # noqa: S310 - our own
                return bool(answer.status == 200)
        except (URLError, ConnectionError):
            return False

    def ask(self, query: str) -> list[float]:
        """Return the newest value of each series; raises AssertionError where it finds a fault."""
        asked = urllib.parse.urlencode({"query": query})
        try:
            with urllib.request.urlopen(f"{self._url}/api/v1/query?{asked}", timeout=10) as answer:  # noqa: S310 - our own
                told: dict[str, Any] = json.load(answer)
        except HTTPError as error:
            with error:
                raise AssertionError(f"{query}: {error.read().decode()}") from None
        assert told["status"] == "success", told
        values = (float(series["value"][1]) for series in told["data"]["result"])
        return [value for value in values if math.isfinite(value)]


@contextmanager
def running_prometheus(folder: Path, metrics_port: int) -> Iterator[Prometheus]:
    """Run it on the project's own configuration and rules, but for whom and how often it asks."""
    config = yaml.safe_load((_FOLDER / "prometheus.yml").read_text())
    config["global"] |= {
        "scrape_interval": "1s",
        "scrape_timeout": "1s",
        "evaluation_interval": "1s",
    }
    for job in config["scrape_configs"]:
        if job.pop("dns_sd_configs", None):
            job["static_configs"] = [{"targets": [f"{HOST}:{metrics_port}"]}]
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
    (folder / "rules.yml").write_bytes((_FOLDER / "rules.yml").read_bytes())
    folder.chmod(0o755)
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    container = run(
        *("docker", "run", "--detach", "--rm", "--network=host", "--user=65534:65534"),
        *("--tmpfs=/prometheus:mode=1777", f"--volume={folder}:/etc/prometheus:ro"),
        image_of_the_stack(),
        "--config.file=/etc/prometheus/prometheus.yml",
        "--storage.tsdb.path=/prometheus",
        f"--web.listen-address={HOST}:{port}",
    ).stdout.strip()
    try:
        prometheus = Prometheus(port)
        wait_for(prometheus.is_ready, "Prometheus")
        yield prometheus
    finally:
        run("docker", "rm", "--force", container, check=False)
