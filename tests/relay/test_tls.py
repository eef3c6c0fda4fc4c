import json
import os
import signal
import socket
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from sussurro_relay.server import Server
from sussurro_relay.transport import TLS_BYTES, TlsTransport
from sussurro_wire.chunk import Chunk
from sussurro_wire.errors import Reason
from sussurro_wire.messages import Ack, Bye, Gone, Leave
from tests.support.certificates import Pair, lock, self_signed
from tests.support.relay import (
    DEADLINE,
    HOST,
    Member,
    RelayProcess,
    RoomSecret,
    descriptors,
    figures,
    running_relay,
    token,
    tokens,
    until,
)

SECRET = RoomSecret()
REFUSED = 'sussurro_relay_refused_total{reason="%s"}'


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return self_signed(tmp_path)


@pytest.fixture
def relay(pair: Pair) -> Iterator[Server]:
    with running_relay(tls_cert=pair.certificate, tls_key=pair.key) as server:
        yield server


def trusting(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certificate)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


def connect(port: int, pair: Pair, receive_buffer: int = 0) -> Member:
    """Return a member whose connection is made, within TLS."""
    member = Member(port, receive_buffer)
    try:
        member.socket = trusting(pair.certificate).wrap_socket(member.socket, server_hostname=HOST)
    except BaseException:
        member.socket.close()
        raise
    return member


def enter(port: int, pair: Pair, receive_buffer: int = 0) -> Member:
    return connect(port, pair, receive_buffer).join(SECRET)


def shown_by(port: int, pair: Pair) -> bytes:
    """Return the certificate that a new connection is shown."""
    with connect(port, pair) as member:
        assert isinstance(member.socket, ssl.SSLSocket)
        shown = member.socket.getpeercert(binary_form=True)
    assert shown is not None
    return shown


# Settings.


def sentence_of(**settings: str) -> str:
    """Return the one line that the program gave up with."""
    with RelayProcess(**settings) as relay:
        code, output, journal = relay.end()
    assert (code, output) == (2, "")
    (line,) = journal.splitlines()
    assert line.endswith(".")
    return line


@pytest.mark.parametrize("given", ["RELAY_TLS_CERT", "RELAY_TLS_KEY"])
def test_one_file_without_the_other_is_refused_and_the_missing_one_named(
    given: str, pair: Pair
) -> None:
    (missing,) = pair.settings.keys() - {given}
    sentence = sentence_of(**{given: pair.settings[given]})
    assert sentence.startswith(f"{missing}: is missing")


@pytest.mark.parametrize("setting", ["RELAY_TLS_CERT", "RELAY_TLS_KEY"])
@pytest.mark.parametrize("content", ["absent", "a folder", "garbage", "empty"])
def test_a_file_that_is_none_is_refused_by_the_setting_and_its_path_is_not_told(
    setting: str, content: str, pair: Pair, tmp_path: Path
) -> None:
    path = tmp_path / "other"
    if content == "a folder":
        path.mkdir()
    elif content != "absent":
        path.write_bytes(b"\0garbage" if content == "garbage" else b"")
    sentence = sentence_of(**pair.settings | {setting: str(path)})
    assert sentence.startswith(f"{setting}: ")
    assert str(path) not in sentence
    assert content != "a folder" or sentence.endswith("cannot be read: Is a directory.")


def test_a_key_of_another_certificate_is_refused(pair: Pair, tmp_path: Path) -> None:
    other = self_signed(tmp_path, "other")
    sentence = sentence_of(**pair.settings | {"RELAY_TLS_KEY": str(other.key)})
    assert sentence == "RELAY_TLS_KEY: does not belong to the certificate in RELAY_TLS_CERT."


def test_a_key_with_a_passphrase_is_refused_and_nobody_is_asked_for_it(pair: Pair) -> None:
    lock(pair.key)
    assert sentence_of(**pair.settings).startswith("RELAY_TLS_KEY: is locked with a passphrase")


def test_the_two_files_the_wrong_way_round_are_refused(pair: Pair) -> None:
    sentence = sentence_of(RELAY_TLS_CERT=str(pair.key), RELAY_TLS_KEY=str(pair.certificate))
    assert sentence.startswith("RELAY_TLS_CERT: holds no certificate")


# Within TLS.


def test_members_talk_within_tls_as_without(relay: Server, pair: Pair) -> None:
    with enter(relay.port, pair) as ana, enter(relay.port, pair) as bia:
        ana.send(tokens(range(3)))
        assert bia.hear(Chunk).lines == tokens(range(3))
        assert ana.hear(Ack).count == 3
        bia.say(Leave())
        assert bia.hear_rest()[-1] == Bye(Reason.LEFT)
        assert ana.hear(Gone).reason == Reason.LEFT


def test_the_end_is_told_within_tls_too_so_that_nobody_can_feign_it(
    relay: Server, pair: Pair
) -> None:
    member = Member(relay.port)
    with member:
        member.socket = trusting(pair.certificate).wrap_socket(
            member.socket, server_hostname=HOST, suppress_ragged_eofs=False
        )
        member.join(SECRET).say(Leave())
        assert member.hear_rest()[-1] == Bye(Reason.LEFT)


def test_tls_1_2_is_refused_and_counted(relay: Server, pair: Pair) -> None:
    context = ssl.create_default_context(cafile=pair.certificate)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with Member(relay.port) as member, pytest.raises(ssl.SSLError, match="PROTOCOL_VERSION"):
        context.wrap_socket(member.socket, server_hostname=HOST)
    until(lambda: figures(relay.metrics_port)[REFUSED % "tls"] == 1)
    assert figures(relay.metrics_port)["sussurro_relay_connections"] == 0


@pytest.mark.parametrize(
    "words", [b"JOIN me please\n", b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\xff"]
)
def test_words_without_tls_end_the_connection_and_are_counted(
    relay: Server, pair: Pair, words: bytes
) -> None:
    with Member(relay.port) as member:
        member.socket.sendall(words)
        if words.startswith(b"\x16"):  # the header of a record that is too long, and its end
            member.socket.sendall(b"\xff" + b"x" * 100)
        with suppress(ConnectionResetError):
            assert b"SUSSURRO" not in member.socket.recv(100)
    until(lambda: figures(relay.metrics_port)[REFUSED % "tls"] == 1)
    with enter(relay.port, pair) as ana:
        ana.send(token(1))
        assert ana.hear(Ack).count == 1


def client_hello(pair: Pair) -> bytes:
    outgoing = ssl.MemoryBIO()
    shaking = trusting(pair.certificate).wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=HOST)
    with suppress(ssl.SSLWantReadError):
        shaking.do_handshake()
    return outgoing.read()


@pytest.mark.parametrize("part", ["nothing", "half", "all and no more"])
def test_half_a_handshake_goes_by_the_deadline_and_holds_nobody_up(part: str, pair: Pair) -> None:
    hello = client_hello(pair)
    said = {"nothing": b"", "half": hello[: len(hello) // 2], "all and no more": hello}[part]
    with (
        running_relay(tls_cert=pair.certificate, tls_key=pair.key, handshake_seconds=0.5) as relay,
        enter(relay.port, pair) as ana,
        Member(relay.port) as silent,
    ):
        silent.socket.sendall(said)
        since = time.monotonic()
        ana.send(token(1))
        assert ana.hear(Ack).count == 1
        assert time.monotonic() - since < 0.5
        heard = bytearray()
        with suppress(ConnectionResetError):
            while data := silent.socket.recv(4096):
                heard += data
        assert 0.4 < time.monotonic() - since < 5
        assert figures(relay.metrics_port)[REFUSED % Reason.HANDSHAKE_TIMEOUT] == 1
        if part == "nothing":
            assert heard == b"\x15\x03\x03\x00\x02\x02\x28", "an alert, for clients without TLS"
        assert figures(relay.metrics_port)["sussurro_relay_connections"] == 1


def test_the_time_to_join_begins_with_the_connection_and_not_with_the_end_of_the_handshake(
    pair: Pair,
) -> None:
    with (
        running_relay(tls_cert=pair.certificate, tls_key=pair.key, handshake_seconds=2) as relay,
        Member(relay.port) as slow,
    ):
        since = time.monotonic()
        until(lambda: time.monotonic() > since + 1.2)  # a slow handshake is what is tested
        slow.socket = trusting(pair.certificate).wrap_socket(slow.socket, server_hostname=HOST)
        assert slow.hear_rest()[-1] == Bye(Reason.HANDSHAKE_TIMEOUT)
        assert time.monotonic() - since < 3.2, "the deadline, and a tick of a second"


def test_who_is_one_too_many_is_closed_without_a_word(pair: Pair) -> None:
    with (
        running_relay(tls_cert=pair.certificate, tls_key=pair.key, max_connections=1) as relay,
        enter(relay.port, pair),
        Member(relay.port) as second,
    ):
        assert second.socket.recv(100) == b""
        assert figures(relay.metrics_port)[REFUSED % Reason.TOO_MANY_CONNECTIONS] == 1


def test_who_leaves_in_the_middle_of_the_handshake_is_forgotten(relay: Server, pair: Pair) -> None:
    before = descriptors()
    hello = client_hello(pair)
    for number in range(30):
        member = Member(relay.port)
        member.socket.sendall(hello[: number * 10])
        if number % 2:
            member.reset()
        else:
            member.socket.close()
    until(lambda: figures(relay.metrics_port)["sussurro_relay_connections"] == 0)
    until(lambda: descriptors() <= before)


def test_what_tls_costs_in_memory_is_charged_from_the_first_byte_and_given_back(
    relay: Server, pair: Pair
) -> None:
    held = 'sussurro_relay_memory_bytes{kind="connections"}'
    assert figures(relay.metrics_port)[held] == 0
    with Member(relay.port), Member(relay.port) as half, enter(relay.port, pair):
        half.socket.sendall(client_hello(pair)[:100])
        assert figures(relay.metrics_port)[held] > 3 * TLS_BYTES
    until(lambda: figures(relay.metrics_port)[held] == 0)


def test_who_does_not_finish_a_handshake_has_less_time_where_many_are_connected(
    pair: Pair,
) -> None:
    with (
        running_relay(tls_cert=pair.certificate, tls_key=pair.key, max_connections=2) as relay,
        Member(relay.port) as half,
        enter(relay.port, pair),
    ):
        since = time.monotonic()
        half.socket.sendall(client_hello(pair)[:100])
        with suppress(ConnectionResetError):
            assert half.socket.recv(100) == b""
        assert time.monotonic() - since < 5, "two seconds and a tick, and not ten"


# The fan-out.


def test_twenty_members_with_tiny_buffers_hear_every_byte(relay: Server, pair: Pair) -> None:
    """Records go out in parts: what one member was sent must not show at another's."""
    lines = b"".join(token(number, size=700 + 37 * (number % 50)) for number in range(1500))
    assert len(lines) > 2 * 1024 * 1024
    with ExitStack() as stack, ThreadPoolExecutor(21) as pool:
        ana = stack.enter_context(enter(relay.port, pair))
        others = [
            stack.enter_context(enter(relay.port, pair, receive_buffer=4096)) for _ in range(20)
        ]
        hearing = [pool.submit(other.hear_lines, len(lines)) for other in others]
        ana.send(lines)
        for each in hearing:
            assert each.result(60) == lines
        assert ana.hear(Ack).count > 0


def test_a_stuck_reader_holds_nobody_up_and_hears_all_once_it_reads(pair: Pair) -> None:
    lines = tokens(range(3000), size=1500)
    with (
        running_relay(tls_cert=pair.certificate, tls_key=pair.key, io_threads=1) as relay,
        enter(relay.port, pair) as ana,
        enter(relay.port, pair, receive_buffer=4096) as stuck,
        enter(relay.port, pair) as bia,
        ThreadPoolExecutor(1) as pool,
    ):
        sending = pool.submit(ana.send, lines)
        assert bia.hear_lines(len(lines)) == lines
        sending.result(DEADLINE)
        assert stuck.hear_lines(len(lines)) == lines


def test_a_transport_tells_what_has_gone_out_though_the_rest_has_not(pair: Pair) -> None:
    """A slow reader moves; only so is it told from one that is stuck."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    lines = tokens(range(1000), size=1000)
    ours, theirs = socket.socketpair()
    with ours, theirs, ThreadPoolExecutor(1) as pool:
        client = pool.submit(trusting(pair.certificate).wrap_socket, theirs, server_hostname=HOST)
        with context.wrap_socket(ours, server_side=True) as served, client.result(20) as reader:
            served.setblocking(False)
            transport = TlsTransport(served)
            sizes = [transport.send(lines)]
            assert 0 < sizes[0] < len(lines)
            with pytest.raises(BlockingIOError):
                transport.send(memoryview(lines)[sizes[0] :])
            heard = bytearray(reader.recv(64 * 1024))
            while (sent := sum(sizes)) < len(lines):
                with suppress(BlockingIOError):
                    sizes.append(transport.send(bytes(lines[sent:])))
                heard += reader.recv(64 * 1024)
            while len(heard) < len(lines):
                heard += reader.recv(64 * 1024)
            assert heard == lines


def test_large_chunks_stay_large_within_tls(relay: Server, pair: Pair) -> None:
    """A record carries 16 KiB; a turn reads on, so that the fan-out has as few calls as without."""
    lines = tokens(range(4000), size=1000)
    with enter(relay.port, pair) as ana, enter(relay.port, pair) as bia:
        first = bia.welcome.next_seq
        with ThreadPoolExecutor(1) as pool:
            sending = pool.submit(ana.send, lines)
            assert bia.hear_lines(len(lines)) == lines
            sending.result(DEADLINE)
        until(lambda: ana.hear(Ack).seq >= bia.seq)
        chunks = bia.seq - first + 1
    assert chunks < len(lines) / (16 * 1024) * 0.75, f"{chunks} chunks"


# Drain and renewal.


def test_draining_says_goodbye_within_tls_and_drops_who_is_not_in_yet(pair: Pair) -> None:
    with RelayProcess(**pair.settings) as relay:
        port = relay.listening()["port"]
        with enter(port, pair) as ana, Member(port) as silent:
            ana.send(token(1))
            assert ana.hear(Ack).count == 1
            relay.process.terminate()
            assert ana.hear_rest()[-1] == Bye(Reason.DRAIN, 0)
            with suppress(ConnectionResetError):
                assert silent.socket.recv(100) == b""
        code, _, journal = relay.end()
    assert code == 0
    assert json.loads(journal.splitlines()[-1])["in_time"] is True


def test_who_is_still_sending_when_the_relay_drains_hears_the_farewell_too(pair: Pair) -> None:
    """What comes after BYE is read and dropped: to close on it would destroy the BYE."""
    with RelayProcess(**pair.settings) as relay:
        port = relay.listening()["port"]
        with enter(port, pair) as ana:
            ana.send(tokens(range(1000), size=1000))
            relay.process.terminate()
            for number in range(20):
                ana.send(tokens(range(100 * number, 100 * number + 100), size=1000))
            assert ana.hear_rest()[-1] == Bye(Reason.DRAIN, 0)
        assert relay.end()[0] == 0


def journal_line(relay: RelayProcess) -> dict[str, str]:
    assert relay.process.stderr is not None
    line: dict[str, str] = json.loads(relay.process.stderr.readline())
    return line


def put_in_place(new: Pair, old: Pair) -> None:
    new.certificate.replace(old.certificate)
    new.key.replace(old.key)


def test_a_renewed_certificate_is_shown_to_newcomers_and_who_is_in_stays_in(
    pair: Pair, tmp_path: Path
) -> None:
    first = pair.der
    with RelayProcess(**pair.settings) as relay:
        port = relay.listening()["port"]
        with enter(port, pair) as ana:
            assert shown_by(port, pair) == first
            put_in_place(self_signed(tmp_path, "renewed"), pair)
            relay.process.send_signal(signal.SIGHUP)
            assert journal_line(relay)["event"] == "tls_reloaded"
            assert shown_by(port, pair) == pair.der != first
            with enter(port, pair) as bia:
                ana.send(token(1))
                assert bia.hear(Chunk).lines == token(1)


def test_a_bad_renewal_is_refused_with_a_line_and_the_old_one_kept_and_a_good_one_taken_after(
    pair: Pair, tmp_path: Path
) -> None:
    first = pair.der
    with RelayProcess(**pair.settings) as relay:
        port = relay.listening()["port"]
        old_certificate = pair.certificate.read_bytes()
        renewed = self_signed(tmp_path, "renewed")
        pair.certificate.write_bytes(renewed.certificate.read_bytes())
        relay.process.send_signal(signal.SIGHUP)
        line = journal_line(relay)
        assert (line["event"], line["level"]) == ("tls_reload_failed", "warning")
        assert "RELAY_TLS_KEY" in line["why"]
        assert str(tmp_path) not in line["why"]
        old = tmp_path / "old.crt"
        old.write_bytes(old_certificate)
        assert shown_by(port, Pair(old, pair.key)) == first
        put_in_place(renewed, pair)
        relay.process.send_signal(signal.SIGHUP)
        assert journal_line(relay)["event"] == "tls_reloaded"
        assert shown_by(port, pair) == pair.der != first


def test_without_tls_the_signal_is_harmless() -> None:
    with RelayProcess() as relay:
        port = relay.listening()["port"]
        with Member(port).join(SECRET) as ana:
            for _ in range(3):
                relay.process.send_signal(signal.SIGHUP)
                assert journal_line(relay)["event"] == "tls_reload_ignored"
            ana.send(token(1))
            assert ana.hear(Ack).count == 1
        relay.process.terminate()
        assert relay.end()[0] == 0


def test_the_relay_does_not_spin_after_a_signal_or_while_a_handshake_waits(pair: Pair) -> None:
    with RelayProcess(**pair.settings) as relay:
        port = relay.listening()["port"]
        with socket.create_connection((HOST, port)) as waiting:
            waiting.sendall(client_hello(pair)[:50])
            relay.process.send_signal(signal.SIGHUP)
            assert journal_line(relay)["event"] == "tls_reloaded"
            before, until_then = spent(relay.process.pid), time.monotonic() + 1.0
            until(lambda: time.monotonic() > until_then)  # idle time is what is measured
            assert spent(relay.process.pid) - before < 0.3


def spent(pid: int) -> float:
    """Return the seconds of a processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
