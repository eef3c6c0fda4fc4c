"""How each block of the conversation looks now: from the timeline, and what one does with it."""

from collections.abc import Callable
from datetime import datetime

from textual.content import Content

from sussurro_client.app.blocks import Block, Blocks
from sussurro_client.app.entries import Entry, Line, Progress, Quote, Said
from sussurro_client.app.lines import Look, lines_of
from sussurro_client.naming import Circle
from sussurro_client.posts import today
from sussurro_client.timeline import Timeline

_MAX_PROGRESS = 1_000  # files whose progress is known


class Painter:
    """Draws blocks. ``selected`` is the one that is chosen; lives in the app's thread."""

    def __init__(
        self,
        blocks: Blocks,
        timeline: Timeline,
        circle: Circle,
        local: Callable[[int], datetime],
        is_mention: Callable[[str], bool],
    ) -> None:
        self.selected: Block | None = None
        self._blocks = blocks
        self._timeline = timeline
        self._circle = circle
        self._local = local
        self._is_mention = is_mention
        self._progress: dict[str, Progress] = {}

    def lines(self, block: Block, width: int, *, dark: bool, has_pictures: bool) -> list[Content]:
        """Return the lines of a block, none wider than ``width``."""
        return lines_of(self._entry(block), width, Look(dark, self._circle, has_pictures))

    def note_progress(self, message_id: str, progress: Progress) -> None:
        """Take note of how far a file is."""
        if message_id not in self._progress and len(self._progress) >= _MAX_PROGRESS:
            self._progress.pop(next(iter(self._progress)))
        self._progress[message_id] = progress

    def _entry(self, block: Block) -> Entry:
        post = self._blocks.post(block)
        if post is None:
            return block.entry or Line("")
        post = today(post, self._circle.standing)
        return Said(
            post=post,
            at=self._local(post.at),
            begins=block.begins,
            quote=self._quote(post.reply_to) if post.reply_to else None,
            is_mention=post.standing is not None and self._is_mention(post.text),
            is_selected=block is self.selected,
            progress=self._progress.get(post.id),
        )

    def _quote(self, message_id: str) -> Quote:
        post = self._timeline.get(message_id)
        if post is None:
            return Quote()
        return Quote(post.who, today(post, self._circle.standing).standing, post.text)
