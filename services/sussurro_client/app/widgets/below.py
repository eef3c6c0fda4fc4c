"""The line below the conversation: what has come in below what is seen, and who is writing."""

from collections.abc import Sequence

from textual.message import Message
from textual.widgets import Static

from sussurro_client.app.typists import Typists
from sussurro_client.events import Person
from sussurro_client.naming import Circle
from sussurro_client.words import ngettext

_LOOK_SECONDS = 1.0  # between two looks whether somebody writes still


class Below(Static):
    """Says so while there is anything to say, and takes no place otherwise."""

    class Writing(Message):
        """These people are writing, and nobody else."""

        def __init__(self, people: Sequence[Person]) -> None:
            super().__init__()
            self.people = people

    def __init__(self, typists: Typists, circle: Circle) -> None:
        super().__init__(id="behind", markup=False)
        self._typists = typists
        self._circle = circle
        self._behind = 0
        self._is_due = False  # another look

    def show_behind(self, entries: int) -> None:
        """Say how many are below what is seen."""
        self._behind = entries
        self.tell()

    def show_typing(self) -> None:
        """Say who is writing, as long as they do."""
        self.tell()
        if not self._is_due and self._typists.people():
            self._is_due = True
            self.set_timer(_LOOK_SECONDS, self._look)

    def _look(self) -> None:
        self._is_due = False
        self.show_typing()

    def tell(self) -> None:
        """Say how it is now."""
        parts: list[str] = []
        if self._behind:
            words = ngettext("{count} new below", "{count} new below", self._behind)
            parts.append(f"↓ {words.format(count=self._behind)} · Ctrl+End")
        if writing := self._typists.told(self._circle):
            parts.append(writing)
        self.update("   ".join(parts))
        self.display = bool(parts)
        self.post_message(self.Writing(self._typists.people()))
