"""Where one writes."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import TextArea

from sussurro_client.app.completion import Candidate, Completion, complete, suggest
from sussurro_client.app.typed import Typed
from sussurro_client.display import safe_text
from sussurro_client.interpreter import with_emoji

_NEW_LINE_KEYS = frozenset({"alt+enter", "ctrl+j", "shift+enter"})
_STEPS = {"tab": 1, "shift+tab": -1}


class Composer(TextArea):
    """A draft of one line or several. Enter hands it up, and what is typed next is another.

    It is handed up with the emoji that its short names mean; its owner says that it was taken, or gives
    it back. Tab and Shift+Tab go through what may come of what is begun, Escape takes that
    back; Up in the first row and Down in the last go through what was typed before.
    """

    BINDINGS: ClassVar[list[BindingType]] = []

    class Submitted(Message):
        """Enter was pressed on a draft; ``text`` has emoji in the place of short names."""

        def __init__(self, draft: str) -> None:
            super().__init__()
            self.draft = draft
            self.text = with_emoji(draft)

    class Offered(Message):
        """Other candidates than before, perhaps none; ``chosen`` stands in the draft."""

        def __init__(self, candidates: Sequence[Candidate], chosen: int | None) -> None:
            super().__init__()
            self.candidates = candidates
            self.chosen = chosen

    def __init__(
        self,
        placeholder: str,
        names: Callable[[], tuple[Sequence[str], Sequence[str]]] = lambda: ((), ()),
    ) -> None:
        """``names`` returns those of who is here, and of others that may be meant."""
        super().__init__(
            soft_wrap=True,
            compact=True,
            highlight_cursor_line=False,
            placeholder=placeholder,
        )
        self._names = names
        self._typed = Typed()
        self._completion: Completion | None = None
        self._chosen: int | None = None
        self._begun = ""  # what the candidate stands in the place of ...
        self._end = 0  # ... and where it ends
        self._seen = ("", 0)  # the draft and the place of the cursor that are dealt with

    def take(self, draft: str) -> None:
        """Take note that what was handed up is done; Up goes back to it."""
        self._typed.add(draft)

    def give_back(self, draft: str) -> None:
        """Put what was handed up before what has been typed since."""
        self._write(draft + self.text)

    def begin(self, text: str) -> None:
        """Begin another draft; Up goes back to the one that was there."""
        self._typed.add(self.text)
        self._write(text)

    def on_key(self, event: events.Key) -> None:
        """Send with Enter; Alt+Enter and Ctrl+J begin a new line."""
        if event.key == "enter":
            # At once: the keys that follow may be here before anybody has dealt with this.
            draft = self.text
            self._write("")
            self.post_message(self.Submitted(draft))
        elif event.key in _NEW_LINE_KEYS:
            self.insert("\n")
        elif event.key in _STEPS:
            self._choose(_STEPS[event.key])
        elif event.key == "escape" and self._completion is not None:
            self._take_back(self._completion)
        elif not self._go_through_typed(event.key):
            return
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """Take a paste as one text with its lines, without what could move the cursor about."""
        event.stop()
        event.prevent_default()
        self.insert(safe_text(event.text))

    def on_text_area_changed(self) -> None:
        """Offer what may come of what is typed."""
        self._look()

    def on_text_area_selection_changed(self) -> None:
        """Offer what may come of what stands before the cursor."""
        self._look()

    @property
    def _cursor(self) -> int:
        return len(self.get_text_range((0, 0), self.cursor_location))

    def _look(self) -> None:
        """Offer other candidates where something else than ours has changed the draft."""
        now = (self.text, self._cursor)
        if now != self._seen:
            self._seen = now
            self._offer(suggest(*now))

    def _offer(self, completion: Completion | None) -> None:
        was_offering = self._completion is not None
        self._completion, self._chosen = completion, None
        if completion is not None:
            self._begun = self.text[completion.start : completion.end]
            self._end = completion.end
            self.post_message(self.Offered(completion.candidates, None))
        elif was_offering:
            self.post_message(self.Offered((), None))

    def _choose(self, step: int) -> None:
        self._look()
        if self._completion is None:
            self._offer(complete(self.text, self._cursor, *self._names()))
        if self._completion is None:
            return
        candidates = self._completion.candidates
        first = 0 if step > 0 else len(candidates) - 1
        chosen = first if self._chosen is None else (self._chosen + step) % len(candidates)
        self._chosen = chosen
        self._put(self._completion.start, candidates[chosen].text)
        # Where there is but one, it stands in the draft, and there is nothing to choose from.
        self.post_message(self.Offered(candidates if len(candidates) > 1 else (), chosen))

    def _take_back(self, completion: Completion) -> None:
        if self._chosen is not None:
            self._put(completion.start, self._begun)
        self._offer(None)

    def _put(self, start: int, text: str) -> None:
        """Write in the place of what is begun."""
        self.replace(text, self._place(start), self._place(self._end))
        self._end = start + len(text)
        self.move_cursor(self._place(self._end))
        self._seen = (self.text, self._cursor)

    def _place(self, index: int) -> tuple[int, int]:
        before = self.text[:index]
        return before.count("\n"), index - before.rfind("\n") - 1

    def _go_through_typed(self, key: str) -> bool:
        row = self.wrapped_document.location_to_offset(self.cursor_location).y
        if key == "up" and row == 0:
            text = self._typed.older(self.text)
        elif key == "down" and row >= self.wrapped_document.height - 1:
            text = self._typed.newer(self.text)
        else:
            return False
        if text is None:
            return False
        self._write(text)
        return True

    def _write(self, text: str) -> None:
        """Put another draft in the place of this one, with nothing offered."""
        self.replace(text, (0, 0), self.document.end)
        self.move_cursor(self.document.end)
        self._seen = (self.text, self._cursor)
        self._offer(None)
