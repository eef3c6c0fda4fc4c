"""What the system does, in its users' own words; each test is one line of their list."""

import re
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from sussurro_client.key import RoomKey
from sussurro_relay.settings import RelaySettings
from tests.support.programs import Chat, Relay, running_relay
from tests.support.tap import Tap

Enter = Callable[[str], Chat]


def test_tcp_sockets_with_ip_and_port_5454_by_default(tmp_path: Path) -> None:
    """The relay listens on TCP port 5454 unless told otherwise, and greets whoever connects."""
    assert RelaySettings.model_fields["port"].default == 5454
    with (
        running_relay(tmp_path) as relay,
        socket.create_connection(("127.0.0.1", relay.port), timeout=10) as connection,
    ):
        assert connection.recv(100).startswith(b"SUSSURRO 1 ")


def test_messages_arrive_whole_and_in_order_and_the_connection_stays_up(enter: Enter) -> None:
    """Long and short messages arrive as they were said, over one connection."""
    ana, bia = enter("ana"), enter("bia")
    said = ["Oi", "x" * 60_000, "", "linha 1\nlinha 2", "🙂" * 100, "fim"]
    ana.say(*said)
    bia.wait(lambda _: len(bia.texts()) == len(said), "all messages")
    assert bia.texts() == said
    assert [event["event"] for event in bia.events].count("connected") == 1


def test_any_number_of_people_at_once(enter: Enter) -> None:
    """Six people talk, and each hears the five others."""
    people = [enter(f"pessoa{number}") for number in range(6)]
    for person in people:
        person.say(f"sou {person.name}")
    for person in people:
        person.wait(lambda _, p=person: len(p.texts()) == 5, "five greetings")  # type: ignore[misc]
        assert set(person.texts()) == {
            f"sou {other.name}" for other in people if other is not person
        }


def test_the_server_sees_only_tokens_and_passes_them_on(
    relay: Relay, key: str, tmp_path: Path
) -> None:
    """Before, the server saw "Olá!"; now it sees gAAAA… and nothing of text, name or key."""
    with Tap(relay.port) as tap:
        ana = Chat(tmp_path / "ana", key, "anastácia", tap.address)
        bia = Chat(tmp_path / "bia", key, "bianca", tap.address)
        ana.wait_event("connected")
        bia.wait_event("connected")
        ana.say("Olá!")
        bia.wait_event("message", text="Olá!")
        assert ana.leave() == bia.leave() == 0
        seen = tap.seen()
    assert re.search(rb"^gAAAA", seen, re.MULTILINE)
    for secret in ("Olá!", "anastácia", "bianca", key):
        assert secret.encode() not in seen
    assert not any("anast" in line or "gAAAA" in line for line in relay.journal)


def test_key_key_is_a_fernet_key_and_exists_only_with_the_clients(
    relay: Relay, enter: Enter, key: str
) -> None:
    """What Fernet makes opens the room, and the relay works without any key near it."""
    assert Fernet(key)
    assert RoomKey.from_text(key).room
    files = Path(f"/proc/{relay.process.pid}/cwd").resolve()
    assert list(files.iterdir()) == []
    ana, bia = enter("ana"), enter("bia")
    ana.say("Oi")
    bia.wait_event("message", text="Oi")


def test_the_way_of_a_message(relay: Relay, key: str, tmp_path: Path) -> None:
    """What is said, "Oi", becomes a token, the server passes it on, the other's key makes "Oi" of it again."""
    with Tap(relay.port) as tap:
        ana = Chat(tmp_path / "ana", key, "ana", relay.address)
        bia = Chat(tmp_path / "bia", key, "bia", tap.address)
        ana.wait_event("connected")
        bia.wait_event("connected")
        ana.say("Oi")
        message = bia.wait_event("message")
        tokens = [line for line in tap.from_relay().split(b"\n") if line.startswith(b"gAAAA")]
        assert ana.leave() == bia.leave() == 0
    assert message["text"] == "Oi"
    assert message["from"] == "ana"
    assert message["verified"] is True
    assert len(tokens) == 1
    assert b"Oi" in Fernet(key).decrypt(tokens[0])


def test_an_altered_token_is_refused_visibly(relay: Relay, key: str, tmp_path: Path) -> None:
    """A token changed on its way is not shown; a warning is, and the chat goes on."""
    with Tap(relay.port) as tap:
        ana = Chat(tmp_path / "ana", key, "ana", relay.address)
        bia = Chat(tmp_path / "bia", key, "bia", tap.address)
        ana.wait_event("connected")
        bia.wait_event("connected")
        tap.alter_next_token()
        ana.say("mude-me")
        warning = bia.wait_event("warning", code="undecryptable")
        ana.say("e agora?")
        bia.wait_event("message", text="e agora?")
        assert ana.leave() == bia.leave() == 0
    assert warning["text"]
    assert bia.texts() == ["e agora?"]


def test_the_server_registers_clients_and_names_that_it_cannot_read(
    enter: Enter, relay: Relay
) -> None:
    """It counts who is here and tells the others, by cards that only they can read."""
    ana = enter("ana")
    bia = enter("bia")
    ana.wait_event("joined", name="bia")
    bia.write('{"command": "who"}')
    present = bia.wait_event("present")
    assert present["members"] == 2
    assert sorted(present["names"]) == ["ana", "bia"]
    assert relay.metric("sussurro_relay_connections") == 2


def test_what_one_sends_reaches_all_others_and_never_comes_back(enter: Enter) -> None:
    """Broadcast: everybody but who wrote it."""
    ana, bia, caio = enter("ana"), enter("bia"), enter("caio")
    ana.say("para todos")
    for other in (bia, caio):
        other.wait_event("message", text="para todos")
    bia.say("eco?")
    ana.wait_event("message", text="eco?")
    ana.wait_event("acked")
    assert ana.texts() == ["eco?"]
    assert bia.texts() == ["para todos"]


def test_tt_leaves_in_order(enter: Enter) -> None:
    """TT alone on a line leaves; the others are told; the exit code is 0."""
    ana, bia = enter("ana"), enter("bia")
    ana.say("tchau")
    assert ana.leave() == 0
    bia.wait_event("message", text="tchau")
    bia.wait_event("left", name="ana", reason="left")


@pytest.mark.parametrize("how", ["killed", "reset"])
def test_disconnects_are_noticed_announced_and_removed(
    enter: Enter, relay: Relay, how: str
) -> None:
    """Whoever is cut off is gone for the others, who chat on."""
    ana, bia, caio = enter("ana"), enter("bia"), enter("caio")
    ana.wait_event("joined", name="caio")
    if how == "reset":
        bia.process.send_signal(signal.SIGSTOP)
        caio.say(*["x" * 1000] * 20)  # unread bytes make the kernel reset at the end
    bia.process.kill()
    for other in (ana, caio):
        other.wait_event("left", name="bia", reason="lost")
    ana.say("ainda aqui")
    caio.wait_event("message", text="ainda aqui")
    deadline = time.monotonic() + 10
    while relay.metric("sussurro_relay_connections") != 2:
        assert time.monotonic() < deadline


def test_the_flow_from_waiting_server_to_orderly_exit(tmp_path: Path, key: str) -> None:
    """The server waits, a client enters with its name, talks encrypted, and all end with 0."""
    relay = Relay(tmp_path)
    ana = Chat(tmp_path / "ana", key, "ana", relay.address)
    assert ana.wait_event("connected")["members"] == 1
    ana.say("primeira")
    ana.wait_event("acked")
    assert ana.leave() == 0
    assert relay.metric("sussurro_relay_frames_relayed_total") == 1
    assert relay.stop() == 0
    assert not any("Traceback" in line for line in relay.journal)


def test_typing_is_never_disturbed_by_what_arrives(enter: Enter) -> None:
    """A line that is half typed when messages arrive is sent as it was typed."""
    ana, bia = enter("ana"), enter("bia")
    assert ana.process.stdin is not None
    ana.process.stdin.write(b"meia ")
    ana.process.stdin.flush()
    bia.say("interrompo", "de novo")
    ana.wait(lambda _: len(ana.texts()) == 2, "both messages")
    ana.write("frase")
    bia.wait_event("message", text="meia frase")
