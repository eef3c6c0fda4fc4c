from dataclasses import FrozenInstanceError, fields
from typing import get_args

import pytest

from sussurro_client.contents import Text
from sussurro_client.errors import EnvelopeError, Flaw
from sussurro_client.events import Alarm, Event, Kept, Person, Received, Standing


def test_an_event_is_a_value_that_nobody_changes() -> None:
    kept = Kept("i-1", 1)
    with pytest.raises(FrozenInstanceError):
        kept.seq = 2  # type: ignore[misc]  # the very thing that is not possible
    assert kept == Kept("i-1", 1)


def test_every_kind_of_event_is_frozen_and_has_no_dictionary() -> None:
    for kind in get_args(Event):
        assert kind.__dataclass_params__.frozen
        assert {field.name for field in fields(kind)} == set(kind.__slots__)


def test_every_flaw_of_a_token_is_an_alarm() -> None:
    assert {Alarm(flaw.value).value for flaw in Flaw} == {str(EnvelopeError(flaw)) for flaw in Flaw}


@pytest.mark.parametrize(
    ("standing", "verified"),
    [(Standing.VERIFIED, True), (Standing.KNOWN, True), (Standing.CHANGED, False)],
)
def test_a_message_is_verified_unless_its_name_is_anothers(
    standing: Standing, *, verified: bool
) -> None:
    bia = Person("Bia", b"b" * 32)
    assert Received(bia, Text(text="Oi"), "i-1", 1, 0, standing, live=True).verified is verified
