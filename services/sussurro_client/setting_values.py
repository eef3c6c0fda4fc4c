"""What settings are made of that need more than a type: how each is read, and what is refused."""

import os
import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo
from pydantic_settings import NoDecode

from sussurro_client.address import Address
from sussurro_client.errors import ClientError
from sussurro_client.names import name_flaw
from sussurro_client.paths import from_home, is_possible
from sussurro_client.trust import Trust, parse_pin
from sussurro_client.wishes import THEMES
from sussurro_client.words import _

DEFAULT_PORT = 5454


def _parse_address(value: object) -> object:
    """Return HOST, HOST:PORT, [V6] or [V6]:PORT as an Address."""
    if isinstance(value, Address):
        return value
    if not isinstance(value, str):
        raise ValueError("must be HOST or HOST:PORT")  # noqa: TRY004 - pydantic takes no TypeError
    host, colon, port = value.rpartition(":")
    is_bare_v6 = ":" in host and not value.startswith("[")
    if not colon or "]" in port or is_bare_v6:
        host, port = value, str(DEFAULT_PORT)
    host = host.removeprefix("[").removesuffix("]")
    try:
        host.encode("idna")  # as the system will, and some names cannot be
    except UnicodeError:
        host = ""
    if not host.isprintable():
        host = ""  # no system takes a NUL, and no name has another control character
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError("must be HOST or HOST:PORT")
    return Address(host, int(port))


def _check_name(name: str) -> str:
    name = name.strip()
    flaw = name_flaw(name) if name else None
    if flaw is not None:
        raise ValueError(flaw)
    return name


def _check_theme(name: str) -> str:
    if name and name not in THEMES:
        raise ValueError(_("must be one of these: {names}").format(names=", ".join(THEMES)))
    return name


def _parse_keys(value: object) -> object:
    """Return the paths in one text; an option that is given again comes after a comma."""
    if not isinstance(value, str):
        return value
    several = re.split(f"[,{re.escape(os.pathsep)}]", value)
    # One path may have these signs in its name, as long as it is the only one.
    return (value,) if from_home(value).exists() else tuple(path for path in several if path)


def _check_path(path: Path) -> Path:
    if not is_possible(path):
        raise ValueError(_("must be the path of a file or a folder"))
    found = from_home(path)
    if str(found).startswith("~") and not found.exists():
        raise ValueError(_("begins with ~ and is nobody's home folder here"))
    return found


def _check_authority(path: Path | None, others: ValidationInfo) -> Path | None:
    if path is not None:
        _refuse_without_tls(others)
        try:
            Trust(path).context()
        except ClientError as error:
            raise ValueError(str(error)) from None
    return path


def _check_pin(text: str, others: ValidationInfo) -> str:
    if not text:
        return text
    _refuse_without_tls(others)
    if others.data.get("tls_ca") is not None:
        raise ValueError(_("give this or SUSSURRO_TLS_CA (--tls-ca), and not both"))
    try:
        return parse_pin(text)
    except ClientError as error:
        raise ValueError(str(error)) from None


def _refuse_without_tls(others: ValidationInfo) -> None:
    if not others.data.get("tls"):
        raise ValueError(_("is of use with SUSSURRO_TLS (--tls) only; set that too"))


RelayAddress = Annotated[Address, NoDecode, BeforeValidator(_parse_address)]
FileLimit = Annotated[int, Field(ge=1, le=1024)]
Name = Annotated[str, AfterValidator(_check_name)]
LocalPath = Annotated[Path, AfterValidator(_check_path)]
KeyPaths = Annotated[
    tuple[LocalPath, ...], NoDecode, BeforeValidator(_parse_keys), Field(min_length=1)
]
ThemeName = Annotated[str, AfterValidator(_check_theme)]
# These stand below the field ``tls`` of their settings, and the pin below ``tls_ca``.
TlsAuthority = Annotated[LocalPath | None, AfterValidator(_check_authority)]
TlsPin = Annotated[str, AfterValidator(_check_pin)]
