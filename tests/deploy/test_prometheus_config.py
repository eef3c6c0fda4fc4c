"""The figures are asked for where they are."""

import pytest
import yaml

from tests.support.docker import ROOT, Images, new_stack, run

FOLDER = ROOT / "services" / "prometheus"


def test_every_relay_behind_the_name_is_asked_on_its_metrics_port() -> None:
    config = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
    jobs = {job["job_name"]: job for job in config["scrape_configs"]}
    (names,) = jobs["relay"]["dns_sd_configs"]
    environment = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["relay"][
        "environment"
    ]
    assert names["names"] == ["relay"]
    assert names["type"] == "A"
    assert names["port"] == environment["RELAY_METRICS_PORT"]


@pytest.mark.docker
@pytest.mark.usefixtures("engine")
def test_prometheus_itself_finds_nothing_wrong_with_its_configuration() -> None:
    stack = new_stack(ROOT, Images("unused", "unused"))
    config = yaml.safe_load(stack.compose("config").stdout)
    image = config["services"]["prometheus"]["image"]
    mount = f"--volume={FOLDER}:/checked:ro"
    command = ("docker", "run", "--rm", "--network=none", mount, "--entrypoint=promtool", image)
    done = run(*command, "check", "config", "--lint-fatal", "/checked/prometheus.yml")
    assert "SUCCESS" in done.stdout
