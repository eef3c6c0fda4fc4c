"""The relays that are compared: how each is started, joined and spoken to.

Ours comes with everything on. The others get the settings under which they are
at their best here: no limit that cuts off a slow reader, nothing kept on disk.
"""

import base64
import os
import resource
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from cryptography.fernet import Fernet

from benchmarks.build import program
from benchmarks.load import Form
from sussurro_client.key import RoomKey
from tests.support.programs import Relay, running_relay

HOST = "127.0.0.1"
_SECONDS = 30.0
_NAME_OF_ROOM = b"room"
# As long as the card of a real member: a name, an identity and a key to wrap secrets with.
_CARD_BYTES = 1488


@dataclass(frozen=True, slots=True)
class Running:
    """A relay that runs: its processes, and how to speak with it."""

    processes: tuple[int, ...]
    join: Callable[[int, bool], socket.socket]  # the room's number, whether it will speak
    form: Callable[[int], Form]
    metrics_port: int | None = None


@dataclass(frozen=True, slots=True)
class Contender:
    """One relay. ``run`` starts it for so many rooms and stops it again."""

    name: str
    run: Callable[[int], "Iterator[Running]"]
    missing: Callable[[], str] = field(default=lambda: "")  # what there is none of here; empty: all

    @contextmanager
    def running(self, rooms: int = 1) -> Iterator[Running]:
        """Run it, for as long as it is needed."""
        yield from self.run(rooms)


# --- ours ---


@cache
def _key(room: int) -> RoomKey:
    del room  # only the cache's
    return RoomKey.from_text(Fernet.generate_key().decode())


@cache
def _cards() -> Fernet:
    return Fernet(Fernet.generate_key())


def join_sussurro(port: int, room: int) -> socket.socket:
    """Join as a client does: read the nonce, prove that the key is held, wait for WELCOME."""
    key, member = _key(room), _connect(port)
    nonce = _read_until(member, b"\n").decode().split()[2]
    card = _cards().encrypt(os.urandom(_CARD_BYTES)).decode()
    member.sendall(f"JOIN {key.room} {key.prove(nonce, card)} {card}\n".encode())
    _read_until(member, b"WELCOME", b"\n")
    return member


def sussurro(name: str, *, log: str = "memory:", **settings: str) -> Contender:
    """Return our relay; ``{folder}`` in ``log`` is a folder of its own."""

    def run(_rooms: int) -> Iterator[Running]:
        with tempfile.TemporaryDirectory() as folder:
            every = {
                "RELAY_LOG": log.format(folder=folder),
                "RELAY_MAX_CONNECTIONS": "20000",
                "RELAY_MAX_CONNECTIONS_PER_ADDRESS": "20000",
                **settings,
            }
            with running_relay(Path(folder), **every) as relay:
                yield _of_relay(relay)

    return Contender(name, run)


def _of_relay(relay: Relay) -> Running:
    return Running(
        (relay.process.pid,),
        lambda room, _speaks: join_sussurro(relay.port, room),
        Form,
        relay.metrics_port,
    )


# --- the others ---


def _command(
    name: str,
    command: str,
    join: Callable[[socket.socket, bool], None],
    form: Callable[[int], Form],
    configuration: str = "",
) -> Contender:
    def missing() -> str:
        name_of_program = command.split(maxsplit=1)[0]
        return "" if shutil.which(name_of_program, path=_PATH) else name_of_program

    def run(rooms: int) -> Iterator[Running]:
        if rooms != 1:
            raise ValueError(f"{name} is compared in one room only")
        port = _free_port()
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o755)  # some of them change their user
            config = Path(folder, "configuration")
            config.write_text(configuration.format(port=port))
            words = command.format(port=port, config=config, folder=folder).split()
            with _process(words, port) as process:
                yield Running(
                    _family(process.pid), lambda _room, speaks: _joined(port, join, speaks), form
                )

    return Contender(name, run, missing)


_PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


def _joined(
    port: int,
    join: Callable[[socket.socket, bool], None],
    speaks: bool,  # noqa: FBT001
) -> socket.socket:
    member = _connect(port)
    join(member, speaks)
    return member


def _run_plain(rooms: int) -> Iterator[Running]:
    port = _free_port(rooms)
    with _process([str(program("plain_relay")), str(port), str(rooms)], port) as process:
        yield Running(_family(process.pid), lambda room, _speaks: _connect(port + room), Form)


def _join_redis(member: socket.socket, speaks: bool) -> None:  # noqa: FBT001
    if not speaks:
        member.sendall(b"SUBSCRIBE room\r\n")
        _read_until(member, b":1\r\n")


def _form_redis(size: int) -> Form:
    prefix = b"*3\r\n$7\r\nPUBLISH\r\n$4\r\nroom\r\n$%d\r\n" % size
    return Form(size, prefix, b"\r\n")


def _join_nats(member: socket.socket, speaks: bool) -> None:  # noqa: FBT001
    member.sendall(b'CONNECT {"verbose":false,"pedantic":false,"echo":false}\r\n')
    if not speaks:
        member.sendall(b"SUB room 1\r\n")
    member.sendall(b"PING\r\n")
    _read_until(member, b"PONG\r\n")


def _form_nats(size: int) -> Form:
    return Form(size, b"PUB room %d\r\n" % size, b"\r\n")


def _join_mqtt(member: socket.socket, speaks: bool) -> None:  # noqa: FBT001
    name = base64.b32encode(os.urandom(10))
    body = b"\0\4MQTT\4\2\0\0" + len(name).to_bytes(2, "big") + name  # 3.1.1, clean, no keep-alive
    member.sendall(b"\x10" + _mqtt_length(len(body)) + body)
    _read_until(member, b"\x20\x02\0\0")
    if not speaks:
        topic = len(_NAME_OF_ROOM).to_bytes(2, "big") + _NAME_OF_ROOM
        body = b"\0\1" + topic + b"\0"  # at most once
        member.sendall(b"\x82" + _mqtt_length(len(body)) + body)
        _read_until(member, b"\x90\x03\0\1\0")


def _form_mqtt(size: int) -> Form:
    topic = len(_NAME_OF_ROOM).to_bytes(2, "big") + _NAME_OF_ROOM
    # The line feed that ends the message is a part of what is published.
    return Form(size, b"\x30" + _mqtt_length(len(topic) + size + 1) + topic, b"\n")


def _mqtt_length(size: int) -> bytes:
    """Return a length as MQTT 3.1.1, section 2.2.3, writes it: seven bits a byte, lowest first."""
    digits = bytearray()
    while size >= 128:
        digits.append(size % 128 | 128)
        size //= 128
    digits.append(size)
    return bytes(digits)


def _join_irc(member: socket.socket, speaks: bool) -> None:  # noqa: FBT001
    del speaks  # whoever speaks in a channel has to be in it
    nick = base64.b32encode(os.urandom(5))
    member.sendall(b"NICK n" + nick + b"\r\nUSER n 0 * :n\r\n")
    heard = b""
    while b" 376 " not in heard and b" 422 " not in heard:  # the message of the day has ended
        heard += _read(member)
        if b"PING :" in heard:
            member.sendall(b"PONG :" + heard.rsplit(b"PING :", 1)[1].split(b"\r\n")[0] + b"\r\n")
            heard = b""
    member.sendall(b"JOIN #room\r\n")
    _read_until(member, b" 366 ")


def _form_irc(size: int) -> Form:
    return Form(size, b"PRIVMSG #room :", b"\r\n")


_REDIS = """bind 127.0.0.1
port {port}
save ""
appendonly no
maxclients 15000
tcp-backlog 4096
client-output-buffer-limit pubsub 0 0 0
"""
_MOSQUITTO = """listener {port} 127.0.0.1
allow_anonymous true
max_connections -1
max_queued_messages 0
max_queued_bytes 0
set_tcp_nodelay true
persistence false
log_dest none
"""
_NATS = """host: 127.0.0.1
port: {port}
max_connections: 65536
max_pending: 4294967296
write_deadline: "60s"
ping_interval: "10m"
"""
_NGIRCD = """[Global]
Name = irc.example.net
Info = benchmark
Listen = 127.0.0.1
Ports = {port}
MotdPhrase = hello
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxJoins = 0
MaxPenaltyTime = 0
PingTimeout = 3600
PongTimeout = 3600
[Options]
DNS = no
Ident = no
PAM = no
"""

SUSSURRO = sussurro("sussurro")
SUSSURRO_SQLITE = sussurro("sussurro, sqlite", log="sqlite:///{folder}/log.db")
PLAIN = Contender("plain relay in C", _run_plain)
PEERS: Mapping[str, Contender] = {
    contender.name: contender
    for contender in (
        _command("redis", "redis-server {config}", _join_redis, _form_redis, _REDIS),
        _command("nats", "nats-server -c {config}", _join_nats, _form_nats, _NATS),
        _command("mosquitto", "mosquitto -c {config}", _join_mqtt, _form_mqtt, _MOSQUITTO),
        _command("ngircd", "ngircd -n -f {config}", _join_irc, _form_irc, _NGIRCD),
    )
}


# --- sockets and processes ---


def _connect(port: int) -> socket.socket:
    member = socket.create_connection((HOST, port), timeout=_SECONDS)
    member.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return member


def _read(member: socket.socket) -> bytes:
    data = member.recv(65536)
    if not data:
        raise ConnectionError("the relay has closed the connection")
    return data


def _read_until(member: socket.socket, *words: bytes) -> bytes:
    """Read until each of the words has come, one after the other."""
    heard, start = b"", 0
    for word in words:
        while (found := heard.find(word, start)) < 0:
            heard += _read(member)
        start = found + len(word)
    return heard


@contextmanager
def _process(words: list[str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    program_path = shutil.which(words[0], path=_PATH) or words[0]
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(  # noqa: S603 - one of the above
            [program_path, *words[1:]], stdout=complaints, stderr=complaints
        )
        try:
            _wait_for(process, port)
            yield process
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _SECONDS
    while True:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise ConnectionError(f"{process.args!r} does not serve port {port}") from None
            time.sleep(0.02)
        else:
            return


def _family(pid: int) -> tuple[int, ...]:
    """Return a process with its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return (pid, *(other for child in children for other in _family(int(child))))


def _free_port(count: int = 1) -> int:
    """Return the first of ``count`` ports in a row that nobody uses."""
    for first in range(20_000, 32_000, max(count, 7)):
        sockets: list[socket.socket] = []
        try:
            ports = range(first, first + count)
            sockets.extend(socket.create_server((HOST, port)) for port in ports)
        except OSError:
            continue
        else:
            return first
        finally:
            for each in sockets:
                each.close()
    raise OSError(f"there are no {count} ports in a row that nobody uses")


def raise_file_limit() -> int:
    """Allow as many open files as the system lets; return the number."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most
