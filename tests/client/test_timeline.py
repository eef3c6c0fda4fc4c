import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sussurro_client.contents import Content, Delete, Edit, Reaction, Text, Typing
from sussurro_client.events import Person, Received, Standing
from sussurro_client.posts import Post, changed
from sussurro_client.timeline import Timeline
from tests.wire.strategies import steady

ANA, BIA = Person("Ana", b"a" * 32), Person("Bia", b"b" * 32)


def digest(words: str) -> bytes:
    return hashlib.sha256(words.encode()).digest()


def said(text: str, who: Person = BIA) -> Received:
    return heard(Text(text=text), who, digest(text).hex())


def heard(content: Content, who: Person = BIA, message_id: str = "00") -> Received:
    return Received(who, content, message_id, 1, 5, Standing.KNOWN, live=True)


def own(text: str) -> Post:
    return Post(digest(text).hex(), ANA, None, Text(text=text), 5)


@pytest.fixture
def timeline() -> Timeline:
    return Timeline(ANA)


def texts(timeline: Timeline) -> list[str]:
    return [post.text for post in timeline]


def test_posts_stand_in_the_order_in_which_they_came(timeline: Timeline) -> None:
    for text in ("one", "two"):
        assert timeline.hear(said(text)) == timeline.get(digest(text).hex())
    assert texts(timeline) == ["one", "two"]
    assert [post.text for post in reversed(timeline)] == ["two", "one"]
    assert len(timeline) == 2


def test_the_same_message_is_there_once(timeline: Timeline) -> None:
    timeline.hear(said("one"))
    assert timeline.hear(said("one")) is None
    assert texts(timeline) == ["one"]


def test_ones_own_is_on_its_way_until_it_is_kept(timeline: Timeline) -> None:
    sent = timeline.say(own("mine"))
    assert not sent.is_kept
    kept = timeline.keep(sent.id, 9)
    assert kept is not None
    assert (kept.is_kept, kept.seq) == (True, 9)
    assert timeline.keep(sent.id, 9) is None
    assert timeline.keep("ff", 9) is None


def test_a_change_returns_the_post_as_it_is_then(timeline: Timeline) -> None:
    timeline.hear(said("one"))
    edited = timeline.hear(heard(Edit(of=digest("one"), text="other")))
    assert edited is not None
    assert edited.text == "other"
    assert texts(timeline) == ["other"]


def test_a_change_of_ones_own_stays_when_it_is_kept(timeline: Timeline) -> None:
    timeline.say(own("mine"))
    timeline.hear(heard(Edit(of=digest("mine"), text="better"), ANA))
    kept = timeline.keep(digest("mine").hex(), 9)
    assert kept is not None
    assert (kept.text, kept.is_kept) == ("better", True)


def test_a_deletion_is_not_undone_by_any_number_of_reactions(timeline: Timeline) -> None:
    timeline.hear(said("secret"))
    timeline.hear(heard(Delete(of=digest("secret"))))
    for number in range(2_100):
        timeline.hear(heard(Reaction(of=digest("secret"), emoji=str(number)), ANA))
    assert texts(timeline) == [""]


def test_each_change_costs_the_same_however_many_there_were_before(
    timeline: Timeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[Received] = []

    def count(post: Post, change: Received, *, is_old: bool) -> Post:
        done.append(change)
        return changed(post, change, is_old=is_old)

    monkeypatch.setattr("sussurro_client.timeline.changed", count)
    timeline.hear(said("one"))
    for number in range(100):
        timeline.hear(heard(Reaction(of=digest("one"), emoji=str(number)), ANA))
    assert len(done) == 100


def test_all_reactions_together_are_no_more_than_may_be(
    timeline: Timeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sussurro_client.timeline._MAX_REACTIONS", 3)

    def react(text: str, emoji: str, *, is_on: bool = True) -> int:
        timeline.hear(heard(Reaction(of=digest(text), emoji=emoji, is_on=is_on)))
        post = timeline.get(digest(text).hex())
        return len(post.reactions) if post else 0

    timeline.hear(said("one"))
    timeline.hear(said("two"))
    assert [react("one", "a"), react("one", "b"), react("two", "a"), react("two", "b")] == [
        1,
        2,
        1,
        1,
    ]
    assert [react("one", "a", is_on=False), react("two", "b"), react("two", "c")] == [1, 2, 2]
    timeline.forget(1)
    assert react("two", "d") == 3


def test_what_all_weigh_follows_what_becomes_of_them(timeline: Timeline) -> None:
    timeline.say(own("mine"))
    timeline.hear(said("one"))
    assert timeline.weight == 7
    timeline.hear(heard(Edit(of=digest("one"), text="longer")))
    assert timeline.weight == 10
    timeline.hear(heard(Delete(of=digest("one"))))
    timeline.prepend([said("older"), heard(Edit(of=digest("older"), text="old"))])
    assert timeline.weight == 4 + 3
    timeline.forget(1)
    assert timeline.weight == 4


def test_a_change_of_what_is_not_loaded_is_done_once_it_is(timeline: Timeline) -> None:
    assert timeline.hear(heard(Delete(of=digest("old")))) is None
    (post,) = timeline.prepend([said("old")])
    assert post.is_deleted


def test_the_past_comes_before_all_else_and_its_changes_before_newer_ones(
    timeline: Timeline,
) -> None:
    timeline.hear(heard(Edit(of=digest("old"), text="newest")))
    timeline.hear(said("new"))
    page = [said("old"), heard(Edit(of=digest("old"), text="newer")), said("older")]
    assert [post.text for post in timeline.prepend(page)] == ["newest", "older"]
    assert texts(timeline) == ["newest", "older", "new"]


def test_what_is_there_already_does_not_come_again_with_the_past(timeline: Timeline) -> None:
    timeline.hear(said("one"))
    assert timeline.prepend([said("one")]) == []
    assert texts(timeline) == ["one"]


def test_a_tag_finds_what_has_it_as_people_type_it(timeline: Timeline) -> None:
    timeline.hear(said("one"))
    post = timeline.get(digest("one").hex())
    assert post is not None
    for typed in (post.tag, post.tag[1:], f" {post.tag.upper()} "):
        assert timeline.tagged(typed) == [post]
    assert timeline.tagged("#zzzzz") == []


def test_the_newest_of_oneself_and_of_others_skips_what_was_taken_back(timeline: Timeline) -> None:
    timeline.say(own("mine"))
    timeline.hear(said("one"))
    timeline.hear(said("two"))
    timeline.hear(heard(Delete(of=digest("two"))))
    newest, mine = timeline.newest(mine=False), timeline.newest(mine=True)
    assert newest is not None
    assert mine is not None
    assert (newest.text, mine.text) == ("one", "mine")
    assert Timeline(ANA).newest(mine=True) is None


def test_a_search_finds_all_words_in_any_case_newest_first(timeline: Timeline) -> None:
    for text in ("Bom dia", "boa noite", "BOM DIA a todos"):
        timeline.hear(said(text))
    assert [post.text for post in timeline.search("dia BOM")] == ["BOM DIA a todos", "Bom dia"]
    assert [post.text for post in timeline.search("bia noite")] == ["boa noite"], "names count too"
    assert timeline.search(" ") == []


def test_what_was_taken_back_is_not_found(timeline: Timeline) -> None:
    timeline.hear(said("secret"))
    timeline.hear(heard(Delete(of=digest("secret"))))
    assert timeline.search("secret") == []


def test_the_oldest_can_be_forgotten(timeline: Timeline) -> None:
    for text in ("one", "two", "three"):
        timeline.hear(said(text))
    timeline.forget(2)
    assert texts(timeline) == ["three"]
    assert timeline.get(digest("one").hex()) is None


def test_what_is_neither_post_nor_change_changes_nothing(timeline: Timeline) -> None:
    assert timeline.hear(heard(Typing())) is None
    assert len(timeline) == 0


@steady
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=30), st.integers(0, 30))
def test_pages_and_live_messages_give_the_same_as_all_at_once(
    steps: list[tuple[int, int]], cut: int
) -> None:
    log: list[Received] = []
    for number, (kind, of) in enumerate(steps):
        target = digest(f"text {of}")
        match kind:
            case 0:
                log.append(said(f"text {of}"))
            case 1:
                log.append(heard(Edit(of=target, text=f"edit {number}")))
            case 2:
                log.append(heard(Reaction(of=target, emoji="x", is_on=number % 2 == 0)))
            case _:
                log.append(said(f"other {number}"))
    unique = [each for place, each in enumerate(log) if not _is_copy(log, place)]
    cut = min(cut, len(unique))
    whole, paged = Timeline(ANA), Timeline(ANA)
    for each in unique:
        whole.hear(each)
    for each in unique[cut:]:
        paged.hear(each)
    paged.prepend(unique[cut // 2 : cut])
    paged.prepend(unique[: cut // 2])
    assert list(paged) == list(whole)


def _is_copy(log: list[Received], place: int) -> bool:
    """Return whether a message came before; the core drops those."""
    return isinstance(log[place].content, Text) and log[place] in log[:place]
