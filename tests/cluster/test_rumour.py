"""What relays say to each other of their members."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sussurro_relay.cluster import rumour
from sussurro_relay.cluster.rumour import Greeting, News, Part, Question, Request, RumourError, Sign
from sussurro_wire.codec import encode
from sussurro_wire.messages import Gone, Here

ME, ROOM = "0123456789abcdef", "r" * 43
HERE = Here("session", "gAAAAAcard")


@pytest.mark.parametrize("what", [HERE, Gone("session", "lost"), None])
def test_news_are_read_as_they_were_written(what: Here | Gone | None) -> None:
    news = News(ME, 7, what)
    assert rumour.read_in_room(rumour.write_news(news)) == news


def test_questions_signs_and_requests_are_read_as_they_were_written() -> None:
    assert rumour.read_in_room(rumour.write_question(ME)) == Question(ME)
    for is_here in (True, False):
        assert rumour.read_sign(rumour.write_sign(Sign(ME, is_here))) == Sign(ME, is_here)
    assert rumour.read_to_relay(rumour.write_greeting(ME)) == Greeting(ME)
    assert rumour.read_to_relay(rumour.write_request(ME, ROOM)) == Request(ME, ROOM)


def test_a_relay_may_have_seen_very_many_rooms_come_and_go() -> None:
    news = News(ME, 10**18 - 1, HERE)
    assert rumour.read_in_room(rumour.write_news(news)) == news


@pytest.mark.parametrize("count", [0, 1, 2_000])
def test_a_roster_goes_in_parts_that_nats_takes(count: int) -> None:
    members = [Here(f"s{number}", "gAAAAA" + "x" * 2_700) for number in range(count)]
    messages = list(rumour.write_parts(ME, ROOM, 3, map(encode, members)))
    parts = [rumour.read_to_relay(message) for message in messages]
    told: list[Here] = []
    for number, part in enumerate(parts, start=1):
        assert isinstance(part, Part)
        assert (part.version, part.number, part.parts) == (3, number, len(parts))
        told += part.members
    assert told == members
    assert max(map(len, messages)) < 512 * 1024


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\n",
        b"me here\n",
        f"{ME} here".encode() + b"\nmore\n",
        f"{ME} 1\nHERE broken off".encode(),
        f"{ME} 1\nWELCOME s 1 2 3\n".encode(),
        f"{ME} 1\ngAAAAAtoken\n".encode(),
        f"{ME} 1\nHERE s gAAAAAc\nHERE t gAAAAAc\n".encode(),
        f"{ME} {ROOM} 1 0/1\n".encode(),
        f"{ME} {ROOM} 1 2/1\n".encode(),
        f"{ME} {ROOM} 1 1/1\nGONE s lost\n".encode(),
        f"{ME} \xff\n".encode("latin-1"),
        f"{ME} {'9' * 99}\n".encode(),
    ],
)
def test_what_no_relay_says_is_refused_on_every_subject(payload: bytes) -> None:
    for read in (rumour.read_in_room, rumour.read_sign, rumour.read_to_relay):
        with pytest.raises(RumourError):
            read(payload)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(payload: bytes) -> None:
    for read in (rumour.read_in_room, rumour.read_sign, rumour.read_to_relay):
        try:
            read(payload)
        except RumourError:
            continue
