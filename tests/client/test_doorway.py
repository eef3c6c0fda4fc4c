from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sussurro_client.acquaintances import Acquaintance
from sussurro_client.address import Address
from sussurro_client.doorway import Doorway
from sussurro_client.errors import ClientError
from sussurro_client.events import Moved, Person, Standing
from sussurro_client.identity import Identity, load_identity
from sussurro_client.rekey import announce
from tests.client.scenes import BIA, KEY, OTHER_KEY, Ears


@pytest.fixture
def door(tmp_path: Path) -> Doorway:
    path = tmp_path / "key.key"
    path.write_text(KEY.text)
    path.chmod(0o600)
    identity = load_identity(tmp_path / "state")
    address = Address("127.0.0.1", 9)
    return Doorway(address, path, tmp_path / "state", identity, None, 20.0, history=0)


def offer(door: Doorway, change: Callable[[Moved], Moved] = lambda moved: moved) -> Moved:
    """Return Bia's offer of the other key to whoever stands in the door."""
    person = Person("Ana", door.identity.public_key)
    ana = Acquaintance(person, is_owner=True, wrap_key=door.identity.wrap_key)
    (rekey,) = announce(BIA, OTHER_KEY.text, [ana])
    share = next(share.wrapped for share in rekey.shares if share.to == person.key)
    return change(Moved(BIA.person, Standing.KNOWN, rekey.room, share, at=0, live=True))


def room_of_session(door: Doorway) -> str:
    with door.open("Ana", Ears()) as session:
        return session.member.key.room


def test_a_session_is_of_the_room_that_the_key_opens(door: Doorway) -> None:
    assert room_of_session(door) == KEY.room


def test_after_following_the_next_session_is_in_the_new_room(door: Doorway) -> None:
    door.follow(offer(door))
    assert door.key.room == OTHER_KEY.room
    assert room_of_session(door) == OTHER_KEY.room
    assert door.key_path.read_text() == KEY.text, "key files are never changed"


def test_an_offer_that_does_not_open_leaves_everything_as_it_was(door: Doorway) -> None:
    for change in (
        lambda moved: replace(moved, share=None),
        lambda moved: replace(moved, share=b"\x02" + bytes(1180)),
        lambda moved: replace(moved, room="elsewhere"),
    ):
        with pytest.raises(ClientError):
            door.follow(offer(door, change))
        assert door.key.room == KEY.room


def test_another_program_of_ours_may_have_followed_before(door: Doorway) -> None:
    moved = offer(door)
    door.follow(moved)
    door.follow(moved)
    assert door.key.room == OTHER_KEY.room


def test_nobody_leads_us_back_to_a_room_that_was_left(door: Doorway) -> None:
    door.follow(offer(door))
    with pytest.raises(ClientError, match="left before"):
        door.follow(replace(offer(door), room=KEY.room))
    assert door.key.room == OTHER_KEY.room


def test_an_identity_that_is_not_kept_keeps_no_memory_either(door: Doorway) -> None:
    passing = replace(door, identity=Identity.new(), state=door.state / "other")
    room_of_session(passing)
    assert not passing.state.exists()


def test_a_silent_room_stays_silent_in_the_next_run_and_under_its_next_key(door: Doorway) -> None:
    assert not door.is_muted()
    assert door.mute(is_muted=True)
    assert replace(door).is_muted()
    door.follow(offer(door))
    assert door.key.room == OTHER_KEY.room
    assert door.is_muted()


def test_an_identity_that_is_not_kept_keeps_no_room_silent_either(door: Doorway) -> None:
    passing = replace(door, identity=Identity.new(), state=door.state / "other")
    assert not passing.mute(is_muted=True)
    assert not passing.state.exists()


def test_the_room_of_a_file_is_entered_with_its_own_key_and_leaves_nothing_behind(
    door: Doorway,
) -> None:
    with door.open_file(OTHER_KEY, "Ana", Ears(), 3) as session:
        assert session.member.key.room == OTHER_KEY.room
        assert session.member.person == Person("Ana", door.identity.public_key)
    assert not list(door.state.glob("rooms/*"))
