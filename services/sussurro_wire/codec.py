"""Messages as lines and back: one table, read in both directions."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace

from sussurro_wire.errors import Reason, WireError
from sussurro_wire.limits import MAX_CARD, MAX_NUMBER, MAX_PING_TEXT, MAX_VERB_LINE
from sussurro_wire.messages import (
    Ack,
    At,
    Bye,
    Count,
    Gone,
    Hello,
    Here,
    Join,
    Leave,
    Message,
    Past,
    PastEnd,
    Ping,
    Pong,
    Side,
    Welcome,
    Who,
    WhoEnd,
)


@dataclass(frozen=True, slots=True)
class _Field:
    """How one value stands on a line: its pattern, what reads it, a word before it."""

    pattern: str
    read: Callable[[str], str | int]
    keyword: str = ""
    optional: bool = False

    def regex(self) -> str:
        group = rf" {self.keyword}({self.pattern})"
        return f"(?:{group})?" if self.optional else group


@dataclass(frozen=True, slots=True)
class _Form:
    """How one message stands on a line."""

    kind: type
    verb: str
    fields: tuple[_Field, ...]
    names: tuple[str, ...]
    pattern: re.Pattern[str]


def _read_number(text: str) -> int:
    value = int(text)
    if value > MAX_NUMBER:
        raise WireError(Reason.MALFORMED, "a number over 2**63 - 1")
    return value


_NUMBER = _Field("0|[1-9][0-9]{0,18}", _read_number)  # one way to write each
_NUMBER_OR_NONE = replace(_NUMBER, optional=True)
_SESSION = _Field("[A-Za-z0-9_-]{1,43}", str)
_BASE64 = _Field("[A-Za-z0-9_-]{1,128}", str)
_CARD = _Field(rf"gAAAA[A-Za-z0-9_-]{{1,{MAX_CARD - 7}}}={{0,2}}", str)
_REASON = _Field("[a-z]{1,16}(?:-[a-z]{1,16}){0,4}", str)
_TEXT = _Field(rf"[!-~]{{1,{MAX_PING_TEXT}}}", str)


def _form(kind: type, verb: str, *values: _Field) -> _Form:
    names = tuple(field.name for field in fields(kind))
    if len(values) != len(names):
        raise TypeError(f"{verb} needs a form for each of its fields")
    pattern = re.compile(verb + "".join(value.regex() for value in values))
    return _Form(kind, verb, values, names, pattern)


_FROM_CLIENT = (
    _form(
        Join, "JOIN", _BASE64, _BASE64, _CARD,
        replace(_NUMBER_OR_NONE, keyword="FROM "),
        replace(_NUMBER_OR_NONE, keyword="LAST "),
    ),
    _form(Past, "PAST", _NUMBER, _NUMBER),
    _form(Who, "WHO"),
    _form(Leave, "TT"),
)  # fmt: skip
_FROM_RELAY = (
    _form(Hello, "SUSSURRO", _NUMBER, _BASE64),
    _form(Welcome, "WELCOME", _SESSION, _NUMBER, _NUMBER, _NUMBER),
    _form(Ack, "ACK", _NUMBER, _NUMBER),
    _form(At, "AT", _NUMBER),
    _form(PastEnd, "PAST", _NUMBER),
    _form(Here, "HERE", _SESSION, _CARD),
    _form(WhoEnd, "WHO", _NUMBER),
    _form(Gone, "GONE", _SESSION, _REASON),
    _form(Count, "COUNT", _NUMBER),
    _form(Bye, "BYE", _REASON, _NUMBER_OR_NONE),
)
_FROM_EITHER = (_form(Ping, "PING", _TEXT), _form(Pong, "PONG", _TEXT))

_FORM_OF_KIND = {form.kind: form for form in (*_FROM_CLIENT, *_FROM_RELAY, *_FROM_EITHER)}


def _by_verb(forms: Iterable[_Form]) -> dict[str, _Form]:
    return {form.verb: form for form in forms}


_FORM_OF_VERB = {
    Side.CLIENT: _by_verb((*_FROM_CLIENT, *_FROM_EITHER)),
    Side.RELAY: _by_verb((*_FROM_RELAY, *_FROM_EITHER)),
}


def encode(message: Message) -> bytes:
    """Return the message as a line, with its line feed.

    Values are trusted: whoever makes a message gives it what its form takes.
    """
    form = _FORM_OF_KIND[type(message)]
    words = [form.verb]
    for name, field in zip(form.names, form.fields, strict=True):
        value = getattr(message, name)
        if value is not None:
            words.append(f"{field.keyword}{value}")
    return (" ".join(words) + "\n").encode("ascii")


def decode(line: bytes, sender: Side) -> Message:
    """Return the message that ``line`` (without its line feed) is, said by ``sender``.

    Raises WireError: line-too-long, or malformed for everything that is not
    exactly one of the sender's verbs with its values.
    """
    if len(line) > MAX_VERB_LINE:
        raise WireError(Reason.LINE_TOO_LONG, f"a verb line of over {MAX_VERB_LINE} bytes")
    text = line.decode("latin-1")  # never fails, and no pattern has a byte over 127
    form = _FORM_OF_VERB[sender].get(text.partition(" ")[0])
    if form is None:
        raise WireError(Reason.MALFORMED, f"no verb that a {sender} says")
    match = form.pattern.fullmatch(text)
    if match is None:
        raise WireError(Reason.MALFORMED, f"{form.verb} with values that it does not take")
    message: Message = form.kind(
        *(
            None if value is None else field.read(value)
            for field, value in zip(form.fields, match.groups(), strict=True)
        )
    )
    if isinstance(message, Join) and None not in (message.from_seq, message.last):
        raise WireError(Reason.MALFORMED, "JOIN takes FROM or LAST, not both")
    return message
