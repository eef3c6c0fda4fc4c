"""What a member is handed by friends: a key, an address, a fingerprint, a wrapped secret."""

from pydantic import TypeAdapter, ValidationError

from sussurro_client.address import Address
from sussurro_client.errors import ClientError, KeyFileError
from sussurro_client.key import RoomKey
from sussurro_client.setting_values import RelayAddress
from sussurro_client.trust import parse_pin
from sussurro_client.wrapping import Opener, WrapError, wrap
from sussurro_wire.room import public_key_of
from tests.fuzz.choices import Choices

_OPENER = Opener(bytes([5]) * 32)
ADDRESS: TypeAdapter[Address] = TypeAdapter(RelayAddress)


def fuzz_key(data: bytes) -> None:
    """A text is a key, and then it tells nobody, or is refused in a sentence that does not quote it."""
    text = data.decode("ascii", "replace")
    try:
        key = RoomKey.from_text(text)
    except KeyFileError as error:
        assert len(text.strip()) < 20 or text.strip() not in str(error)
    else:
        assert len(public_key_of(key.room)) == 32
        assert text.strip() not in repr(key)
        assert len(key.prove("bm9uY2U", "gAAAAAcard")) == 86


def fuzz_address(data: bytes) -> None:
    """An address is refused, or is one that the operating system can be asked for."""
    try:
        address = ADDRESS.validate_python(data.decode("utf-8", "surrogateescape"))
    except ValidationError:
        return
    assert 0 < address.port < 65536
    assert address.host
    assert "\0" not in address.host
    address.host.encode("idna")
    str(address).encode()


def fuzz_pin(data: bytes) -> None:
    """A fingerprint of a certificate is 64 digits, however it was written."""
    try:
        pin = parse_pin(data.decode("utf-8", "surrogateescape"))
    except ClientError:
        return
    assert pin == bytes.fromhex(pin).hex()
    assert len(pin) == 64


def fuzz_wrapped(data: bytes) -> None:
    """What was wrapped for us opens in its bytes and its context alone; no key is a surprise."""
    choices = Choices(data)
    way = choices.below(4)
    if way == 0:
        assert _opened(choices.rest(), b"context") is None
    elif way == 1:
        try:
            assert wrap(b"secret", choices.rest(), b"context")
        except WrapError:
            return
    else:
        good = wrap(b"secret", _OPENER.wrap_key[-32:] if way == 2 else _OPENER.wrap_key, b"context")
        changed = bytearray(good)
        changed[int.from_bytes(choices.take(2), "big") % len(good)] ^= choices.below(256)
        context = b"context" + choices.rest()
        is_good = changed == good and context == b"context"
        assert _opened(bytes(changed), context) == (b"secret" if is_good else None)


def _opened(wrapped: bytes, context: bytes) -> bytes | None:
    try:
        return _OPENER.open(wrapped, context)
    except WrapError:
        return None
