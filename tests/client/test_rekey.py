from dataclasses import replace

import pytest

from sussurro_client.acquaintances import Acquaintance
from sussurro_client.author import Author
from sussurro_client.authorship import Authorship
from sussurro_client.contents import MAX_SHARES, Rekey
from sussurro_client.envelope import Sealer
from sussurro_client.errors import ClientError
from sussurro_client.events import Moved, Standing
from sussurro_client.heads import Heads
from sussurro_client.member import Member
from sussurro_client.recollection import Recollection
from sussurro_client.rekey import accept, announce
from sussurro_wire.chunk import check_chunk
from tests.client.scenes import ANA, BIA, EVE, NOW, OTHER_KEY, identity, member

NEW = OTHER_KEY


def met(who: Member) -> Acquaintance:
    return Acquaintance(who.person, is_owner=True, wrap_key=who.wrap_key)


def moved(rekey: Rekey, to: Member, sender: Member = ANA) -> Moved:
    shares = {share.to: share.wrapped for share in rekey.shares}
    share = shares.get(to.person.key)
    return Moved(sender.person, Standing.KNOWN, rekey.room, share, at=0, live=True)


def announced(*others: Member) -> Rekey:
    (rekey,) = announce(ANA, NEW.text, [met(other) for other in others])
    return rekey


def test_each_member_that_remains_finds_the_new_key() -> None:
    rekey = announced(BIA, EVE)
    assert rekey.room == NEW.room
    assert {accept(who, moved(rekey, who)) for who in (BIA, EVE)} == {NEW.text}


def test_our_own_other_programs_find_it_too() -> None:
    assert accept(ANA, moved(announced(BIA), ANA)) == NEW.text


def test_whoever_is_left_out_finds_nothing() -> None:
    with pytest.raises(ClientError, match="not given"):
        accept(EVE, moved(announced(BIA), EVE))


def test_the_share_of_another_opens_nothing() -> None:
    stolen = replace(moved(announced(BIA), EVE), share=moved(announced(BIA), BIA).share)
    with pytest.raises(ClientError, match="is not one"):
        accept(EVE, stolen)


def test_a_share_is_good_from_its_sender_only() -> None:
    with pytest.raises(ClientError, match="is not one"):
        accept(BIA, moved(announced(BIA), BIA, sender=EVE))


def test_a_share_is_good_in_the_room_that_it_was_made_in_only() -> None:
    elsewhere = Member(NEW, BIA.identity, BIA.name)
    with pytest.raises(ClientError, match="is not one"):
        accept(elsewhere, moved(announced(BIA), elsewhere))


def test_a_key_of_another_room_than_was_said_is_refused() -> None:
    rekey = announced(BIA).model_copy(update={"room": ANA.key.room})
    with pytest.raises(ClientError, match="is not one"):
        accept(BIA, moved(rekey, BIA))


@pytest.mark.parametrize("place", [0, 1, 5, 600, -1])
def test_an_altered_share_opens_nothing(place: int) -> None:
    original = moved(announced(BIA), BIA)
    assert original.share is not None
    altered = bytearray(original.share)
    altered[place] ^= 1
    with pytest.raises(ClientError, match="is not one"):
        accept(BIA, replace(original, share=bytes(altered)))


def test_many_members_are_served_in_more_than_one_message_that_each_fits() -> None:
    crowd = [member(f"member {number}", number % 250) for number in range(3, 3 + MAX_SHARES)]
    rekeys = list(announce(ANA, NEW.text, map(met, crowd)))
    assert [len(rekey.shares) for rekey in rekeys] == [MAX_SHARES, 1]
    assert {rekey.room for rekey in rekeys} == {NEW.room}
    assert [rekey.is_last for rekey in rekeys] == [False, True]


def test_the_fullest_message_is_taken_by_the_wire() -> None:
    crowd = [member(f"member {number}", number) for number in range(3, 2 + MAX_SHARES)]
    (rekey,) = announce(ANA, NEW.text, map(met, crowd))
    assert len(rekey.shares) == MAX_SHARES
    author = Author(ANA, b"run-0001", Sealer(ANA.key), Heads(), Recollection(), Authorship())
    author.say(rekey, NOW)
    assert check_chunk((author.next_token(NOW) or b"") + b"\n").count == 1


def test_somebody_whose_own_key_is_none_is_told_of() -> None:
    nobody = Acquaintance(BIA.person, is_owner=True, wrap_key=b"short")
    with pytest.raises(ClientError, match="cannot be used"):
        list(announce(ANA, NEW.text, [nobody]))


def test_a_member_with_an_older_library_is_served_by_its_curve_alone() -> None:
    plain = Acquaintance(BIA.person, is_owner=True, wrap_key=identity(2).wrap_key[-32:])
    (rekey,) = announce(ANA, NEW.text, [plain])
    assert accept(BIA, moved(rekey, BIA)) == NEW.text
