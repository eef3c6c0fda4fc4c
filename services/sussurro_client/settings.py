"""SUSSURRO_*: every setting of the client, from options, the environment, ``.env`` or a file."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

import platformdirs
from pydantic import (
    AliasChoices,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    CliImplicitFlag,
    CliPositionalArg,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from sussurro_client.address import Address
from sussurro_client.setting_values import (
    DEFAULT_PORT,
    FileLimit,
    KeyPaths,
    LocalPath,
    Name,
    RelayAddress,
    ThemeName,
    TlsAuthority,
    TlsPin,
)
from sussurro_client.settings_file import FileSource, Origin, default_path
from sussurro_client.trust import Trust
from sussurro_client.wishes import Notify, Way, Wishes

_KEY = Path("key.key")
_LONGEST = 24 * 3600  # seconds: nobody means more, and the system's clocks do not take any number


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
    config: LocalPath | None = Field(
        None, description="file of settings, in TOML (default: the platform's)"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Look into the file of settings after everything else."""
        file = FileSource(settings_cls, _keys_of_the_file)
        return init_settings, env_settings, dotenv_settings, file_secret_settings, file

    @model_validator(mode="wrap")
    @classmethod
    def _name_the_file(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:  # noqa: ANN401 - whatever was given
        """Say of a bad value in the file that it stands there."""
        origin = data.pop(FileSource.ORIGIN, None) if isinstance(data, dict) else None
        try:
            return handler(data)
        except ValidationError as error:
            if isinstance(origin, Origin):
                origin.complain(error)
            raise


class KeygenSettings(_Settings):
    """Make a new key file, readable by you alone; nothing is ever overwritten."""

    path: CliPositionalArg[LocalPath] = Field(_KEY, description="where the key goes")


class RoomSettings(_Settings):
    """Show which room a key opens: its id and fingerprint, never the key."""

    key: LocalPath = Field(_KEY, description="the room's key file")
    state: LocalPath = Field(
        default_factory=_state_folder,
        description="folder of your identity (default: the platform's)",
    )


class InviteSettings(RoomSettings):
    """Show the key itself as a QR code, on a terminal and when you say so."""


class MemberSettings(_Settings):
    """What every command has that goes into a room."""

    relay: RelayAddress = Field(
        Address("localhost", DEFAULT_PORT), description="the relay, as HOST or HOST:PORT"
    )
    tls: CliImplicitFlag[bool] = Field(
        default=False, description="speak TLS with the relay, and nothing else"
    )
    tls_ca: TlsAuthority = Field(
        None,
        description="file of the authority that signed the certificate (default: the system's)",
    )
    tls_pin: TlsPin = Field(
        "",
        description="SHA-256 fingerprint of the one certificate to trust, in place of authorities",
    )
    name: Name = Field("", description="your name in the room; empty: you are asked")
    state: LocalPath = Field(
        default_factory=_state_folder,
        description="folder of your identity (default: the platform's)",
    )
    heartbeat_seconds: Annotated[float, Field(gt=0, le=_LONGEST)] = Field(
        20.0, description="silence after which the relay is asked for a sign of life"
    )
    leave_seconds: Annotated[float, Field(ge=0, le=_LONGEST)] = Field(
        10.0, description="how long leaving waits for what is not acknowledged"
    )

    @property
    def trust(self) -> Trust | None:
        """How the relay has to prove itself; None without TLS."""
        return Trust(self.tls_ca, self.tls_pin) if self.tls else None


class SendSettings(MemberSettings):
    """Send one message, from the argument or from stdin; exit 0 once the relay has kept it."""

    key: LocalPath = Field(_KEY, description="the room's key file")
    text: CliPositionalArg[str | None] = Field(
        None, description="the message; none: read from stdin"
    )
    to: str = Field("", description="name of the one member who can read it; empty: everybody can")
    file: Path | None = Field(
        None, description="a file to send; the message, where there is one, comes before it"
    )
    file_limit_mib: FileLimit = Field(64, description="how large the file may be, in MiB")


class RekeySettings(MemberSettings):
    """Make a new key for the room, and hand it to everybody but those left out."""

    key: LocalPath = Field(_KEY, description="the room's key file")
    without: list[str] = Field([], description="name of somebody who is left out")
    more: CliPositionalArg[list[str]] = Field([], description="more names to leave out")

    @property
    def left_out(self) -> frozenset[str]:
        """The names of those who do not get the new key."""
        return frozenset((*self.without, *self.more))


class ChatSettings(MemberSettings):
    """Talk in a room. In a terminal as an app; with a pipe, line by line."""

    key: KeyPaths = Field(
        (_KEY,), description="the room's key file; give it again for another room beside it"
    )
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
    downloads: LocalPath = Field(
        default_factory=platformdirs.user_downloads_path,
        description="folder for what is saved (default: the platform's)",
    )
    file_limit_mib: FileLimit = Field(
        64, description="how large a file may be that is sent or saved, in MiB"
    )
    tags: CliImplicitFlag[bool] = Field(
        default=False,
        description="with --plain: show with every message the tag by which commands name it",
    )
    attached: CliImplicitFlag[bool] = Field(
        default=False, description="the terminal comes and goes, as in a container"
    )
    theme: ThemeName = Field("", description="colours of the app; empty: as the terminal is")
    bell: CliImplicitFlag[bool] = Field(
        default=True, description="ring the terminal's bell when something is to be told"
    )
    notify: Literal["never", "mentions", "all"] = Field(
        "mentions", description="of which messages you are told while you look elsewhere"
    )
    notify_content: CliImplicitFlag[bool] = Field(
        default=False, description="tell who wrote and what, which others may see on your screen"
    )
    notify_by: Literal["auto", "osc9", "osc777", "none"] = Field(
        "auto", description="how your terminal shows notifications; auto: by its name"
    )
    typing: CliImplicitFlag[bool] = Field(
        default=False, description="show the others that you type; the relay sees it too"
    )

    @property
    def wishes(self) -> Wishes:
        """What the app is told of these settings."""
        return Wishes(
            theme=self.theme,
            bell=self.bell,
            notify=Notify(self.notify),
            notify_content=self.notify_content,
            notify_by=Way(self.notify_by),
            file=self.config or default_path(),
        )


def _keys_of_the_file() -> set[str]:
    """Return what may stand in the file, which no command alone has all of."""
    return ChatSettings.model_fields.keys() - {"config", "json_lines"}
