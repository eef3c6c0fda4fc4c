from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from sussurro_client.setting_values import TlsAuthority, TlsPin
from tests.support.certificates import self_signed

PIN = ":".join(["AB"] * 32)


class Tls(BaseModel):
    """What settings of TLS are made of."""

    tls: bool = False
    tls_ca: TlsAuthority = None
    tls_pin: TlsPin = ""


def test_a_pin_is_64_digits_however_it_is_written() -> None:
    assert Tls(tls=True, tls_pin=PIN).tls_pin == "ab" * 32


def test_an_authority_is_a_file_of_certificates(tmp_path: Path) -> None:
    certificate = self_signed(tmp_path).certificate
    assert Tls(tls=True, tls_ca=certificate).tls_ca == certificate
    with pytest.raises(ValidationError, match="PEM form"):
        Tls(tls=True, tls_ca=Path(__file__))


def test_without_tls_nobody_has_to_prove_anything(tmp_path: Path) -> None:
    assert Tls(tls_pin="").tls_ca is None
    with pytest.raises(ValidationError, match="set that too"):
        Tls(tls_pin=PIN)
    with pytest.raises(ValidationError, match="set that too"):
        Tls(tls_ca=self_signed(tmp_path).certificate)


def test_the_relay_proves_itself_in_one_way(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="and not both"):
        Tls(tls=True, tls_ca=self_signed(tmp_path).certificate, tls_pin=PIN)
