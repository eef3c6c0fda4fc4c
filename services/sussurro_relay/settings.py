"""RELAY_*: every setting of the relay, from the environment, ``.env`` or options."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from sussurro_wire.errors import WireError
from sussurro_wire.limits import MAX_LINE
from sussurro_wire.room import public_key_of

Port = Annotated[int, Field(ge=0, le=65535)]
# What the system's clocks, SQLite and a float can all take; nobody means more.
_MOST, _LONGEST = 2**53, 24 * 3600
Natural = Annotated[int, Field(ge=0, le=_MOST)]
Positive = Annotated[int, Field(gt=0, le=_MOST)]
Seconds = Annotated[float, Field(gt=0, le=_LONGEST)]

_MEMORY, _SQLITE, _NATS = "memory:", "sqlite:///", "nats://"
_MIB = 1024 * 1024


class RelaySettings(BaseSettings):
    """Run a Sussurro relay. Each option is also RELAY_<OPTION> in the environment or .env."""

    model_config = SettingsConfigDict(
        env_prefix="RELAY_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        cli_prog_name="sussurro-relay",
        cli_kebab_case=True,
    )

    host: str = Field("0.0.0.0", description="address to listen on for members")  # noqa: S104 - it is a server
    port: Port = Field(5454, description="port to listen on for members")
    metrics_host: str = Field("0.0.0.0", description="address of the metrics and health server")  # noqa: S104 - as host
    metrics_port: Port = Field(9454, description="port of /metrics, /livez and /readyz")
    log: str = Field(
        _MEMORY,
        description="where rooms' logs are kept: memory:, sqlite:///path/of/a/file, or "
        "nats://host:4222 (more servers of a cluster after commas)",
    )
    nats_replicas: Annotated[int, Field(ge=1, le=5)] = Field(
        1, description="servers of a NATS cluster that keep each message"
    )
    sync: Literal["normal", "full"] = Field(
        "normal", description="what a kept message survives: normal, the process; full, a power cut"
    )
    retention_seconds: Natural = Field(
        30 * 24 * 3600, description="how long sqlite and nats keep messages; 0: for ever"
    )
    retention_room_bytes: Natural = Field(
        256 * _MIB, description="bytes of one room that sqlite keeps; 0: any number"
    )
    retention_bytes: Natural = Field(
        2048 * _MIB, description="bytes of all rooms that sqlite and nats keep; 0: any number"
    )
    window_bytes: Positive = Field(8 * _MIB, description="newest bytes of each room kept in memory")
    memory_limit: Annotated[int, Field(ge=16 * _MIB, le=_MOST)] = Field(
        256 * _MIB, description="bytes held for all rooms and connections together, 16 MiB at least"
    )
    io_threads: Annotated[int, Field(ge=1, le=64)] = Field(
        2, description="threads that serve members"
    )
    tls_cert: Path | None = Field(
        None, description="file of the certificate (PEM) for TLS; empty: no TLS"
    )
    tls_key: Path | None = Field(
        None, description="file of the certificate's private key (PEM), without a passphrase"
    )
    rooms: Annotated[frozenset[str], NoDecode] = Field(
        frozenset(), description="room ids to serve, separated by commas; empty: every room"
    )
    trusted_proxies: Annotated[frozenset[IPv4Network | IPv6Network], NoDecode] = Field(
        frozenset(),
        description="addresses and networks of proxies that send PROXY v2 headers; empty: none",
    )
    max_connections: Positive = Field(10_000, description="connections in all")
    max_connections_per_address: Positive = Field(1_000, description="connections from one address")
    max_line_bytes: Annotated[int, Field(ge=1024, le=MAX_LINE)] = Field(
        MAX_LINE, description="longest line that is taken"
    )
    rate_bytes: Natural = Field(
        0, description="bytes a second read from one member; 0: as fast as it sends"
    )
    handshake_seconds: Seconds = Field(10.0, description="time to join after connecting")
    heartbeat_seconds: Seconds = Field(20.0, description="silence before a PING; twice that: gone")
    peer_heartbeat_seconds: Annotated[float, Field(ge=0.1, le=60)] = Field(
        2.0, description="how often relays of a cluster give each other a sign of life"
    )
    presence_limit: Natural = Field(
        200, description="members up to which arrivals are told one by one"
    )
    count_seconds: Seconds = Field(5.0, description="how often larger rooms are told their count")
    drain_seconds: Seconds = Field(5.0, description="time to say BYE to everybody at SIGTERM")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="what is written to the journal on stderr"
    )

    @field_validator("rooms", mode="before")
    @classmethod
    def _split_rooms(cls, value: object) -> object:
        return value.replace(",", " ").split() if isinstance(value, str) else value

    @field_validator("rooms")
    @classmethod
    def _check_rooms(cls, rooms: frozenset[str]) -> frozenset[str]:
        for room in rooms:
            try:
                public_key_of(room)
            except WireError:
                raise ValueError("each must be a room id, as 'sussurro room' prints it") from None
        return rooms

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _read_networks(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            return frozenset(ip_network(each) for each in value.replace(",", " ").split())
        except ValueError:
            raise ValueError(
                "each must be an address or a network, as in 192.0.2.7 or 10.0.0.0/8"
            ) from None

    @field_validator("log")
    @classmethod
    def _check_log(cls, log: str) -> str:
        is_file = log.startswith(_SQLITE) and len(log) > len(_SQLITE)
        if log != _MEMORY and not is_file and not all(map(_is_server, log.split(","))):
            raise ValueError(
                "must be memory:, a file, as in sqlite:///var/lib/sussurro/log.db, or servers, "
                "as in nats://one:4222,nats://two:4222"
            )
        return log

    @property
    def log_path(self) -> Path | None:
        """The log's file, from the root on; None where it is kept elsewhere."""
        is_file = self.log.startswith(_SQLITE)
        return Path("/", self.log.removeprefix(_SQLITE)) if is_file else None

    @property
    def nats_servers(self) -> tuple[str, ...]:
        """The servers that keep the log; empty where it is kept elsewhere."""
        return tuple(self.log.split(",")) if self.log.startswith(_NATS) else ()


def _is_server(url: str) -> bool:
    parts = urlsplit(url)
    try:
        return parts.scheme == "nats" and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none
        return False
