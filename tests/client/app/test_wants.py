from dataclasses import replace

import pytest

from sussurro_client.app.herald import Heard
from sussurro_client.app.wants import spoken
from sussurro_client.contents import Delete, Reaction, Text, Typing
from sussurro_client.events import Received
from tests.client.app.fakes import ANA, BIA, said
from tests.client.app.posts import CIRCLE
from tests.client.files.play import file_of

OI = said(ANA, "Oi")


class Screen:
    """What tells."""

    is_muted = False
    is_current = True

    def note(self, *_words: object) -> None:
        raise AssertionError


@pytest.mark.parametrize(
    ("event", "heard"),
    [
        (OI, Heard("Ana", "Oi")),
        (replace(OI, private=BIA), Heard("Ana", "Oi", is_private=True)),
        (replace(OI, content=file_of(b"data", "a.bin")), Heard("Ana", "a.bin")),
        (replace(OI, content=Text(text="waves", is_action=True)), Heard("Ana", "waves")),
    ],
)
def test_what_somebody_else_says_is_told(event: Received, heard: Heard) -> None:
    screen = Screen()
    told = spoken(screen, event, CIRCLE)
    assert told is not None
    assert (told.screen, told.heard) == (screen, heard)


@pytest.mark.parametrize(
    "event",
    [
        replace(OI, live=False),
        said(BIA, "Oi"),
        replace(OI, content=Typing()),
        replace(OI, content=Delete(of=bytes(32))),
        replace(OI, content=Reaction(of=bytes(32), emoji="👍")),
    ],
)
def test_the_past_ones_own_and_what_changes_a_message_are_no_news(event: Received) -> None:
    assert spoken(Screen(), event, CIRCLE) is None
