"""The line where somebody stopped reading. Pure."""

from sussurro_client.app.blocks import Block, Blocks
from sussurro_client.app.entries import Line
from sussurro_client.words import _


class Bookmark:
    """Puts the line above what nobody has seen come, and knows whether that is read by now."""

    __slots__ = ("_blocks", "_is_read", "block")

    def __init__(self, blocks: Blocks) -> None:
        self.block: Block | None = None  # the line, while there is one
        self._blocks = blocks
        self._is_read = False

    @property
    def is_past(self) -> bool:
        """Whether there is a line, and all below it has been read."""
        return self.block is not None and self._is_read

    def put(self) -> None:
        """Put the line at the end, unless there is one or nothing above it."""
        if self.block is not None and self.block.is_gone:
            self.block = None
        if self.block is None and len(self._blocks):
            day = self._blocks[len(self._blocks) - 1].day
            self.block = self._blocks.add(Line(_("you stopped reading here")), day)
            self._is_read = False

    def read(self) -> None:
        """Take note that the end was in sight."""
        self._is_read = True

    def take(self) -> None:
        """Take the line away."""
        block, self.block = self.block, None
        if block is not None and not block.is_gone:
            self._blocks.remove(block)
