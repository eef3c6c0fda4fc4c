from sussurro_client.app.blocks import Blocks
from sussurro_client.app.bookmark import Bookmark
from sussurro_client.app.entries import Line
from sussurro_client.timeline import Timeline
from tests.client.app.fakes import ANA, BIA, said
from tests.client.app.test_blocks import local


def scene(count: int) -> tuple[Blocks, Bookmark]:
    timeline = Timeline(BIA)
    blocks = Blocks(timeline, local)
    for number in range(count):
        post = timeline.hear(said(ANA, f"{number}"))
        assert post is not None
        blocks.add(post)
    return blocks, Bookmark(blocks)


def lines(blocks: Blocks) -> list[int]:
    """Return where lines stand."""
    return [at for at, block in enumerate(blocks) if isinstance(block.entry, Line)]


def test_there_is_one_line_at_most_and_none_above_everything() -> None:
    blocks, bookmark = scene(0)
    bookmark.put()
    assert lines(blocks) == []
    blocks, bookmark = scene(2)
    bookmark.put()
    bookmark.put()
    assert lines(blocks) == [3]


def test_it_is_past_once_the_end_was_seen_and_gone_when_taken() -> None:
    blocks, bookmark = scene(1)
    bookmark.read()
    assert not bookmark.is_past
    bookmark.put()
    assert not bookmark.is_past
    bookmark.read()
    assert bookmark.is_past
    bookmark.take()
    bookmark.take()
    assert lines(blocks) == []


def test_a_line_that_was_forgotten_with_the_oldest_can_be_put_again() -> None:
    blocks, bookmark = scene(1)
    bookmark.put()
    timeline_post = said(ANA, "later")
    post = blocks._timeline.hear(timeline_post)
    assert post is not None
    blocks.add(post)
    blocks.forget(1, 1_000)
    assert lines(blocks) == []
    bookmark.take()
    bookmark.put()
    assert lines(blocks) == [1]
