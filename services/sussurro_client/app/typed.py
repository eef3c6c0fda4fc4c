"""What was typed before, to be taken up again. Pure."""

MAX_TEXTS = 200
MAX_CHARACTERS = 1024 * 1024  # of all texts together


class Typed:
    """The texts that were handed up, oldest first, and where among them one is.

    Behind the newest stands the draft. What is changed while one goes through them stays
    changed until the next text is handed up, so that nothing typed is lost on the way.
    """

    __slots__ = ("_changed", "_place", "_texts")

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._place = 0  # in the texts; their number: at the draft
        self._changed: dict[int, str] = {}

    def add(self, text: str) -> None:
        """Take note that a text was handed up. An unfinished draft becomes one to go back to."""
        draft = self._changed.get(len(self._texts), "") if self._place < len(self._texts) else ""
        for each in (draft, text):
            if each.strip():
                if each in self._texts[-1:]:
                    self._texts.pop()
                self._texts.append(each)
        del self._texts[:-MAX_TEXTS]
        characters = sum(map(len, self._texts))
        while characters > MAX_CHARACTERS:
            characters -= len(self._texts.pop(0))
        self._place = len(self._texts)
        self._changed.clear()

    def older(self, text: str) -> str | None:
        """Return what was typed before, in the place of ``text``; None: nothing was."""
        return self._go(-1, text)

    def newer(self, text: str) -> str | None:
        """Return what was typed after, at last the draft; None: there we are."""
        return self._go(1, text)

    def _go(self, step: int, text: str) -> str | None:
        place = self._place + step
        if not 0 <= place <= len(self._texts):
            return None
        self._changed[self._place] = text
        self._place = place
        there = self._texts[place] if place < len(self._texts) else ""
        return self._changed.get(place, there)
