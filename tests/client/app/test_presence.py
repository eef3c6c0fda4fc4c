from sussurro_client.app.presence import Presence
from sussurro_client.events import Arrived, Connected, Departed, Kept, Present
from tests.client.app.fakes import ANA, BIA, JOAO, RELAY


def test_presence_follows_the_events() -> None:
    presence = Presence().after(Connected(RELAY, 2), ())
    assert presence == Presence((), 2)
    presence = presence.after(Present((ANA, BIA), 2), (ANA, BIA))
    presence = presence.after(Arrived(JOAO), (ANA, BIA, JOAO))
    assert presence == Presence((ANA, BIA, JOAO), 3)
    presence = presence.after(Departed(ANA, "left"), (BIA, JOAO))
    assert presence == Presence((BIA, JOAO), 2)
    assert presence.after(Kept("x", 1), ()) == presence


def test_whom_the_roster_has_named_is_not_counted_again_on_arrival() -> None:
    presence = Presence((ANA, BIA), 2)
    assert presence.after(Arrived(BIA), (ANA, BIA)) == presence


def test_a_count_alone_is_enough_in_a_large_room() -> None:
    assert Presence().after(Present((), 5_000), (BIA,)) == Presence((BIA,), 5_000)
