"""What people would use instead, each with the settings under which it is at its best here.

No limit cuts off a slow reader, nothing is kept on disk, nobody hears an echo where
that can be had. Each is installed from the Debian package of its name.
"""

import socket
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks import handshakes
from benchmarks.contenders import Contender, Place, Running
from benchmarks.load import Form
from benchmarks.processes import family, find, running
from benchmarks.sockets import connect, free_port

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


def _peer(
    command: str,
    configuration: str,
    join: Callable[[socket.socket, Place], None],
    form: Callable[[int], Form],
) -> Contender:
    package = command.split(maxsplit=1)[0]

    @contextmanager
    def run(rooms: int) -> Iterator[Running]:
        if rooms != 1:
            raise ValueError(f"{package} is compared in one room only")
        port = free_port()
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o755)  # some of them change their user
            config = Path(folder, "configuration")
            config.write_text(configuration.format(port=port))
            with running(command.format(config=config).split(), port) as process:

                def enter(places: Sequence[Place]) -> list[socket.socket]:
                    members = []
                    for place in places:
                        members.append(connect(port))
                        join(members[-1], place)
                    return members

                yield Running(family(process.pid), port, enter, form)

    name = package.removesuffix("-server")
    return Contender(name, run, package, is_missing=find(package) is None)


PEERS: Sequence[Contender] = (
    _peer("redis-server {config}", _REDIS, handshakes.join_redis, handshakes.form_redis),
    _peer("nats-server -c {config}", _NATS, handshakes.join_nats, handshakes.form_nats),
    _peer("mosquitto -c {config}", _MOSQUITTO, handshakes.join_mqtt, handshakes.form_mqtt),
    _peer("ngircd -n -f {config}", _NGIRCD, handshakes.join_irc, handshakes.form_irc),
)
