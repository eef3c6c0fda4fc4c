from dataclasses import replace

import pytest

from sussurro_client.app.unread import Unread
from sussurro_client.contents import Reaction, Typing
from sussurro_client.events import Connected, Event, Received
from tests.client.app.fakes import ANA, BIA, RELAY, said

OI = said(ANA, "Oi")


def test_texts_of_others_are_counted_as_they_come() -> None:
    unread = Unread().after([OI, OI], BIA).after([OI], BIA)
    assert unread == Unread(3)


@pytest.mark.parametrize(
    "event",
    [
        replace(OI, live=False),
        replace(OI, sender=BIA),
        replace(OI, content=Typing()),
        replace(OI, content=Reaction(of=bytes(32), emoji="👍")),
        Connected(RELAY, 2),
    ],
)
def test_the_past_ones_own_and_what_is_no_message_are_not_unread(event: Event) -> None:
    assert Unread().after([event], BIA) == Unread()


def test_what_is_sealed_for_oneself_or_has_ones_name_in_it_is_marked() -> None:
    private: Received = replace(OI, private=BIA)
    assert Unread().after([private], BIA) == Unread(1, is_personal=True)
    assert Unread().after([said(ANA, "bia?")], BIA) == Unread(1, is_personal=True)
    assert Unread(1, is_personal=True).after([OI], BIA) == Unread(2, is_personal=True)
