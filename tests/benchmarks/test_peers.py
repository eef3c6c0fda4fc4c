from dataclasses import replace

import pytest

from benchmarks.items import common
from benchmarks.peers import PEERS


def test_whoever_is_not_installed_is_named_with_the_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    redis, nats, *others = PEERS
    gone = [replace(redis, is_missing=True), replace(nats, is_missing=True)]
    there = [replace(other, is_missing=False) for other in others]
    monkeypatch.setattr(common, "PEERS", [*gone, *there])
    (note,) = common.note_on_missing()
    assert note.endswith("apt install redis-server nats-server")
    monkeypatch.setattr(common, "PEERS", there)
    assert common.note_on_missing() == []


def test_peers_have_one_room() -> None:
    for peer in PEERS:
        with pytest.raises(ValueError, match="one room only"), peer.run(2):
            pass
