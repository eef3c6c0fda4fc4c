import base64
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support import scan
from tests.support.leaks import Leak
from tests.support.programs import Chat
from tests.support.relay import HOST
from tests.support.room_life import Story, lived
from tests.support.scan import Scanner, Secret, Trace
from tests.support.watched import Place, search_ended, search_live, watched_relay

# Holds what it reads, until it is killed.
_HOLDER = """
import os, signal, sys
held = sys.stdin.buffer.read()
os.write(1, b"!")
signal.pause()
"""
# A relay knows which room a chunk is for. It keeps that from whoever reads journal and metrics.
_KNOWN = "room"
# What each leak leaves, and where.
_LEFT_BY = {
    Leak.HOLDS_THE_KEY: (Place.MEMORY, "half that encrypts"),
    Leak.KEEPS_TEXTS: (Place.MEMORY, "text 0"),
    Leak.WRITES_A_JOURNAL: (Place.JOURNAL, "name 0"),
    Leak.STORES_TEXTS: (Place.DATABASE, "text 0"),
    Leak.LABELS_METRICS: (Place.METRICS, "name 0"),
    Leak.LABELS_ROOMS: (Place.METRICS, _KNOWN),
}


def secrets_of(story: Story) -> dict[str, Secret]:
    """Return all that only members may know, by what it is; and the room's id."""
    key = base64.urlsafe_b64decode(story.key)
    secrets: dict[str, Secret] = {"half that signs": key[:16], "half that encrypts": key[16:]}
    secrets |= {"key": key, "key.key": story.key, "room seed": story.room_seed}
    for number, person in enumerate(story.people):
        secrets |= {f"name {number}": person.name, f"identity {number}": person.identity}
    secrets |= {_KNOWN: story.room}
    return secrets | {f"text {number}": text for number, text in enumerate(story.texts)}


def secrets_in(traces: set[Trace]) -> set[str]:
    return {trace.secret for trace in traces}


@contextmanager
def holder_of(secrets: list[bytes]) -> Iterator[int]:
    """Run a process that holds the secrets; return its number."""
    command = [sys.executable, "-c", _HOLDER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"\0".join(secrets))
        process.stdin.close()
        try:
            assert process.stdout.read(1) == b"!"
            yield process.pid
        finally:
            process.kill()


@pytest.mark.parametrize("durable", [False, True], ids=["memory", "sqlite"])
def test_a_relay_has_no_secret_of_a_room_and_a_client_beside_it_is_found_to_have_them(
    story: Story, guest: str, tmp_path: Path, *, durable: bool
) -> None:
    """Texts, names, the key, its halves and what is derived from it: in no place, in no encoding."""
    with watched_relay(tmp_path / "relay", durable=durable) as relay:
        with lived(relay.port, story):
            chat = Chat(tmp_path / "guest", story.key, guest, f"{HOST}:{relay.port}")
            try:
                chat.wait(lambda _: set(story.texts) <= set(chat.texts()), "the history")
                last = f"goodbye from {guest}"
                chat.say(last)
                chat.wait_event("acked")
                identity = (tmp_path / "guest" / "state" / "identity").read_bytes()
                scanner = Scanner(
                    {**secrets_of(story), "guest": guest, "last": last, "identity": identity}
                )
                found = search_live(scanner, relay)
                found_in_client = secrets_in(scanner.search_memory(chat.process.pid))
                assert chat.leave() == 0
            finally:
                chat.close()
                assert chat.complaints == ""
        found_at_end = search_ended(scanner, relay)
    # That the room's id is found shows that the search was in the right places.
    stored = {_KNOWN} if durable else set()
    assert secrets_in(found[Place.MEMORY]) == {_KNOWN}
    assert secrets_in(found[Place.METRICS]) == set()
    assert secrets_in(found[Place.DATABASE]) == stored
    assert secrets_in(found_at_end[Place.JOURNAL]) == set()
    assert secrets_in(found_at_end[Place.DATABASE]) == stored
    assert {"half that signs", "half that encrypts", "identity"} <= found_in_client
    assert {"guest", "name 0", "name 1", "name 2", "last"} <= found_in_client


def test_the_scan_finds_every_secret_in_every_encoding(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it lies: many pieces are read, and some end in the middle of one."""
    monkeypatch.setattr(scan, "_PIECE_BYTES", 4096)
    scanner = Scanner(secrets_of(story))
    with holder_of(scanner.held) as process:
        assert scanner.search_memory(process) == scanner.traces


def test_the_scan_finds_nothing_in_a_process_that_holds_other_secrets(story: Story) -> None:
    others = secrets_of(story)
    mine = {name: others.pop(name) for name in ("text 0", "name 0", "key")}
    with holder_of(Scanner(mine).held) as process:
        assert secrets_in(Scanner(others).search_memory(process)) <= {
            # In other words the key, which this process does hold.
            "key.key", "half that signs", "half that encrypts",
        }  # fmt: skip


@pytest.mark.parametrize("leak", _LEFT_BY, ids=lambda leak: leak.name.lower())
def test_a_leak_that_is_planted_in_a_relay_is_found(
    leak: Leak, story: Story, tmp_path: Path
) -> None:
    short = Story(story.key, story.people, story.texts[:2])
    scanner = Scanner(secrets_of(short))
    folder = tmp_path / "relay"
    with watched_relay(folder, durable=True, leak=leak, key=story.key) as relay:
        with lived(relay.port, short):
            found = search_live(scanner, relay)
        found |= search_ended(scanner, relay)
    place, secret = _LEFT_BY[leak]
    assert secret in secrets_in(found[place]), f"not found: {leak}"
