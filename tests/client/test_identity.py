import os
import stat
from pathlib import Path

import pytest

from sussurro_client.errors import ClientError
from sussurro_client.identity import Identity, load_identity
from sussurro_client.wrapping import wrap


def test_an_identity_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "sussurro"
    first = load_identity(folder)
    again = load_identity(folder)
    assert first.kept
    assert again.kept
    assert again.public_key == first.public_key
    assert stat.S_IMODE((folder / "identity").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_where_nothing_can_be_written_the_identity_is_new_and_not_kept(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    first = load_identity(tmp_path / "file" / "folder")
    again = load_identity(tmp_path / "file" / "folder")
    assert not first.kept
    assert again.public_key != first.public_key


@pytest.mark.parametrize("data", [b"", bytes(31), bytes(33)], ids=["empty", "short", "long"])
def test_a_damaged_identity_is_told_and_never_replaced(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "identity"
    path.write_bytes(data)
    with pytest.raises(ClientError, match=r"identity .*damaged"):
        load_identity(tmp_path)
    assert path.read_bytes() == data


def test_an_unreadable_identity_is_told(tmp_path: Path) -> None:
    (tmp_path / "identity").mkdir()
    with pytest.raises(ClientError, match="unreadable"):
        load_identity(tmp_path)


def test_an_identity_signs_what_its_public_key_verifies() -> None:
    me = Identity.new()
    me.signer.public_key().verify(me.signer.sign(b"Oi"), b"Oi")
    assert me.signer.public_key().public_bytes_raw() == me.public_key


def test_the_representation_of_an_identity_does_not_show_its_secret() -> None:
    secret = os.urandom(32)
    shown = repr(Identity.from_private_bytes(secret, kept=True))
    assert "signer" not in shown
    assert "opener" not in shown
    assert repr(secret) not in shown


def test_the_same_secret_is_the_same_key_to_wrap_for() -> None:
    secret = os.urandom(32)
    one, two = (Identity.from_private_bytes(secret, kept=True) for _ in range(2))
    assert one.wrap_key == two.wrap_key
    assert two.opener.open(wrap(b"a secret", one.wrap_key, b"room"), b"room") == b"a secret"
    assert Identity.new().wrap_key != one.wrap_key
