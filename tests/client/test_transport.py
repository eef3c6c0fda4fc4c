import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from sussurro_client import transport
from sussurro_client.address import Address
from sussurro_client.errors import ClientError
from sussurro_client.events import Connected, Disconnected
from sussurro_client.session import Session
from sussurro_client.transport import NOT_NOW, ConnectError, Trouble, connect, expects_tls, receive
from sussurro_client.trust import Trust, parse_pin
from tests.client.scenes import ANA, PATIENCE, Ears, ScriptedRelay, silent_port
from tests.support.certificates import Authority, Pair, self_signed

Answer = Callable[[socket.socket], None]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@contextmanager
def answering(answer: Answer) -> Iterator[int]:
    """Give the port of a server that does this with its one connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(PATIENCE)

        def serve() -> None:
            with suppress(TimeoutError), listener.accept()[0] as accepted:
                accepted.settimeout(PATIENCE)
                answer(accepted)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(PATIENCE)
        assert not thread.is_alive()


def tls_server(
    pair: Pair, heard: list[bytes], highest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3
) -> Answer:
    """Return an answer that speaks TLS, greets, and remembers what it then hears."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = highest
    context.load_cert_chain(pair.certificate, pair.key)

    def answer(accepted: socket.socket) -> None:
        with (
            suppress(OSError),
            context.wrap_socket(accepted, server_side=True) as secured,
        ):
            secured.sendall(b"welcome")
            while data := secured.recv(4096):
                heard.append(data)

    return answer


def attempt(port: int, trust: Trust | None, host: str = "127.0.0.1") -> socket.socket:
    return connect(Address(host, port), 20.0, trust)


def failure(port: int, trust: Trust | None, host: str = "127.0.0.1") -> tuple[Trouble, str]:
    with pytest.raises(ConnectError) as caught:
        attempt(port, trust, host).close()
    return caught.value.reason, caught.value.detail


def talk(port: int, trust: Trust, host: str = "127.0.0.1") -> None:
    """Connect, hear the greeting, and say something."""
    with attempt(port, trust, host) as connection:
        connection.settimeout(PATIENCE)
        assert connection.recv(100) == b"welcome"
        connection.sendall(b"Oi")


# What has come.


def pouring(context: ssl.SSLContext | None, size: int, is_there: threading.Event) -> Answer:
    """Return an answer that sends so many bytes, and ends when the other does."""

    def answer(accepted: socket.socket) -> None:
        with ExitStack() as stack:
            if context is not None:
                wrapped = context.wrap_socket(accepted, server_side=True)
                accepted = stack.enter_context(wrapped)
            accepted.sendall(b"x" * size)
            is_there.set()
            with suppress(OSError):
                accepted.recv(1)

    return answer


def first_received(connection: socket.socket, size: int) -> bytes:
    """Return what is received, once TLS has said what it has to say before."""
    while True:
        with suppress(*NOT_NOW):
            return receive(connection, size)
        assert select.select([connection], [], [], PATIENCE)[0]


@pytest.mark.parametrize("is_secured", [False, True])
def test_all_that_has_come_is_received_at_once_up_to_a_size(
    tmp_path: Path, *, is_secured: bool
) -> None:
    pair = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    is_there = threading.Event()
    answer = pouring(context if is_secured else None, 30_000, is_there)
    trust = Trust(pair.certificate) if is_secured else None
    with answering(answer) as port, attempt(port, trust) as connection:
        assert is_there.wait(PATIENCE)
        first = first_received(connection, 20_000)
        assert len(first) == (30_000 if is_secured else 20_000), "a record of TLS is not divided"
        if not is_secured:
            assert len(receive(connection, 20_000)) == 10_000
        with pytest.raises(NOT_NOW):
            receive(connection, 100_000)


# Who is believed.


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_certificate_for_this_host_by_this_authority_is_believed(
    authority: Authority, host: str
) -> None:
    heard: list[bytes] = []
    with answering(tls_server(authority.issue("relay"), heard)) as port:
        talk(port, Trust(authority.path), host)
    assert heard == [b"Oi"]


def test_the_pinned_certificate_is_believed_whoever_signed_it_for_whatever_name(
    tmp_path: Path,
) -> None:
    pair = self_signed(tmp_path, hosts=("elsewhere.example",))
    heard: list[bytes] = []
    with answering(tls_server(pair, heard)) as port:
        talk(port, Trust(pin=pair.pin))
    assert heard == [b"Oi"]


def test_a_self_signed_certificate_is_its_own_authority(tmp_path: Path) -> None:
    pair = self_signed(tmp_path)
    with answering(tls_server(pair, [])) as port:
        talk(port, Trust(pair.certificate))


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("wrong host", "not valid for '127.0.0.1'"),
        ("wrong authority", "unable to get local issuer certificate"),
        ("the system's authorities", "unable to get local issuer certificate"),
        ("expired", "certificate has expired"),
        ("self-signed", "self-signed certificate"),
    ],
)
def test_what_does_not_verify_is_not_believed_and_nothing_is_said_to_it(
    authority: Authority, tmp_path: Path, case: str, words: str
) -> None:
    trust = Trust(authority.path)
    pair = authority.issue("relay", expired=case == "expired")
    if case == "wrong host":
        pair = authority.issue("other", ("elsewhere.example",))
    elif case == "wrong authority":
        trust = Trust(Authority(tmp_path / "other", "Another Authority").path)
    elif case == "the system's authorities":
        trust = Trust()
    elif case == "self-signed":
        pair = self_signed(tmp_path)
    heard: list[bytes] = []
    with answering(tls_server(pair, heard)) as port:
        reason, detail = failure(port, trust)
    assert reason is Trouble.TLS_UNTRUSTED
    assert words in detail
    assert heard == []


def test_another_certificate_than_the_pinned_one_is_not_believed_and_its_fingerprint_told(
    authority: Authority, tmp_path: Path
) -> None:
    """Not even one that an authority of the system could have signed: the pin alone counts."""
    pair, other = authority.issue("relay"), self_signed(tmp_path)
    heard: list[bytes] = []
    with answering(tls_server(pair, heard)) as port:
        reason, detail = failure(port, Trust(pin=other.pin))
    assert reason is Trouble.TLS_UNTRUSTED
    assert pair.pin in detail
    assert heard == []


def test_tls_1_2_is_not_spoken(authority: Authority) -> None:
    server = tls_server(authority.issue("relay"), [], ssl.TLSVersion.TLSv1_2)
    with answering(server) as port:
        assert failure(port, Trust(authority.path))[0] is Trouble.TLS_FAILED


# What is no TLS, and what breaks.


@pytest.mark.parametrize("words", [b"SUSSURRO 1 bm9uY2U\n", b"BYE too-many-connections\n"])
def test_a_relay_without_tls_is_told_from_one_that_fails(
    authority: Authority, words: bytes
) -> None:
    def answer(accepted: socket.socket) -> None:
        accepted.sendall(words)
        with suppress(OSError):
            while accepted.recv(4096):
                pass

    with answering(answer) as port:
        assert failure(port, Trust(authority.path)) == (Trouble.TLS_MISSING, "")


def test_nonsense_within_records_is_a_failure_of_tls(authority: Authority) -> None:
    def answer(accepted: socket.socket) -> None:
        accepted.recv(4096)
        accepted.sendall(b"\x16\x03\x03\x00\x04nons" * 100)

    with answering(answer) as port:
        reason, detail = failure(port, Trust(authority.path))
    assert reason is Trouble.TLS_FAILED
    assert detail
    assert "_ssl.c" not in detail


@pytest.mark.parametrize("way", ["close", "reset", "silence"])
def test_a_connection_lost_in_the_handshake_is_lost_and_no_more(
    authority: Authority, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "CONNECT_SECONDS", 0.5)

    def answer(accepted: socket.socket) -> None:
        accepted.recv(4096)
        if way == "reset":
            linger = struct.pack("ii", 1, 0)
            accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        elif way == "silence":
            assert accepted.recv(4096) == b""

    with answering(answer) as port:
        reason, detail = failure(port, Trust(authority.path))
    assert reason is Trouble.LOST
    if way == "silence":
        assert detail == "timed out"


def test_nobody_there_is_unreachable_with_and_without_tls(authority: Authority) -> None:
    with silent_port() as port:
        for trust in (None, Trust(authority.path)):
            assert failure(port, trust) == (Trouble.UNREACHABLE, "Connection refused")


def test_only_an_alert_looks_like_tls_to_a_client_without_it() -> None:
    assert expects_tls(b"\x15\x03\x03\x00\x02\x02\x28")
    assert not expects_tls(b"SUSSURRO 1 bm9uY2U\n")
    assert not expects_tls(b"")


# What a person gives.


@pytest.mark.parametrize("content", ["absent", "a folder", "garbage", "empty", "a key"])
def test_a_file_without_authorities_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "authority"
    if content == "a folder":
        path.mkdir()
    elif content == "a key":
        path.write_bytes(self_signed(tmp_path).key.read_bytes())
    elif content != "absent":
        path.write_bytes(b"\0garbage" if content == "garbage" else b"")
    with pytest.raises(ClientError):
        Trust(path).context()


def test_a_fingerprint_is_taken_as_it_is_commonly_written() -> None:
    plain = "0123456789abcdef" * 4
    pairs = [plain[at : at + 2] for at in range(0, 64, 2)]
    assert parse_pin(":".join(pairs).upper()) == plain
    assert parse_pin(f" {plain}\n") == plain


@pytest.mark.parametrize("text", ["ab" * 20, "ab" * 33, "xy" * 32, "", "0x" + "ab" * 31, "²" * 64])
def test_what_is_no_fingerprint_is_refused(text: str) -> None:
    with pytest.raises(ClientError, match="64"):
        parse_pin(text)


# What the session makes of it.


def heard_by_session(port: int, trust: Trust | None, count: int = 1) -> list[Disconnected]:
    ears = Ears()
    session = Session(Address("127.0.0.1", port), ANA, listener=ears, trust=trust)
    session.start()
    try:
        ears.wait(Disconnected, count)
        if ears.of(Disconnected)[-1].retry_in is None:
            session._thread.join(PATIENCE)
            assert not session._thread.is_alive()
    finally:
        session.close(0)
        session._thread.join(PATIENCE)
    assert ears.of(Connected) == []
    return ears.of(Disconnected)[:count]


def test_a_relay_that_is_not_believed_is_not_tried_again(authority: Authority) -> None:
    pair = authority.issue("relay", expired=True)
    with answering(tls_server(pair, [])) as port:
        (ended,) = heard_by_session(port, Trust(authority.path))
    assert (ended.reason, ended.retry_in) == ("tls-untrusted", None)
    assert "expired" in ended.detail


def test_a_relay_that_breaks_off_in_the_handshake_is_tried_again(authority: Authority) -> None:
    with ScriptedRelay() as relay:

        def end_two_visits() -> None:
            for _ in range(2):
                relay.visit().__exit__()

        visits = threading.Thread(target=end_two_visits)
        visits.start()
        ended = heard_by_session(relay.port, Trust(authority.path), 2)
        visits.join(PATIENCE)
    assert [event.reason for event in ended] == ["lost", "lost"]
    assert None not in [event.retry_in for event in ended]


def test_a_relay_that_answers_with_an_alert_expects_tls() -> None:
    with answering(lambda accepted: accepted.sendall(b"\x15\x03\x03\x00\x02\x02\x28")) as port:
        (ended,) = heard_by_session(port, None)
    assert (ended.reason, ended.retry_in) == ("tls-expected", None)
