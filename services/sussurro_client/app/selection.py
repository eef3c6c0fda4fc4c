"""Which message of the conversation is selected."""

from collections.abc import Callable

from sussurro_client.app.blocks import Block, Blocks
from sussurro_client.app.painter import Painter
from sussurro_client.app.sight import Sight
from sussurro_client.posts import Post


class Selection:
    """Selects one message, or none. Owned by the widget; ``told`` hears whether there is any."""

    def __init__(
        self, blocks: Blocks, painter: Painter, sight: Sight, told: Callable[[bool], None]
    ) -> None:
        self._blocks = blocks
        self._painter = painter
        self._sight = sight
        self._told = told

    @property
    def post(self) -> Post | None:
        """The message that is selected, as it is now."""
        return self._blocks.post(self._painter.selected) if self._painter.selected else None

    def step(self, step: int) -> int:
        """Select the message above (-1) or below (1); with none selected, the lowest in sight.

        Returns which of the two ways it went.
        """
        if self._painter.selected is None:
            bottom = self._sight.y + self._sight.height
            start = min(self._blocks.column.at(bottom - 1), len(self._blocks) - 1)
            step = -1
        else:
            start = self._blocks.index(self._painter.selected) + step
        while 0 <= start < len(self._blocks) and not self._blocks[start].id:
            start += step
        if 0 <= start < len(self._blocks):
            self._select(self._blocks[start])
        return step

    def choose(self, message_id: str) -> bool:
        """Select a message and go there; return whether it is here."""
        block = self._blocks.find(message_id)
        if block is None:
            return False
        self._select(block)
        return True

    def end(self) -> None:
        """Select nothing any more."""
        self._select(None)

    def settle(self) -> None:
        """Select nothing any more where the message that was selected is forgotten."""
        if self._painter.selected is not None and self._painter.selected.is_gone:
            self.end()

    def _select(self, block: Block | None) -> None:
        for each in (self._painter.selected, block):
            if each is not None:
                each.strips = None
        if block is None and self._painter.selected is None:
            return
        self._painter.selected = block
        if block is not None:
            self._sight.bring(block)
        else:
            self._sight.show_again()
        self._told(block is not None)
