from sussurro_relay.room import Room
from sussurro_relay.roster import Roster


def quiet(_: Room) -> None:
    """Hear of news and do nothing."""


def test_everybody_who_asks_is_given_one_buffer_until_somebody_comes_or_goes() -> None:
    roster = Roster()
    roster.add("one", "gAAAAAone", quiet)
    answer = roster.answer()
    assert roster.answer() is answer
    assert answer == b"HERE one gAAAAAone\nWHO 1\n"
    assert roster.answer_bytes == len(answer)
    roster.add("two", "gAAAAAtwo", quiet)
    assert roster.answer_bytes == 0
    assert roster.answer().endswith(b"HERE two gAAAAAtwo\nWHO 2\n")
    roster.remove("one")
    assert roster.answer() == b"HERE two gAAAAAtwo\nWHO 1\n"


def test_each_thread_listens_once_for_as_long_as_it_has_a_member() -> None:
    def other(_: Room) -> None:
        """Hear of news in another thread."""

    roster = Roster()
    for session, notify in (("one", quiet), ("two", quiet), ("three", other)):
        roster.add(session, "gAAAAA", notify)
    assert roster.listeners == (quiet, other)
    roster.remove("one")
    assert roster.listeners == (quiet, other)
    roster.remove("two")
    assert list(roster.listeners) == [other]
    assert roster.remove("two") is None
    assert (len(roster), "three" in roster, "two" in roster) == (1, True, False)


def test_cards_are_told_as_they_came_whoever_has_gone_meanwhile() -> None:
    roster = Roster()
    cards = {
        f"s{number}": "gAAAA" + "A" * (1000 + number * 4 // 4 * 4) for number in range(0, 400, 4)
    }
    for session, card in cards.items():
        roster.add(session, card, quiet)
    for session in list(cards)[::2] + list(cards)[1::4]:
        assert roster.remove(session) == cards.pop(session)
    lines = [f"HERE {session} {card}\n" for session, card in cards.items()]
    assert roster.answer().decode() == "".join(lines) + f"WHO {len(cards)}\n"
