import base64
import os
import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sussurro_client.errors import KeyFileError
from sussurro_client.key import RoomKey, create_key, read_key
from sussurro_wire.room import proof_bytes, public_key_of, signature_of
from tests.client.scenes import KEY, KEY_TEXT, OTHER_KEY

MALFORMED = {
    "empty": b"",
    "only white space": b" \n\n",
    "too short": base64.urlsafe_b64encode(bytes(31)),
    "too long": base64.urlsafe_b64encode(bytes(33)),
    "no base64": b"!" * 44,
    "no text": bytes(range(128, 172)),
    "two keys": (KEY_TEXT + "\n" + KEY_TEXT).encode(),
    "a PEM file": b"-----BEGIN PRIVATE KEY-----\n" + KEY_TEXT.encode(),
    "a large file": b"A" * 100_000,
}


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "key.key"
    path.write_text(KEY_TEXT + "\n", "ascii")
    path.chmod(0o600)
    return path


def test_a_key_file_is_read_as_the_key_in_it(key_file: Path) -> None:
    assert read_key(key_file).room == KEY.room


def test_what_fernet_itself_generates_is_a_key() -> None:
    text = Fernet.generate_key().decode()
    token = Fernet(text).encrypt(b"Oi")
    assert RoomKey.from_text(text).fernet.decrypt(token) == b"Oi"


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_key_file_is_refused_by_its_path_and_without_its_content(
    key_file: Path, data: bytes
) -> None:
    key_file.write_bytes(data)
    with pytest.raises(KeyFileError) as caught:
        read_key(key_file)
    assert str(key_file) in str(caught.value)
    assert KEY_TEXT not in str(caught.value)
    assert caught.value.__context__ is None or KEY_TEXT not in str(caught.value.__context__)


def test_a_missing_key_file_is_refused_with_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match=r"no key at .*none\.key.*sussurro keygen"):
        read_key(tmp_path / "none.key")


def test_a_directory_is_no_key_file(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="cannot be read: Is a directory"):
        read_key(tmp_path)


def test_a_key_file_that_cannot_be_opened_is_refused_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "key.key"
    path.symlink_to(path)  # unlike a mode, this stops root too
    with pytest.raises(KeyFileError, match="cannot be read: Too many levels"):
        read_key(path)


@pytest.mark.parametrize("mode", [0o604, 0o644, 0o666])
def test_a_key_file_that_everybody_can_read_is_refused(key_file: Path, mode: int) -> None:
    key_file.chmod(mode)
    with pytest.raises(KeyFileError, match="chmod 600"):
        read_key(key_file)


@pytest.mark.parametrize("mode", [0o400, 0o600, 0o440, 0o640])
def test_a_key_file_for_owner_and_group_is_taken(key_file: Path, mode: int) -> None:
    key_file.chmod(mode)
    assert read_key(key_file).room == KEY.room


def test_a_new_key_file_is_for_its_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        made = create_key(tmp_path / "new.key")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new.key").stat().st_mode) == 0o600
    assert read_key(tmp_path / "new.key").room == made.room


def test_two_new_keys_are_two_rooms(tmp_path: Path) -> None:
    assert create_key(tmp_path / "a").room != create_key(tmp_path / "b").room


def test_a_key_file_is_never_overwritten(key_file: Path) -> None:
    with pytest.raises(KeyFileError, match="never overwritten"):
        create_key(key_file)
    assert key_file.read_text("ascii") == KEY_TEXT + "\n"


def test_a_new_key_does_not_go_through_a_dangling_link(tmp_path: Path) -> None:
    link = tmp_path / "key.key"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(KeyFileError, match="never overwritten"):
        create_key(link)
    assert not (tmp_path / "elsewhere").exists()


def test_a_key_that_cannot_be_written_is_told_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match=r"cannot be written to .*: No such file"):
        create_key(tmp_path / "nowhere" / "key.key")


def test_the_representation_of_a_key_shows_the_room_and_nothing_else() -> None:
    shown = repr(KEY)
    assert shown == f"RoomKey(room={KEY.room!r})"
    assert KEY_TEXT not in shown


def test_another_fernet_key_is_another_room() -> None:
    assert KEY.room != OTHER_KEY.room


def test_the_room_is_not_the_key_in_other_letters() -> None:
    assert public_key_of(KEY.room) not in (bytes(range(32)), KEY.signer.private_bytes_raw())


def test_a_proof_is_good_for_its_nonce_room_and_card_alone() -> None:
    proof = KEY.prove("nonce", "gAAAAcard")
    public = Ed25519PublicKey.from_public_bytes(public_key_of(KEY.room))
    public.verify(signature_of(proof), proof_bytes("nonce", KEY.room, "gAAAAcard"))
    others = (
        KEY.prove("other", "gAAAAcard"),
        KEY.prove("nonce", "gAAAAother"),
        OTHER_KEY.prove("nonce", "gAAAAcard"),
    )
    assert proof not in others


def test_a_secret_of_32_bytes_is_the_key_that_its_base64_is() -> None:
    key = RoomKey.from_secret(bytes(range(32)))
    assert (key.room, key.text) == (KEY.room, KEY.text)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_secret_of_another_size_is_no_key(size: int) -> None:
    with pytest.raises(KeyFileError):
        RoomKey.from_secret(bytes(size))
