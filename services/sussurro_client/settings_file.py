"""The file of settings: where it is, what may stand in it, and what is said of a bad one."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    TomlConfigSettingsSource,
)

from sussurro_client.display import safe_name
from sussurro_client.errors import ClientError
from sussurro_client.paths import from_home
from sussurro_client.words import _

_LINE = re.compile(r"at line (\d+)")


def default_path() -> Path:
    """Return where this platform keeps settings."""
    return platformdirs.user_config_path("sussurro") / "config.toml"


@dataclass(frozen=True, slots=True)
class Origin:
    """Which settings come from a file, and from which."""

    path: Path
    keys: frozenset[str]

    def complain(self, error: ValidationError) -> None:
        """Raise ClientError where it is the file that is wrong; it names the keys, and no value."""
        told = []
        for fault in error.errors(include_url=False, include_input=False):
            key = str(fault["loc"][0]) if fault["loc"] else ""
            if key in self.keys:
                message = fault["msg"].removeprefix("Value error, ")
                told.append(_("{path}, {key}: {message}").format(
                    path=self.path, key=key, message=message
                ))  # fmt: skip
        if told:
            raise ClientError("\n".join(told)) from None


class FileSource(PydanticBaseSettingsSource):
    """Settings from a TOML file, for those that nothing before has set.

    Which file that is stands in the setting ``config``, where it is set. The file
    is for all commands: ``known`` returns every key that it may have. Raises
    ClientError for a file that cannot be used.
    """

    ORIGIN = "file-of-settings"  # no setting is called so: where the Origin goes

    def __init__(
        self, settings_cls: type[BaseSettings], known: Callable[[], Collection[str]]
    ) -> None:
        super().__init__(settings_cls)
        self._known = known

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return nothing for a single setting: they are read all at once."""
        del field
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return the settings of the file, and where they come from."""
        named = self.current_state.get("config")
        path = from_home(named) if named else default_path()
        if not _is_there(path, is_named=bool(named)):
            return {}
        content = self._read(path)
        for key in content:
            if key not in self._known():
                sentence = _("{path}: there is no setting called {key}.")
                raise ClientError(sentence.format(path=path, key=safe_name(key)))
        ours = {
            key: value
            for key, value in content.items()
            if key in self.settings_cls.model_fields and key not in self.current_state
        }
        return ours | {self.ORIGIN: Origin(path, frozenset(ours))}

    def _read(self, path: Path) -> dict[str, Any]:
        try:
            return TomlConfigSettingsSource(self.settings_cls, path).toml_data
        except OSError as error:
            sentence = _("The settings in {path} cannot be read: {reason}.")
            raise ClientError(sentence.format(path=path, reason=error.strerror)) from None
        except (ValueError, RecursionError) as error:
            line = _LINE.search(str(error))
            if line is None:
                raise ClientError(
                    _("The settings in {path} are not TOML.").format(path=path)
                ) from None
            sentence = _("The settings in {path} are not TOML: look at line {line}.")
            raise ClientError(sentence.format(path=path, line=line[1])) from None


def _is_there(path: Path, *, is_named: bool) -> bool:
    """Return whether there is a file to read; one that was named has to be there."""
    try:
        is_file = path.is_file()
    except (OSError, ValueError):  # a folder that is not ours, as in a container, or no path
        is_file = False
    if is_named and not is_file:
        raise ClientError(_("There is no file of settings at {path}.").format(path=path))
    return is_file
