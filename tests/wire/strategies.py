"""What hypothesis draws for the wire: right values, wrong bytes, and places to cut."""

import string
from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st

from sussurro_wire.errors import Reason
from sussurro_wire.limits import MAX_NUMBER, MAX_PING_TEXT
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

# The same examples on every run and every machine.
steady = settings(derandomize=True, deadline=None, max_examples=300)

ALPHABET = string.ascii_letters + string.digits + "-_"

numbers = st.integers(0, MAX_NUMBER) | st.sampled_from([0, 1, 9, 10, MAX_NUMBER])
sessions = st.text(ALPHABET, min_size=1, max_size=43)
base64_words = st.text(ALPHABET, min_size=1, max_size=128)
reasons = st.sampled_from([str(reason) for reason in Reason]) | st.from_regex(
    "[a-z]{1,16}(-[a-z]{1,16}){0,4}", fullmatch=True
)
texts = st.text([chr(code) for code in range(0x21, 0x7F)], min_size=1, max_size=MAX_PING_TEXT)
cards = st.builds(
    lambda body, padding: f"gAAAA{body}{padding}",
    st.text(ALPHABET, min_size=1, max_size=200),
    st.sampled_from(["", "=", "=="]),
)
tokens = st.builds(
    lambda body, padding: f"gAAAA{body}{padding}".encode(),
    st.text(ALPHABET, max_size=60) | st.sampled_from(["TT", "gAAAA", "BYE", "WHO"]),
    st.sampled_from(["", "=", "=="]),
)

joins = (
    st.builds(Join, base64_words, base64_words, cards)
    | st.builds(Join, base64_words, base64_words, cards, from_seq=numbers)
    | st.builds(Join, base64_words, base64_words, cards, last=numbers)
)
pings = st.builds(Ping, texts) | st.builds(Pong, texts)

# What each side may say once a room is open, again and again.
in_the_room: dict[Side, st.SearchStrategy[Message]] = {
    Side.CLIENT: st.builds(Past, numbers, numbers) | st.just(Who()) | pings,
    Side.RELAY: st.one_of(
        st.builds(Ack, numbers, numbers),
        st.builds(At, numbers),
        st.builds(PastEnd, numbers),
        st.builds(Here, sessions, cards),
        st.builds(WhoEnd, numbers),
        st.builds(Gone, sessions, reasons),
        st.builds(Count, numbers),
        pings,
    ),
}

# Everything that each side may ever say.
said_by: dict[Side, st.SearchStrategy[Message]] = {
    Side.CLIENT: in_the_room[Side.CLIENT] | joins | st.just(Leave()),
    Side.RELAY: in_the_room[Side.RELAY]
    | st.builds(Hello, numbers, base64_words)
    | st.builds(Welcome, sessions, numbers, numbers, numbers)
    | st.builds(Bye, reasons, st.none() | numbers),
}

# Bytes that come close to lines, so that a fault may stand anywhere.
_nearly_lines = st.one_of(
    st.binary(max_size=40),
    tokens,
    tokens.map(lambda token: token + b"!"),
    tokens.map(lambda token: token + b"=A"),
    st.sampled_from([b"TT", b"TT ", b"WHO", b"AT 7", b"AT 07", b"PING a", b"BYE left", b"tt", b""]),
    st.sampled_from([b"gAAA", b"gAAAA" + b"x" * 300, b"PING " + b"x" * 5000]),
)
streams = st.lists(
    st.tuples(_nearly_lines, st.sampled_from([b"\n", b"\n", b"\n", b"\r\n", b""])), max_size=12
).map(lambda lines: b"".join(line + end for line, end in lines))


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """Return ``data`` in the pieces that cutting it at ``places`` leaves."""
    edges = sorted({0, len(data), *(min(place, len(data)) for place in places)})
    return [data[start:end] for start, end in pairwise(edges)]


places_to_cut = st.lists(st.integers(0, 2000), max_size=30)
