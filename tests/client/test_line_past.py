import pytest

from sussurro_client import line_past
from sussurro_client.contents import Text
from sussurro_client.events import Alarm, Alert, Earlier, Moved, Person, Received, Standing
from sussurro_client.line_faces import Face, Why
from sussurro_client.line_past import Past
from sussurro_client.plain_face import PlainFace
from sussurro_client.posts import Post
from sussurro_client.timeline import Timeline

ANA, BIA = Person("Ana", b"a" * 32), Person("Bia", b"b" * 32)
FACE = PlainFace()
MORE = "* This was the end of the earlier messages. For older ones: /earlier"
LAST = "* This was the end of the earlier messages. Nothing older is kept."


def said(number: int) -> Received:
    content = Text(text=f"{'needle' if number % 10 == 0 else 'straw'} {number}")
    message_id = number.to_bytes(32, "big").hex()
    return Received(BIA, content, message_id, number, 0, Standing.KNOWN, live=False)


class Relay:
    """Keeps messages 1 to ``count``, gives pages of them when a test says so, and writes down."""

    def __init__(self, count: int, shown: int = 0) -> None:
        self.timeline = Timeline(ANA)
        self.before = count - shown + 1
        for number in range(self.before, count + 1):
            self.timeline.hear(said(number))
        self.asked: list[int] = []
        self.lines: list[str] = []
        self.past = Past(self.timeline, self._ask, self._show_post, self._show_event, self._write)
        self.past.is_connected = True

    def answer(self, *others: Alert | Moved) -> None:
        first = max(1, self.before - self.asked[-1])
        page = [said(number) for number in range(first, self.before)]
        self.before = first
        self.past.take(Earlier((*others, *page), more=first > 1))

    def _ask(self, count: int) -> bool:
        if self.before <= 1 or not self.past.is_connected:
            return False
        self.asked.append(count)
        return True

    def _show_post(self, post: Post, _why: Why, _face: Face) -> None:
        self.lines.append(post.text)

    def _show_event(self, event: Alert | Moved) -> None:
        self.lines.append(type(event).__name__)

    def _write(self, line: str | None) -> None:
        self.lines += [line] if line is not None else []


def test_a_page_stands_between_two_sentences_and_warnings_stand_in_it() -> None:
    relay = Relay(5, shown=2)
    relay.past.earlier(2, FACE)
    assert relay.lines == []
    relay.answer(Alert(Alarm.GAP))
    assert relay.lines == ["* 2 earlier messages:", "Alert", "straw 2", "straw 3", MORE]


def test_pages_come_in_turn_and_after_the_last_one_it_is_said_that_there_is_none() -> None:
    relay = Relay(4, shown=1)
    for _ in range(3):
        relay.past.earlier(2, FACE)
    relay.answer()
    assert relay.asked == [2, 2]
    relay.answer()
    assert relay.lines == [
        "* 2 earlier messages:", "straw 2", "straw 3", MORE,
        "* 1 earlier message:", "straw 1", LAST,
        "! Nothing older is kept.",
    ]  # fmt: skip


def test_a_page_without_messages_is_passed_over_for_the_next() -> None:
    relay = Relay(3)
    relay.past.earlier(2, FACE)
    relay.past.take(Earlier((), more=True))
    assert relay.asked == [2, 2]
    relay.answer()
    assert relay.lines == ["* 2 earlier messages:", "straw 2", "straw 3", MORE]


def test_a_search_goes_through_all_that_is_kept_and_what_it_saw_can_be_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(line_past, "_SEARCH_PAGE", 12)
    relay = Relay(30, shown=2)
    relay.past.search_all("needle", FACE)
    relay.past.earlier(1, FACE)
    for _ in range(3):
        relay.answer()
    assert relay.lines == [
        "* Searching all that the relay keeps. This may take a while.",
        "needle 10", "needle 20", "needle 30",
        "* 3 messages found in all 30 that the relay keeps.",
        "* 1 earlier message:", "straw 28", MORE,
    ]  # fmt: skip
    relay.past.search_all("straw 1", FACE)
    assert relay.lines[-1] == "* 11 messages found in all 30 that the relay keeps."


def test_what_is_loaded_is_bounded_and_a_search_says_that_it_is_not_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {"MOST_LOADED": 20, "_SPARE": 5, "_SEARCH_PAGE": 12}.items():
        monkeypatch.setattr(line_past, name, value)
    relay = Relay(60, shown=2)
    relay.past.search_all("needle", FACE)
    while relay.before > 1:
        relay.answer()
        assert len(relay.timeline) <= 25
    assert relay.lines[-1] == "* 6 messages found in all 60 that the relay keeps."
    relay.past.search_all("needle", FACE)
    assert "To search all that the relay keeps" in relay.lines[-1]
    relay.past.earlier(20, FACE)
    assert relay.lines[-1] == MORE
    relay.past.earlier(20, FACE)
    assert relay.lines[-1].startswith("! No more messages can be loaded.")


def test_whoever_asks_without_a_connection_or_loses_it_is_told() -> None:
    relay = Relay(5)
    relay.past.earlier(2, FACE)
    relay.past.search_all("needle", FACE)
    relay.past.lose()
    lost = "! The connection was lost before the earlier messages came. Ask again later."
    assert relay.lines == [lost, lost]
    relay.past.earlier(2, FACE)
    relay.past.search_all("needle", FACE)
    assert relay.lines[2:] == ["! There is no connection; wait for it, and ask again."] * 2
    relay.past.is_connected = True
    relay.past.earlier(9, FACE)
    relay.answer()
    assert relay.lines[-1] == LAST


def test_long_texts_are_loaded_no_more_than_there_is_place_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(line_past, "_MOST_CHARACTERS", 700)
    relay = Relay(100, shown=100)
    assert relay.timeline.weight > 700
    relay.past.trim()
    assert 600 < relay.timeline.weight <= 700
    relay.before = 1
    relay.past.earlier(5, FACE)
    assert relay.lines == [
        "! No more messages can be loaded. To read older ones, start again with --history."
    ]
