"""The question for an emoji."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from sussurro_client.display import safe_name
from sussurro_client.errors import ClientError
from sussurro_client.targets import emoji_of
from sussurro_client.words import _

QUICK = ("👍", "❤️", "😂", "😮", "😢", "🎉")


class EmojiInput(Input):
    """An input where a digit alone chooses, and that takes nothing unseen from a clipboard."""

    def on_paste(self, event: events.Paste) -> None:
        """Take a paste as it would be shown."""
        event.stop()
        event.prevent_default()
        if event.text.strip():
            self.insert_text_at_cursor(safe_name(event.text))


class ReactScreen(ModalScreen[str]):
    """Asks which emoji to put beside a message, until the answer is one."""

    AUTO_FOCUS = "EmojiInput"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", show=False)]

    def compose(self) -> ComposeResult:
        """Lay out the question and the quick answers."""
        quick = Content("   ").join(
            Content.assemble((f"{number} ", "$primary bold"), each)
            for number, each in enumerate(QUICK, 1)
        )
        with Vertical(classes="box"):
            yield Static(_("Which emoji?"), classes="title", markup=False)
            yield Static(quick, classes="hint")
            yield EmojiInput(placeholder=_("A number, an emoji, or :heart:"))
            yield Static("", id="flaw", markup=False)
            yield Static(_("Enter puts it there, Escape goes back."), classes="hint", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the emoji, or say what is wrong with it."""
        value = event.value.strip()
        if value.isdecimal() and value.isascii() and 1 <= int(value) <= len(QUICK):
            value = QUICK[int(value) - 1]
        try:
            self.dismiss(emoji_of(value))
        except ClientError as error:
            self.query_one("#flaw", Static).update(str(error))

    def action_cancel(self) -> None:
        """Do nothing."""
        self.dismiss(None)
