"""Where one writes."""

from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import TextArea

from sussurro_client.display import safe_text

_NEW_LINE_KEYS = frozenset({"alt+enter", "ctrl+j", "shift+enter"})


class Composer(TextArea):
    """A draft of one line or several. Enter hands it up; only its owner clears it."""

    BINDINGS: ClassVar[list[BindingType]] = []

    class Submitted(Message):
        """Enter was pressed on a draft."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, placeholder: str) -> None:
        super().__init__(
            soft_wrap=True,
            compact=True,
            highlight_cursor_line=False,
            placeholder=placeholder,
        )

    def on_key(self, event: events.Key) -> None:
        """Send with Enter; Alt+Enter and Ctrl+J begin a new line."""
        if event.key == "enter":
            self.post_message(self.Submitted(self.text))
        elif event.key in _NEW_LINE_KEYS:
            self.insert("\n")
        else:
            return
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """Take a paste as one text with its lines, without what could move the cursor about."""
        event.stop()
        event.prevent_default()
        self.insert(safe_text(event.text))
