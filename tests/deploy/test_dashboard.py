"""What Grafana is given: it can draw it, and every query of it finds something."""

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sussurro_wire.messages import Ack, Bye, Hello
from tests.support.docker import ROOT
from tests.support.metrics import samples
from tests.support.prometheus import running_prometheus
from tests.support.relay import Member, RoomSecret, members, running_relay, tokens, until

FOLDER = ROOT / "services" / "grafana"
DASHBOARD: dict[str, Any] = json.loads((FOLDER / "dashboards" / "sussurro.json").read_text())
PANELS: list[dict[str, Any]] = DASHBOARD["panels"]
VARIABLES = {variable["name"]: variable for variable in DASHBOARD["templating"]["list"]}
# What a relay alone does not export: asked all the same, as the query must be sound.
OF_A_CLUSTER = {
    "sussurro_relay_nats_connected", "sussurro_relay_nats_reconnects_total", "sussurro_relay_peers",
}  # fmt: skip
COLUMNS = 24
SUBSTITUTES = {"$instance": ".*", "$__rate_interval": "1m"}


def targets() -> Iterator[tuple[str, dict[str, Any]]]:
    """Return every query with the title of its panel."""
    for panel in PANELS:
        for target in panel.get("targets", []):
            yield panel["title"], target


def queries() -> list[str]:
    """Return every query as Grafana would ask it, with all relays chosen."""
    asked = []
    for _, target in targets():
        query = target["expr"]
        for variable, value in SUBSTITUTES.items():
            query = query.replace(variable, value)
        assert "$" not in query, query
        asked.append(query)
    return asked


def metrics_of(query: str) -> set[str]:
    return set(re.findall(r"\bsussurro_\w+", query))


def test_there_is_a_row_for_each_thing_to_look_at() -> None:
    assert [panel["title"] for panel in PANELS if panel["type"] == "row"] == [
        "People and rooms",
        "Messages",
        "Delivery latency",
        "Memory and log",
        "Refusals",
        "NATS and cluster",
    ]


def test_panels_have_ids_of_their_own_and_lie_side_by_side() -> None:
    ids = [panel["id"] for panel in PANELS]
    assert len(ids) == len(set(ids))
    taken: dict[tuple[int, int], str] = {}
    for panel in PANELS:
        place = panel["gridPos"]
        assert place["w"] >= 1
        assert place["h"] >= 1
        assert place["x"] + place["w"] <= COLUMNS
        for x, y in itertools.product(range(place["w"]), range(place["h"])):
            here = (place["x"] + x, place["y"] + y)
            assert here not in taken, (panel["title"], taken[here])
            taken[here] = panel["title"]


def test_the_dashboard_has_what_grafana_needs_to_take_it_in() -> None:
    assert re.fullmatch(r"[a-zA-Z0-9_-]{1,40}", DASHBOARD["uid"])
    assert DASHBOARD["title"] == "Sussurro"
    assert DASHBOARD["schemaVersion"] >= 39
    assert "id" not in DASHBOARD  # Grafana gives its own
    assert VARIABLES["datasource"]["type"] == "datasource"
    assert VARIABLES["datasource"]["query"] == "prometheus"
    for panel in PANELS:
        if panel["type"] == "row":
            assert panel["panels"] == []
            continue
        assert panel["type"] in {"stat", "timeseries", "heatmap"}
        assert panel["title"]
        assert panel["description"]
        assert panel["fieldConfig"].keys() == {"defaults", "overrides"}
        references = [target["refId"] for target in panel["targets"]]
        assert references
        assert len(references) == len(set(references))


def test_every_query_goes_to_the_chosen_prometheus_and_of_the_chosen_relays() -> None:
    chosen = {"type": "prometheus", "uid": "${datasource}"}
    for panel in PANELS:
        assert panel.get("datasource", chosen) == chosen
    for title, target in targets():
        assert target["datasource"] == chosen
        assert '{instance=~"$instance"' in target["expr"] or title == "Alerts"
        assert target["instant"] != target["range"]
    assert VARIABLES["instance"]["datasource"] == chosen


def test_the_file_is_where_the_provider_looks_and_the_source_is_the_stack_s_prometheus() -> None:
    (provider,) = yaml.safe_load(
        (FOLDER / "provisioning" / "dashboards" / "sussurro.yml").read_text()
    )["providers"]
    assert provider["type"] == "file"
    assert provider["options"]["path"] == "/var/lib/grafana/dashboards"
    (source,) = yaml.safe_load(
        (FOLDER / "provisioning" / "datasources" / "prometheus.yml").read_text()
    )["datasources"]
    stack = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    assert "prometheus" in stack["services"]
    assert source["url"] == "http://prometheus:9090"
    assert source["isDefault"] is True
    asked = yaml.safe_load((ROOT / "services" / "prometheus" / "prometheus.yml").read_text())
    assert source["jsonData"]["timeInterval"] == asked["global"]["scrape_interval"]


def test_every_metric_of_the_dashboard_is_one_that_a_relay_exports() -> None:
    exported = set(samples()) | OF_A_CLUSTER
    for query in queries():
        assert metrics_of(query) <= exported
    shown = {name.removesuffix("_bucket") for query in queries() for name in metrics_of(query)}
    assert {"sussurro_relay_fanout_seconds", "sussurro_relay_lagging_cursors"} <= shown


@pytest.mark.docker
@pytest.mark.usefixtures("engine")
def test_every_query_finds_something_in_a_prometheus_that_asks_a_relay_at_work(
    tmp_path: Path,
) -> None:
    secret = RoomSecret()
    log = f"sqlite:///{tmp_path}/log.db"
    folder = tmp_path / "prometheus"
    folder.mkdir()
    waiting = {query for query in queries() if not metrics_of(query) & OF_A_CLUSTER}
    assert len(waiting) >= 25
    with (
        running_relay(log=log) as relay,
        running_prometheus(folder, relay.metrics_port) as prometheus,
        members(relay.port, secret, 3) as (ana, bia, caio),
    ):

        def live_a_little() -> bool:
            lines = tokens(range(10))
            ana.send(lines)
            ana.hear(Ack)
            assert bia.hear_lines(len(lines)) == caio.hear_lines(len(lines)) == lines
            with Member(relay.port) as eve:
                eve.hear_next(Hello)
                eve.socket.sendall(b"nonsense\n")
                eve.hear_next(Bye)
            waiting.difference_update([query for query in waiting if prometheus.ask(query)])
            return not waiting

        try:
            until(live_a_little, seconds=60)
        except AssertionError as error:
            raise AssertionError("\n".join(sorted(waiting))) from error
        for query in set(queries()):
            if metrics_of(query) & OF_A_CLUSTER:
                assert prometheus.ask(query) == []
        # The rules are loaded, and nothing is wrong with this relay.
        assert prometheus.ask('count(ALERTS{alertstate="firing"}) or vector(0)') == [0]
