from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from sussurro_client.app.blocks import Blocks
from sussurro_client.app.entries import Day, Kind, Line, Noted
from sussurro_client.contents import File
from sussurro_client.events import Person, Received
from sussurro_client.timeline import Timeline
from tests.client.app.fakes import ANA, BIA, JOAO, said

HOURS = 60


def local(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def scene(*heard: Received) -> tuple[Blocks, Timeline]:
    timeline = Timeline(BIA)
    blocks = Blocks(timeline, local)
    blocks.guess(80)
    for each in heard:
        post = timeline.hear(each)
        assert post is not None
        blocks.add(post)
    return blocks, timeline


def prepend(blocks: Blocks, timeline: Timeline, *page: Received) -> int:
    return blocks.prepend(timeline.prepend(page))


def outline(blocks: Blocks) -> list[str]:
    """Return each block in a word; a message that begins a group has its author's name."""
    words = []
    for block in blocks:
        post = blocks.post(block)
        if post is not None:
            words.append(f"{post.who.name}: {post.text}" if block.begins else post.text)
        else:
            entry = block.entry
            words.append(str(entry.date.day) if isinstance(entry, Day) else entry.text)  # type: ignore[union-attr]  # a note or a line
    return words


def test_messages_of_one_author_are_a_group_until_five_minutes_pass() -> None:
    blocks, _timeline = scene(
        said(ANA, "a"), said(ANA, "b", 5), said(ANA, "c", 11), said(JOAO, "d", 11)
    )
    assert outline(blocks) == ["9", "Ana: a", "b", "Ana: c", "João: d"]


def test_a_note_a_day_and_a_private_word_end_a_group() -> None:
    blocks, timeline = scene(said(ANA, "a"))
    blocks.add(Noted(Kind.NOTICE, "note", local(said(ANA, "a").at)))
    for heard in (
        said(ANA, "b"),
        replace(said(ANA, "c"), private=BIA),
        said(ANA, "d", 15 * HOURS),
    ):
        post = timeline.hear(heard)
        assert post is not None
        blocks.add(post)
    assert outline(blocks) == ["9", "Ana: a", "note", "Ana: b", "Ana: c", "10", "Ana: d"]


def test_the_past_stands_above_the_first_message_and_below_what_was_told_before() -> None:
    blocks, timeline = scene()
    blocks.add(Noted(Kind.NOTICE, "hello", local(said(ANA, "a").at)))
    for heard in (said(ANA, "c", 2),):
        post = timeline.hear(heard)
        assert post is not None
        blocks.add(post)
    prepend(blocks, timeline, said(JOAO, "old", -24 * HOURS), said(ANA, "b", 1))
    assert outline(blocks) == ["9", "hello", "8", "João: old", "9", "Ana: b", "c"]
    blocks.show_edge(Line("edge"))
    prepend(blocks, timeline, said(JOAO, "older", -24 * HOURS))
    assert outline(blocks)[:5] == ["9", "hello", "edge", "8", "João: older"]
    assert outline(blocks)[5:] == ["old", "9", "Ana: b", "c"]


def test_what_is_forgotten_is_forgotten_by_the_timeline_too() -> None:
    blocks, timeline = scene(*(said(ANA, f"{number}", number) for number in range(10)))
    blocks.show_edge(Line("edge"))
    rows = blocks.forget(4, 1_000)
    assert rows == blocks.column.drop(0) + 8
    assert [post.text for post in timeline] == ["6", "7", "8", "9"]
    assert blocks.find(said(ANA, "0").id) is None


def test_an_edit_that_grows_counts_as_much_as_it_has_grown() -> None:
    blocks, timeline = scene(said(ANA, "a"))
    block = blocks.find(said(ANA, "a").id)
    assert block is not None
    post = blocks.post(block)
    assert post is not None
    timeline._posts[post.id] = replace(
        post, content=post.content.model_copy(update={"text": "x" * 99})
    )
    blocks.change(block)
    assert blocks.characters == 99


def test_pictures_count_as_much_as_texts() -> None:
    file = File(name="a", size=1, sha256=b"h" * 32, parts=1, key=b"k" * 32, preview=b"p" * 999)
    blocks, timeline = scene(
        *(replace(said(ANA, f"{number}", number), content=file) for number in range(5))
    )
    assert blocks.characters == 5_000
    blocks.forget(100, 2_500)
    assert (len(timeline), blocks.characters) == (2, 2_000)


people = st.sampled_from([ANA, JOAO, Person("Eve", b"e" * 32)])
messages = st.lists(st.tuples(people, st.integers(0, 600)), min_size=1, max_size=25)


@given(messages, st.lists(st.integers(1, 6), max_size=8))
def test_page_by_page_from_behind_it_is_as_if_it_had_come_in_order(
    drawn: list[tuple[Person, int]], sizes: list[int]
) -> None:
    minute, heard = 0, []
    for number, (person, minutes) in enumerate(drawn):
        minute += minutes
        heard.append(said(person, f"{number}", minute))
    whole, _timeline = scene(*heard)
    rest = heard[:-1]
    blocks, timeline = scene(heard[-1])
    for size in [*sizes, len(rest)]:
        if rest:
            prepend(blocks, timeline, *rest[-size:])
            del rest[-size:]
    assert outline(blocks) == outline(whole)
    assert blocks.column.height == whole.column.height
    assert len(blocks) == len(blocks.column)
