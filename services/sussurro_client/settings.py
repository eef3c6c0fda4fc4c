"""SUSSURRO_*: every setting of the client, from the environment, ``.env`` or options."""

from pathlib import Path
from typing import Annotated

import platformdirs
from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field
from pydantic_settings import (
    BaseSettings,
    CliImplicitFlag,
    CliPositionalArg,
    NoDecode,
    SettingsConfigDict,
)

from sussurro_client.names import name_flaw
from sussurro_client.session import Address

DEFAULT_PORT = 5454
_KEY = Path("key.key")


def _parse_address(value: object) -> object:
    """Return HOST, HOST:PORT, [V6] or [V6]:PORT as an Address."""
    if not isinstance(value, str):
        return value
    host, colon, port = value.rpartition(":")
    is_bare_v6 = ":" in host and not value.startswith("[")
    if not colon or "]" in port or is_bare_v6:
        host, port = value, str(DEFAULT_PORT)
    host = host.removeprefix("[").removesuffix("]")
    try:
        host.encode("idna")  # as the system will, and some names cannot be
    except UnicodeError:
        host = ""
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError("must be HOST or HOST:PORT")
    return Address(host, int(port))


def _check_name(name: str) -> str:
    name = name.strip()
    flaw = name_flaw(name) if name else None
    if flaw is not None:
        raise ValueError(flaw)
    return name


RelayAddress = Annotated[Address, NoDecode, BeforeValidator(_parse_address)]
Name = Annotated[str, AfterValidator(_check_name)]


def _state_folder() -> Path:
    return platformdirs.user_data_path("sussurro")


class _Settings(BaseSettings):
    """What every command has; the class only holds the configuration and the common fields."""

    model_config = SettingsConfigDict(
        env_prefix="SUSSURRO_",
        env_prefix_target="all",  # SUSSURRO_JSON and not JSON, for the options with an alias
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        cli_kebab_case=True,
        arbitrary_types_allowed=True,
    )

    lang: str = Field("", description="language: en or pt_BR; empty: as the system speaks")


class KeygenSettings(_Settings):
    """Make a new key file, readable by you alone; nothing is ever overwritten."""

    path: CliPositionalArg[Path] = Field(_KEY, description="where the key goes")


class RoomSettings(_Settings):
    """Show which room a key opens: its id and fingerprint, never the key."""

    key: Path = Field(_KEY, description="the room's key file")


class _MemberSettings(_Settings):
    relay: RelayAddress = Field(
        Address("localhost", DEFAULT_PORT), description="the relay, as HOST or HOST:PORT"
    )
    key: Path = Field(_KEY, description="the room's key file")
    name: Name = Field("", description="your name in the room; empty: you are asked")
    state: Path = Field(
        default_factory=_state_folder,
        description="folder of your identity (default: the platform's)",
    )
    heartbeat_seconds: Annotated[float, Field(gt=0)] = Field(
        20.0, description="silence after which the relay is asked for a sign of life"
    )
    leave_seconds: Annotated[float, Field(ge=0)] = Field(
        10.0, description="how long leaving waits for what is not acknowledged"
    )


class SendSettings(_MemberSettings):
    """Send one message, from the argument or from stdin; exit 0 once the relay has kept it."""

    text: CliPositionalArg[str | None] = Field(
        None, description="the message; none: read from stdin"
    )


class ChatSettings(_MemberSettings):
    """Talk in a room. In a terminal as an app; with a pipe, line by line."""

    plain: CliImplicitFlag[bool] = Field(
        default=False,
        validation_alias=AliasChoices("plain"),
        description="line by line, for people",
    )
    history: Annotated[int, Field(ge=0, le=10_000)] = Field(
        100, description="how many earlier messages to show at the start"
    )
    json_lines: CliImplicitFlag[bool] = Field(
        default=False,
        validation_alias=AliasChoices("json"),
        description="line by line, for programs",
    )
    attached: CliImplicitFlag[bool] = Field(
        default=False, description="the terminal comes and goes, as in a container"
    )
