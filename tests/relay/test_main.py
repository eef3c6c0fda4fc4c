import ast
import json
import re
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from sussurro_relay.settings import RelaySettings
from sussurro_wire.chunk import Chunk
from sussurro_wire.errors import Reason
from sussurro_wire.messages import Ack, Bye, Hello, Past, Who, WhoEnd
from tests.support.relay import (
    CARD,
    HOST,
    SERVICES,
    Member,
    RelayProcess,
    RoomSecret,
    ask,
    lines_of,
    members,
    token,
    tokens,
)

SECRET = RoomSecret()
FORBIDDEN = ("cryptography.fernet", "msgpack", "textual", "sussurro_client")
# Runs the program as it is, and says at the end what it had loaded.
CONFESSING = """
import atexit, json, sys
atexit.register(lambda: print(json.dumps(sorted(sys.modules))))
from sussurro_relay.__main__ import main
sys.exit(main())
"""


def sentence_of(relay: RelayProcess) -> str:
    """Return the one line that the program gave up with."""
    code, output, journal = relay.end()
    assert code == 2
    assert output == ""
    assert "Traceback" not in journal
    (line,) = journal.splitlines()
    assert line.endswith(".")
    return line


@pytest.mark.parametrize("setting", ["RELAY_PORT", "RELAY_METRICS_PORT"])
def test_a_port_that_is_taken_is_one_sentence_that_names_the_setting(setting: str) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = str(taken.getsockname()[1])
        with RelayProcess(**{setting: port}) as relay:
            sentence = sentence_of(relay)
    assert sentence.startswith(f"{setting}: ")
    assert port in sentence


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("RELAY_PORT", "99999"),
        ("RELAY_PORT", "five"),
        ("RELAY_LOG", "redis://elsewhere"),
        ("RELAY_ROOMS", "not-a-room"),
        ("RELAY_LOG_LEVEL", "loud"),
        ("RELAY_HOST", "256.256.256.256"),
        ("RELAY_HOST", "192.0.2.1"),
        ("RELAY_METRICS_HOST", "no..such..name"),
    ],
)
def test_a_bad_setting_is_one_sentence_that_names_it_and_not_its_value(
    setting: str, value: str
) -> None:
    with RelayProcess(**{setting: value}) as relay:
        sentence = sentence_of(relay)
    assert sentence.startswith(f"{setting}: ")
    assert value not in sentence


def test_an_unknown_option_ends_with_two_and_no_traceback() -> None:
    with RelayProcess("--prot", "5") as relay:
        code, _, journal = relay.end()
    assert code == 2
    assert "Traceback" not in journal
    assert "--prot" in journal


def test_help_names_every_option() -> None:
    with RelayProcess("--help") as relay:
        code, output, _ = relay.end()
    assert code == 0
    for name in RelaySettings.model_fields:
        assert f"--{name.replace('_', '-')}" in output


def test_an_option_goes_before_the_environment() -> None:
    with RelayProcess("--io-threads", "3", RELAY_IO_THREADS="1") as relay:
        assert relay.listening()["threads"] == 3
        relay.process.terminate()
        assert relay.end()[0] == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(number: signal.Signals) -> None:
    with RelayProcess() as relay:
        with Member(relay.listening()["port"]).join(SECRET) as ana:
            relay.process.send_signal(number)
            assert ana.hear_rest() == [Bye(Reason.DRAIN, 0)]
        code, _, journal = relay.end()
    assert code == 0
    last = json.loads(journal.splitlines()[-1])
    assert (last["event"], last["in_time"]) == ("stopped", True)


def test_a_signal_under_load_loses_nothing_that_was_acknowledged_and_tells_everybody() -> None:
    with RelayProcess(RELAY_DRAIN_SECONDS="5") as relay:
        port = relay.listening()["port"]
        with members(port, SECRET, 4) as (ana, *others), ThreadPoolExecutor(4) as pool:
            under_way = threading.Event()

            def talk() -> int:
                number = 0
                try:
                    while True:
                        ana.socket.sendall(tokens(range(number, number + 100)))
                        number += 100
                        if number == 5000:
                            under_way.set()
                except OSError:  # the relay closed its end
                    return number

            talking = pool.submit(talk)
            hearing = [pool.submit(member.hear_rest) for member in others]
            kept = 0
            assert under_way.wait(20)
            relay.process.terminate()
            events = ana.hear_rest()
            assert events[-1] == Bye(Reason.DRAIN, 0)
            kept = max(event.count for event in events if isinstance(event, Ack))
            ana.socket.shutdown(socket.SHUT_RDWR)
            assert talking.result() >= 5000
            for each in hearing:
                heard = each.result()
                assert heard[-1] == Bye(Reason.DRAIN, 0)
                lines = lines_of(heard)
                assert lines == tokens(range(len(lines) // len(token(0))))
                assert 0 < len(lines) // len(token(0)) <= kept
        code, _, journal = relay.end()
    assert code == 0
    assert json.loads(journal.splitlines()[-1])["in_time"] is True


def test_the_running_relay_has_loaded_nothing_that_could_decrypt_or_show() -> None:
    with RelayProcess(program=CONFESSING) as relay:
        facts = relay.listening()
        with members(facts["port"], SECRET, 2) as (ana, bia):
            ana.send(token(1))
            assert bia.hear(Chunk).lines == token(1)
            ask(facts["metrics_port"], "/metrics")
        relay.process.terminate()
        code, output, _ = relay.end()
    assert code == 0
    loaded = json.loads(output)
    assert "sussurro_relay.admission" in loaded
    assert [name for name in loaded if name.startswith(FORBIDDEN)] == []


def test_no_module_of_relay_or_wire_imports_a_cipher_or_the_client_anywhere() -> None:
    for package in ("sussurro_relay", "sussurro_wire"):
        for path in (SERVICES / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                names = []
                if isinstance(node, ast.ImportFrom):
                    names = [f"{node.module}.{alias.name}" for alias in node.names]
                elif isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                for name in names:
                    assert not name.startswith(FORBIDDEN), path
                    assert "cipher" not in name, path


def test_the_journal_holds_no_address_room_card_proof_or_token() -> None:
    canary = "gAAAAAcanary"
    with RelayProcess(RELAY_LOG_LEVEL="debug", RELAY_MAX_CONNECTIONS="3") as relay:
        port = relay.listening()["port"]
        with members(port, SECRET, 2) as (ana, bia):
            said = [SECRET.room, CARD, canary, HOST, ana.welcome.session, bia.welcome.session]
            ana.send(f"{canary}token\n".encode())
            assert bia.hear(Chunk).lines == f"{canary}token\n".encode()
            ana.say(Who())
            assert ana.hear(WhoEnd).members == 2
            ana.say(Past(2**62, 5))
            with Member(port) as eve:
                nonce = eve.hear_next(Hello).nonce
                proof = RoomSecret(2).join(nonce).proof
                said += [nonce, proof]
                with Member(port) as fourth:
                    assert fourth.hear_rest() == [Bye(Reason.TOO_MANY_CONNECTIONS)]
                eve.socket.sendall(f"JOIN {SECRET.room} {proof} {canary}\n".encode())
                assert eve.hear_rest() == [Bye(Reason.BAD_PROOF)]
            bia.socket.sendall(f"{canary}!\n".encode())
            assert bia.hear_rest()[-1] == Bye(Reason.MALFORMED)
            ana.reset()
        relay.process.terminate()
        code, output, journal = relay.end()
    assert code == 0
    for secret in (*said, "canary"):
        assert secret not in journal + output
    assert not re.search(r"\d+\.\d+\.\d+\.\d+", journal)
    assert [json.loads(line)["event"] for line in journal.splitlines()] == [
        "listening",
        "draining",
        "stopped",
    ]
