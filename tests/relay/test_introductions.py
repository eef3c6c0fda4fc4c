import json
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from sussurro_relay.proxy_header import MOST_BYTES
from sussurro_relay.server import Server
from sussurro_wire.chunk import Chunk
from sussurro_wire.errors import Reason
from sussurro_wire.messages import Ack, Bye, Hello
from tests.relay.test_tls import trusting
from tests.support.certificates import self_signed
from tests.support.proxy import LOCAL, UNSPECIFIED, header_for, raw_header, tlv
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
    until,
)

SECRET = RoomSecret()
REFUSED = 'sussurro_relay_refused_total{reason="%s"}'
HERE = frozenset({ip_network("127.0.0.0/8")})
ANA, BIA = "198.51.100.7", "2001:db8::9"


@contextmanager
def relay_behind_a_proxy(**settings: Any) -> Iterator[Server]:
    with running_relay(trusted_proxies=HERE, **settings) as relay:
        yield relay


def call(port: int, header: bytes) -> Member:
    """Return a member for whom a proxy has called."""
    member = Member(port)
    member.socket.sendall(header)
    return member


def refused(relay: Server, reason: str) -> float:
    return figures(relay.metrics_port)[REFUSED % reason]


def connections(relay: Server) -> float:
    return figures(relay.metrics_port)["sussurro_relay_connections"]


def test_two_for_whom_a_proxy_calls_talk() -> None:
    with (
        relay_behind_a_proxy() as relay,
        call(relay.port, header_for(ANA, tlv(4, b"x" * 500))).join(SECRET) as ana,
        call(relay.port, header_for(BIA)).join(SECRET) as bia,
    ):
        ana.send(token(1))
        assert bia.hear(Chunk).lines == token(1)
        assert ana.hear(Ack).count == 1


def test_nothing_is_said_before_the_header_and_it_may_come_byte_by_byte() -> None:
    with relay_behind_a_proxy() as relay, Member(relay.port) as ana:
        ana.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        until(lambda: connections(relay) == 1)
        ana.socket.setblocking(False)
        header = header_for(ANA)
        for byte in header:
            with pytest.raises(BlockingIOError):
                ana.socket.recv(1)
            ana.socket.send(bytes([byte]))
        ana.socket.settimeout(DEADLINE)
        ana.join(SECRET)


def test_what_follows_the_header_in_the_same_packet_is_heard() -> None:
    with relay_behind_a_proxy() as relay, call(relay.port, header_for(ANA) + b"WHO\n") as ana:
        ana.hear_next(Hello)
        assert ana.hear_next(Bye).reason == Reason.UNEXPECTED


def test_the_limit_per_address_counts_the_callers_and_not_the_proxy() -> None:
    with (
        relay_behind_a_proxy(max_connections_per_address=1) as relay,
        call(relay.port, header_for(ANA)).join(SECRET) as ana,
        call(relay.port, header_for(BIA)).join(SECRET),
    ):
        with call(relay.port, header_for(ANA)) as again:
            assert again.hear_rest() == [Bye(Reason.TOO_MANY_FROM_ADDRESS)]
        assert refused(relay, Reason.TOO_MANY_FROM_ADDRESS) == 1
        ana.socket.close()
        until(lambda: connections(relay) == 1)
        call(relay.port, header_for(ANA)).join(SECRET).socket.close()


def test_the_proxy_itself_may_call_as_often_as_it_likes() -> None:
    """Its health checks say LOCAL: there is nobody whose limit they could be."""
    local = raw_header(LOCAL, UNSPECIFIED, b"")
    with (
        relay_behind_a_proxy(max_connections_per_address=1) as relay,
        call(relay.port, local).join(SECRET),
        call(relay.port, local).join(SECRET),
        Member(relay.port),
        Member(relay.port),
    ):
        until(lambda: connections(relay) == 4)


def test_the_limit_in_all_counts_who_has_not_said_whose_it_is() -> None:
    with relay_behind_a_proxy(max_connections=1) as relay, Member(relay.port):
        until(lambda: connections(relay) == 1)
        with Member(relay.port) as second:
            assert second.hear_rest() == [Bye(Reason.TOO_MANY_CONNECTIONS)]


def test_from_anybody_else_a_header_is_a_bad_line() -> None:
    elsewhere = frozenset({ip_network("192.0.2.0/24")})
    for proxies in (frozenset(), elsewhere):
        with (
            running_relay(trusted_proxies=proxies, max_connections_per_address=1) as relay,
            call(relay.port, header_for(ANA)) as ana,
        ):
            ana.hear_next(Hello)
            assert ana.hear_next(Bye).reason == Reason.MALFORMED
            assert refused(relay, "proxy") == 0


@pytest.mark.parametrize(
    "data",
    [b"PROXY TCP4 198.51.100.7 192.0.2.1 40000 5454\r\n", b"JOIN ", b"\x16\x03\x01\x02\0\x01"],
)
def test_a_proxy_that_sends_no_header_of_version_two_is_cut_off_and_counted(data: bytes) -> None:
    with relay_behind_a_proxy() as relay, call(relay.port, data) as ana:
        with suppress(ConnectionResetError):
            assert ana.socket.recv(100) == b""
        until(lambda: refused(relay, "proxy") == 1)
        until(lambda: connections(relay) == 0)


def test_the_journal_tells_of_bad_headers_once_and_of_nobodys_address() -> None:
    with RelayProcess(RELAY_TRUSTED_PROXIES="127.0.0.0/8", RELAY_IO_THREADS="1") as process:
        facts = process.listening()
        for _ in range(3):
            call(facts["port"], b"PROXY TCP4 198.51.100.7 ").socket.close()
        until(lambda: figures(facts["metrics_port"])[REFUSED % "proxy"] == 3)
        process.process.terminate()
        code, _, journal = process.end()
    lines = [json.loads(line) for line in journal.splitlines()]
    told = [line for line in lines if line["event"] == "proxy_header_refused"]
    assert code == 0
    assert [line["level"] for line in told] == ["warning"]
    assert "version 2" in told[0]["why"]
    assert "198.51" not in journal
    assert "127.0.0.1" not in journal


def test_a_header_that_does_not_come_whole_ends_with_the_time_to_join() -> None:
    with relay_behind_a_proxy(handshake_seconds=1.0) as relay:
        since = time.monotonic()
        with call(relay.port, header_for(ANA)[:20]) as slow, Member(relay.port) as silent:
            for each in (slow, silent):
                with suppress(ConnectionResetError):
                    assert each.socket.recv(100) == b""
            assert time.monotonic() - since < 3.2, "the deadline, and a tick of a second"
        assert refused(relay, Reason.HANDSHAKE_TIMEOUT) == 2


def test_the_time_to_join_begins_before_the_header() -> None:
    with relay_behind_a_proxy(handshake_seconds=2.0) as relay, Member(relay.port) as late:
        since = time.monotonic()
        until(lambda: time.monotonic() > since + 1.0)  # the header is what comes late
        late.socket.sendall(header_for(ANA))
        late.hear_next(Hello)
        assert late.hear_rest() == [Bye(Reason.HANDSHAKE_TIMEOUT)]
        assert time.monotonic() - since < 4.2


def test_who_leaves_before_or_within_the_header_is_forgotten() -> None:
    with relay_behind_a_proxy() as relay:
        held = 'sussurro_relay_memory_bytes{kind="connections"}'
        before, header = descriptors(), header_for(ANA)
        with Member(relay.port):
            until(lambda: figures(relay.metrics_port)[held] == MOST_BYTES)
        for number in range(len(header)):
            member = call(relay.port, header[:number])
            if number % 2:
                linger = struct.pack("ii", 1, 0)
                member.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            member.socket.close()
        until(lambda: connections(relay) == 0)
        until(lambda: descriptors() <= before)
        assert figures(relay.metrics_port)[held] == 0
        assert refused(relay, "proxy") == 0


def test_draining_closes_who_has_not_said_whose_it_is() -> None:
    with relay_behind_a_proxy() as relay, Member(relay.port) as silent:
        until(lambda: connections(relay) == 1)
        relay.request_drain()
        with suppress(ConnectionResetError):
            assert silent.socket.recv(100) == b""


# Within TLS: the header comes first, in clear.


def test_the_handshake_follows_the_header_and_limits_hold_without_a_word(tmp_path: Path) -> None:
    pair = self_signed(tmp_path)
    settings = {"tls_cert": pair.certificate, "tls_key": pair.key}
    with (
        relay_behind_a_proxy(**settings, max_connections_per_address=1) as relay,
        call(relay.port, header_for(ANA)) as ana,
        call(relay.port, header_for(BIA)) as bia,
    ):
        for member in (ana, bia):
            context = trusting(pair.certificate)
            member.socket = context.wrap_socket(member.socket, server_hostname=HOST)
            member.join(SECRET)
        ana.send(token(1))
        assert bia.hear(Chunk).lines == token(1)
        with call(relay.port, header_for(ANA)) as again:
            assert again.socket.recv(100) == b""
        assert refused(relay, Reason.TOO_MANY_FROM_ADDRESS) == 1
