"""What is for one member alone, in a room whose key many hold. Pure.

The content is sealed under a new key by Fernet, and that key is wrapped by HPKE for
the receiver and for the sender, who wants to read it again. Both contexts name the
room and the two of them, so what was wrapped is of no use to anybody who copies it
into a message of their own. Nothing tells the others for whom it is.
"""

import random
import struct

import msgpack
from cryptography.fernet import Fernet, InvalidToken
from pydantic import TypeAdapter, ValidationError

from sussurro_client.contents import Card, Content, Part, Private, Rekey, fields_of
from sussurro_client.envelope import bucket_of
from sussurro_client.errors import ClientError, EnvelopeError, Flaw
from sussurro_client.member import Member
from sussurro_client.words import _
from sussurro_client.wrapping import WrapError, wrap

_CONTEXT = b"private\n"
_KEY_BYTES = 32
_LENGTH = struct.Struct(">I")
_CONTENT: TypeAdapter[Content] = TypeAdapter(Content)
_UNFIT = (Private, Card, Rekey, Part)  # what has no business in there


class Privacy:
    """Seals for one member, and opens what is sealed for us. Stateless; safe in any thread."""

    __slots__ = ("_member", "_room")

    def __init__(self, member: Member) -> None:
        self._member = member
        self._room = member.key.room.encode()

    def seal(self, content: Content, to: bytes, wrap_key: bytes) -> Private:
        """Return ``content`` for the member with identity key ``to`` and key ``wrap_key``.

        Raises ClientError when that is not a key.
        """
        me = self._member.person.key
        key = Fernet.generate_key()
        body = msgpack.packb({"to": to, "content": fields_of(content)}, use_bin_type=True)
        plain = _LENGTH.pack(len(body)) + body
        sealed = Fernet(key).encrypt(plain.ljust(bucket_of(len(plain)), b"\0"))
        keys = {to: wrap_key, me: self._member.wrap_key}
        try:
            wrapped = [wrap(key, each, self._context(me, whose)) for whose, each in keys.items()]
        except WrapError:
            raise ClientError(
                _("Nothing can be sealed for them alone: their key is of no use.")
            ) from None
        random.SystemRandom().shuffle(wrapped)  # the order would tell whose is whose
        return Private(keys=tuple(wrapped), sealed=sealed)

    def open(self, private: Private, sender: bytes) -> tuple[bytes, Content] | None:
        """Return for whom something is, and what; None: it is not for us.

        Raises EnvelopeError (forged) when it is for us and nothing that can be.
        """
        context = self._context(sender, self._member.person.key)
        for wrapped in private.keys:
            try:
                key = self._member.identity.opener.open(wrapped, context)
            except WrapError:
                continue
            to, content = self._read(key, private.sealed)
            if self._member.person.key not in (to, sender):
                raise EnvelopeError(Flaw.FORGED)  # a lie about for whom it is
            return to, content
        return None

    def _context(self, sender: bytes, whose: bytes) -> bytes:
        return _CONTEXT + b"\n".join((self._room, sender, whose))

    @staticmethod
    def _read(key: bytes, sealed: bytes) -> tuple[bytes, Content]:
        try:
            plain = Fernet(key).decrypt(sealed)
            (size,) = _LENGTH.unpack_from(plain)
            fields = msgpack.unpackb(plain[_LENGTH.size : _LENGTH.size + size])
            to, content = fields["to"], _CONTENT.validate_python(fields["content"])
        except (InvalidToken, ValidationError, ValueError, TypeError, KeyError,
                msgpack.UnpackException, struct.error):  # fmt: skip
            raise EnvelopeError(Flaw.FORGED) from None
        if not isinstance(to, bytes) or len(to) != _KEY_BYTES or isinstance(content, _UNFIT):
            raise EnvelopeError(Flaw.FORGED)
        return to, content
