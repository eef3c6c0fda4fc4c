"""Who is in a room at other relays, whatever of it got lost on the way."""

from hypothesis import given
from hypothesis import strategies as st

from sussurro_relay.cluster.elsewhere import _MOST_KEPT, Elsewhere
from sussurro_relay.cluster.rumour import News, Part
from sussurro_wire.messages import Gone, Here


def here(session: str) -> Here:
    return Here(session, "gAAAAAcard")


def gone(session: str) -> Gone:
    return Gone(session, "lost")


def whole(version: int, *sessions: str, relay: str = "a") -> Part:
    return Part(relay, "room", version, 1, 1, tuple(map(here, sessions)))


def test_a_relay_that_is_first_heard_of_is_believed_and_asked() -> None:
    elsewhere = Elsewhere()
    assert elsewhere.hear(News("a", 5, here("x"))) == [here("x")]
    assert elsewhere.unsure() == ("a",)
    assert elsewhere.answer(whole(5, "w", "x")) == [here("w")]
    assert elsewhere.unsure() == ()


def test_news_in_their_order_need_no_question_and_old_ones_are_none() -> None:
    elsewhere = Elsewhere()
    elsewhere.answer(whole(5, "x"))
    assert elsewhere.hear(News("a", 6, here("y"))) == [here("y")]
    assert elsewhere.hear(News("a", 7, gone("x"))) == [gone("x")]
    assert elsewhere.hear(News("a", 6, here("y"))) == []
    assert elsewhere.unsure() == ()


def test_a_jump_shows_a_loss_and_the_answer_heals_it() -> None:
    elsewhere = Elsewhere()
    elsewhere.answer(whole(5, "x", "y"))
    assert elsewhere.hear(News("a", 8, here("z"))) == [here("z")]
    assert elsewhere.unsure() == ("a",)
    assert elsewhere.answer(whole(8, "y", "z", "v")) == [gone("x"), here("v")]


def test_a_number_that_is_told_in_silence_shows_a_loss_too() -> None:
    elsewhere = Elsewhere()
    elsewhere.answer(whole(5, "x"))
    for number in (5, 4):  # the latter came late
        assert elsewhere.hear(News("a", number, None)) == []
        assert elsewhere.unsure() == ()
    assert elsewhere.hear(News("a", 6, None)) == []
    assert elsewhere.unsure() == ("a",)


def test_an_answer_is_completed_by_what_was_heard_after_it_was_written() -> None:
    elsewhere = Elsewhere()
    elsewhere.hear(News("a", 6, here("x")))
    elsewhere.hear(News("a", 7, gone("v")))
    assert elsewhere.answer(whole(5, "v", "w")) == [here("w")]
    assert elsewhere.unsure() == ()
    assert elsewhere.hear(News("a", 8, gone("w"))) == [gone("w")]
    assert elsewhere.is_sure("a")


def test_an_answer_after_which_something_is_missing_decides_nothing() -> None:
    elsewhere = Elsewhere()
    elsewhere.hear(News("a", 6, here("x")))
    assert elsewhere.answer(whole(4, "v")) == []
    assert elsewhere.unsure() == ("a",)
    assert elsewhere.answer(whole(6, "v")) == [gone("x"), here("v")]


def test_a_room_in_which_somebody_always_comes_or_goes_is_known_all_the_same() -> None:
    """However many parts an answer has, and however much happens while they come."""
    elsewhere = Elsewhere()
    elsewhere.hear(News("a", 4, here("first")))
    shown = {"first"}
    for number in range(1, 6):
        part = Part("a", "room", 4, number, 5, (here(f"old{number}"),))
        news = elsewhere.answer(part) + elsewhere.hear(News("a", 4 + number, here(f"new{number}")))
        for each in news:
            assert isinstance(each, Here) == (each.session not in shown)
            shown.symmetric_difference_update({each.session})
    assert elsewhere.is_sure("a")
    assert shown == {f"{age}{number}" for age in ("old", "new") for number in range(1, 6)}


def test_of_very_much_that_is_heard_before_an_answer_the_newest_is_kept() -> None:
    elsewhere = Elsewhere()
    for number in range(2, 3 * _MOST_KEPT):
        elsewhere.hear(News("a", number, here("x") if number % 2 else gone("x")))
    assert len(elsewhere._places["a"].kept) == _MOST_KEPT
    assert elsewhere.answer(whole(3 * _MOST_KEPT - 10, "y")) == [here("y")]
    assert elsewhere.is_sure("a")


def test_who_has_members_and_says_nothing_for_long_is_doubted_and_nobody_else() -> None:
    elsewhere = Elsewhere()
    elsewhere.answer(whole(1, "x", relay="a"))
    elsewhere.answer(whole(1, relay="b"))
    elsewhere.answer(whole(1, "y", relay="c"))
    for _ in range(4):
        elsewhere.take_turn(3)
        elsewhere.hear(News("c", 1, None))
    assert elsewhere.unsure() == ("a",)
    elsewhere.doubt()
    assert elsewhere.unsure() == ("a", "b", "c")
    assert elsewhere.answer(whole(9, relay="a")) == [gone("x")]


def test_an_answer_in_parts_counts_once_it_is_whole() -> None:
    elsewhere = Elsewhere()
    assert elsewhere.answer(Part("a", "room", 2, 2, 2, (here("y"),))) == []
    assert elsewhere.unsure() == ("a",)
    assert elsewhere.answer(Part("a", "room", 2, 1, 2, (here("x"),))) == [here("y"), here("x")]
    assert elsewhere.unsure() == ()


def test_parts_of_two_answers_are_not_put_together() -> None:
    elsewhere = Elsewhere()
    elsewhere.answer(Part("a", "room", 2, 1, 2, (here("x"),)))
    assert elsewhere.answer(Part("a", "room", 3, 2, 2, (here("y"),))) == []
    assert elsewhere.answer(Part("a", "room", 3, 1, 2, ())) == [here("y")]


def test_who_was_at_a_relay_that_is_lost_has_left_and_may_come_again() -> None:
    elsewhere = Elsewhere()
    elsewhere.answer(whole(1, "x", relay="a"))
    elsewhere.answer(whole(1, "y", relay="b"))
    assert elsewhere.lose("a") == [gone("x")]
    assert elsewhere.lose("a") == []
    assert elsewhere.hear(News("a", 1, here("x"))) == [here("x")]


@given(st.lists(st.tuples(st.sampled_from("xyz"), st.booleans()), max_size=30), st.data())
def test_whatever_is_lost_the_next_answer_makes_it_right(
    moves: list[tuple[str, bool]], data: st.DataObject
) -> None:
    elsewhere, present, shown = Elsewhere(), set[str](), set[str]()

    def show(news: list[Here | Gone]) -> None:
        for each in news:
            assert isinstance(each, Here) == (each.session not in shown)
            shown.symmetric_difference_update({each.session})

    version = 0
    for session, comes in moves:
        if comes == (session in present):
            continue
        present.symmetric_difference_update({session})
        version += 1
        if data.draw(st.booleans(), label="arrives"):
            show(elsewhere.hear(News("a", version, here(session) if comes else gone(session))))
        if data.draw(st.booleans(), label="asked"):
            show(elsewhere.answer(whole(version, *present)))
            assert shown == present
    show(elsewhere.hear(News("a", version, None)))
    if elsewhere.unsure():
        show(elsewhere.answer(whole(version, *present)))
    assert shown == present
