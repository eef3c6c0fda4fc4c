from dataclasses import dataclass, field

import pytest

from sussurro_client.app.herald import Attention, Heard, Herald
from sussurro_client.wishes import Notify, Wishes

MENTION = Heard("Ana", "bia, are you there?")
PLAIN = Heard("Ana", "nothing in particular")
PRIVATE = Heard("Ana", "between us", is_private=True)


@dataclass
class Desk:
    """A herald, and a clock that stands."""

    wishes: Wishes = field(default_factory=Wishes)
    now: float = 1000.0
    attention: Attention = field(init=False)
    herald: Herald = field(init=False)

    def __post_init__(self) -> None:
        self.attention = Attention(lambda: self.now)
        self.herald = Herald(self.wishes, self.attention, lambda: self.now)
        self.attention.note_focus(has_focus=False)

    def tells(self, heard: Heard, *, is_shown: bool = True, is_muted: bool = False) -> str:
        return self.herald.sentence(heard, "Bia", is_shown=is_shown, is_muted=is_muted)


@pytest.mark.parametrize(
    ("notify", "told"),
    [
        (Notify.NEVER, ["", "", ""]),
        (Notify.MENTIONS, ["Your name was said.", "", "A private message has come."]),
        (
            Notify.ALL,
            ["Your name was said.", "A message has come.", "A private message has come."],
        ),
    ],
)
def test_one_is_told_of_what_one_wants_to_be_told(notify: Notify, told: list[str]) -> None:
    assert [Desk(Wishes(notify=notify)).tells(each) for each in (MENTION, PLAIN, PRIVATE)] == told


def test_who_wrote_and_what_is_told_only_where_that_is_allowed() -> None:
    assert Desk(Wishes(notify_content=True)).tells(MENTION) == "Ana: bia, are you there?"
    for heard in (MENTION, PRIVATE, PLAIN):
        told = Desk(Wishes(notify=Notify.ALL)).tells(heard)
        assert heard.name not in told
        assert heard.text not in told


def test_nobody_is_told_of_a_room_that_is_muted_or_looked_at() -> None:
    assert Desk().tells(MENTION, is_muted=True) == ""
    desk = Desk()
    desk.attention.note_focus(has_focus=True)
    assert desk.tells(MENTION) == ""
    assert desk.tells(MENTION, is_shown=False) != ""


def test_many_at_once_ring_once_and_later_again() -> None:
    desk = Desk()
    told = [desk.tells(MENTION) for _time in range(1000)]
    assert [bool(each) for each in told] == [True] + [False] * 999
    desk.now += 10
    assert desk.tells(MENTION)


def test_without_word_of_the_focus_somebody_looks_who_has_typed_lately() -> None:
    now = 0.0
    attention = Attention(lambda: now)
    assert not attention.is_away
    now = 59.0
    assert not attention.is_away
    now = 61.0
    assert attention.is_away
    attention.note_typing()
    assert not attention.is_away
    now = 1000.0
    attention.note_focus(has_focus=True)
    assert not attention.is_away
