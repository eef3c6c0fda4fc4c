"""What a message can be, by its kind, as values. Pure.

``of`` and ``reply_to`` name a message by its digest, which is its author's word and
nobody else's.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from sussurro_client.errors import NotSentError
from sussurro_client.words import _
from sussurro_wire.limits import MAX_TEXT

MAX_SHARES = 64
MAX_FILE_NAME = 255
MAX_PART = 48 * 1024  # bytes of a file in one message
MAX_PREVIEW = 8 + 3 * 48 * 32  # width and height, then three bytes for each pixel
MAX_EMOJI = 32  # characters: the longest families have 11
MAX_KIND = 32
_MAX_WRAPPED = 2048
# A text as long as may be, its fields, sealed by Fernet.
_MAX_SEALED = 96 * 1024


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)


Bytes32 = Annotated[bytes, Field(min_length=32, max_length=32)]
Said = Annotated[str, Field(max_length=MAX_TEXT)]


class Text(_Part):
    """What somebody said, perhaps in answer to something. ``is_action``: what they did (``/me``)."""

    kind: Literal["text"] = "text"
    text: Said
    reply_to: Annotated[bytes, Field(max_length=32)] = b""
    is_action: bool = False


class Edit(_Part):
    """What a message of the same author should say instead."""

    kind: Literal["edit"] = "edit"
    of: Bytes32
    text: Said


class Delete(_Part):
    """A message of the same author should not be shown any more."""

    kind: Literal["delete"] = "delete"
    of: Bytes32


class Reaction(_Part):
    """An emoji put beside a message, or taken back."""

    kind: Literal["reaction"] = "reaction"
    of: Bytes32
    emoji: Annotated[str, Field(min_length=1, max_length=MAX_EMOJI)]
    is_on: bool = True


class Typing(_Part):
    """The sender is writing at the moment."""

    kind: Literal["typing"] = "typing"


class File(_Part):
    """A file, offered: its parts stand in a room of their own, whose key comes from ``key``.

    ``preview`` is a small picture in bare pixels, or empty.
    """

    kind: Literal["file"] = "file"
    name: Annotated[str, Field(min_length=1, max_length=MAX_FILE_NAME)]
    size: Annotated[int, Field(ge=0, lt=2**40)]
    sha256: Bytes32
    parts: Annotated[int, Field(ge=0, lt=2**31)]
    key: Bytes32
    preview: Annotated[bytes, Field(max_length=MAX_PREVIEW)] = b""


class Part(_Part):
    """A piece of a file; they count from 0."""

    kind: Literal["part"] = "part"
    number: Annotated[int, Field(ge=0, lt=2**31)]
    data: Annotated[bytes, Field(max_length=MAX_PART)]


class Private(_Part):
    """Something for one member alone, and a copy for its sender.

    ``sealed`` is a Fernet token, and each of ``keys`` its key, wrapped for one of
    them; nobody else can tell for whom.
    """

    kind: Literal["private"] = "private"
    keys: Annotated[
        tuple[Annotated[bytes, Field(max_length=_MAX_WRAPPED)], ...],
        Field(min_length=1, max_length=2, strict=False),
    ]
    sealed: Annotated[bytes, Field(max_length=_MAX_SEALED)]


class Card(_Part):
    """Who somebody is; the name and the key stand in the envelope.

    ``wrap_key`` is the public key that a secret for this member alone is wrapped for.
    """

    kind: Literal["card"] = "card"
    wrap_key: Annotated[bytes, Field(max_length=2048)] = b""


class Share(_Part):
    """The new key of a room, wrapped for the member with the identity key ``to``."""

    to: Bytes32
    wrapped: Annotated[bytes, Field(max_length=4096)]


class Rekey(_Part):
    """The room moves to a new key; each remaining member finds its share.

    Many members take more than one message; ``is_last`` says that no more come.
    """

    kind: Literal["rekey"] = "rekey"
    room: Annotated[str, Field(min_length=43, max_length=43)]
    shares: Annotated[tuple[Share, ...], Field(max_length=MAX_SHARES, strict=False)]
    is_last: bool


class Unknown(_Part):
    """Something that a later version of this program says."""

    kind: Annotated[str, Field(min_length=1, max_length=MAX_KIND)]


_KINDS = frozenset(
    {"text", "edit", "delete", "reaction", "typing", "file", "part", "private", "card", "rekey"}
)


def _kind_of(value: Any) -> str | None:  # noqa: ANN401 - what a stranger wrote may be anything
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    if not isinstance(kind, str):
        return None
    return kind if kind in _KINDS else "unknown"


Content = Annotated[
    Annotated[Text, Tag("text")]
    | Annotated[Edit, Tag("edit")]
    | Annotated[Delete, Tag("delete")]
    | Annotated[Reaction, Tag("reaction")]
    | Annotated[Typing, Tag("typing")]
    | Annotated[File, Tag("file")]
    | Annotated[Part, Tag("part")]
    | Annotated[Private, Tag("private")]
    | Annotated[Card, Tag("card")]
    | Annotated[Rekey, Tag("rekey")]
    | Annotated[Unknown, Tag("unknown")],
    Discriminator(_kind_of),
]


def fitting(text: str) -> str:
    """Return what can be said of a text: all of it; raises NotSentError where it is too long."""
    data = text.encode("utf-8", "replace")
    if len(data) > MAX_TEXT:
        raise NotSentError(
            _("A message may have {limit} bytes; this one has {size}.").format(
                limit=MAX_TEXT, size=len(data)
            )
        )
    return data.decode()


def fields_of(content: Content) -> dict[str, Any]:
    """Return what is written of a content: its kind, and what is not as usual."""
    return {"kind": content.kind, **content.model_dump(exclude_defaults=True)}
