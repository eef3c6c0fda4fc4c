"""A name says of which message it is, in whichever attempt, and none is taken twice."""

import pytest

from sussurro_relay.log.nats_names import Name, Taken


@pytest.mark.parametrize("name", [Name("a1", 7), Name("a1", 7, 2)])
def test_a_name_is_read_as_it_was_written(name: Name) -> None:
    assert Name.read(str(name)) == name


@pytest.mark.parametrize(
    "text", ["", "a1", "a1.x", "a1.-7", "a1.7.", "a1.7.1.1", "a1.²", "a1." + "9" * 5_000]
)
def test_what_no_relay_would_write_is_no_name(text: str) -> None:
    assert Name.read(text) is None
    taken = Taken()
    assert taken.add(text)
    assert taken.add(text)


def test_another_name_is_of_the_same_message_and_of_no_other() -> None:
    name = Name("a1", 7)
    assert name.anew() != name
    assert name.is_of(str(name.anew().anew()))
    assert not name.is_of("a1.8")
    assert not name.is_of("b2.7")
    assert not name.is_of("")


def test_a_message_is_taken_once_whatever_comes_in_between() -> None:
    taken = Taken()
    come = ("a.1", "b.1", "a.1.1", "a.3", "b.1", "a.1", "b.2.1", "a.3")
    assert [text for text in come if taken.add(text)] == ["a.1", "b.1", "a.3", "b.2.1"]
