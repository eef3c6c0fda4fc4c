"""People at terminals: the real program, what they type, and what they read in their language."""

import gettext
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.support.programs import clean_environment
from tests.support.relay import SERVICES
from tests.support.terminal import SECONDS, Terminal

ENGLISH, PORTUGUESE = "en", "pt_BR"
PROGRAM = (sys.executable, "-m", "sussurro_client", "chat")
_FRAMES = re.compile("[\u2500-\u257f\u2580-\u259f]")
_WORD = "[a-z]{5}"
_PASTE = "\x1b[200~{}\x1b[201~"


class Person:
    """Somebody at a terminal of their own, in a folder of their own, who reads one language."""

    def __init__(
        self,
        folder: Path,
        language: str,
        *arguments: str,
        program: tuple[str, ...] = PROGRAM,
        size: tuple[int, int] = (110, 30),
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """Start the program in the folder, which is made where it is missing."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._language = language
        environment = clean_environment(
            HOME=str(folder), TERM="xterm-256color", COLORTERM="truecolor", TZ="UTC",
            LANGUAGE=language, **(settings or {}),
        )  # fmt: skip
        for name in ("NO_COLOR", "TERM_PROGRAM", "TMUX", "XDG_DATA_HOME", "XDG_CONFIG_HOME",
                     "XDG_STATE_HOME"):  # fmt: skip
            environment.pop(name, None)
        spoken = ("--lang", language) if program[-1] == "chat" else ()
        command = [*program, *spoken, *arguments]
        self.terminal = Terminal(folder, command, environment, size)
        self._words = gettext.translation(
            "sussurro", SERVICES / "sussurro_client" / "locale", [language],
            fallback=language == ENGLISH,
        )  # fmt: skip

    @property
    def is_english(self) -> bool:
        """Whether this person reads English."""
        return self._language == ENGLISH

    def words(self, msgid: str, **fields: object) -> str:
        """Return a sentence of the program as this person reads it."""
        told = self._words.gettext(msgid)
        assert told != msgid or self._language == ENGLISH, f"not a sentence of the program: {msgid}"
        return told.format(**fields)

    def number(self, one: str, many: str, count: int) -> str:
        """Return a sentence with a number in it, as this person reads it."""
        return self._words.ngettext(one, many, count).format(count=count)

    @property
    def reads(self) -> str:
        """What is on the screen, without frames, and however the lines were broken."""
        return " ".join(_FRAMES.sub(" ", self.terminal.shown).split())

    def sees(self, *msgids: str, seconds: float = SECONDS, **fields: object) -> str:
        """Wait until sentences of the program stand on the screen; return what is read there."""
        return self.hears(*(self.words(msgid, **fields) for msgid in msgids), seconds=seconds)

    def hears(self, *texts: str, gone: bool = False, seconds: float = SECONDS) -> str:
        """Wait until texts stand on the screen as they are, or none does; return what is read."""
        wanted = [" ".join(text.split()) for text in texts]
        self.terminal.wait_until(
            lambda: all((text in self.reads) != gone for text in wanted),
            f"{'no ' if gone else ''}{texts}",
            seconds,
        )
        return self.reads

    def five_words(self, msgid: str) -> str:
        """Wait for the five words of a key after the beginning of a sentence, and return them."""
        begin = re.escape(" ".join(self.words(msgid, words="").rstrip(".").split()))
        told = re.compile(rf"{begin} ?({_WORD}(?:-{_WORD}){{4}})\b")
        self.terminal.wait_until(lambda: bool(told.search(self.reads)), f"five words: {msgid}")
        return str(told.findall(self.reads)[-1])

    def bar(self, state: str) -> int:
        """Wait until a bar shows how far a file is; return of how many of a hundred parts.

        ``state`` says what happens to it, as the program says it in English.
        """
        whole = re.compile(rf"█+░+ +(\d+)% +{re.escape(self.words(state))}")
        self.terminal.wait_until(lambda: bool(whole.search(self.terminal.shown)), f"a bar: {state}")
        found = whole.search(self.terminal.shown)
        return int(found[1]) if found else 0

    def sees_nothing_underway(self) -> None:
        """Wait until the relay keeps all that this person said."""
        self.hears(self.words("sending…"), gone=True)

    def types(self, text: str) -> None:
        """Press the keys of a text, and Enter after them."""
        self.terminal.type(text)

    def presses(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.terminal.press(key)

    def turns(self, key: str) -> None:
        """Press a key, and wait until something else is to be seen."""
        before = self.reads
        self.terminal.press(key)
        self.terminal.wait_until(lambda: self.reads != before, "anything else")

    def pastes(self, text: str) -> None:
        """Paste a text from a clipboard."""
        self.terminal.press(_PASTE.format(text))

    def is_in(self, members: int) -> str:
        """Wait until so many are in the room."""
        here = self.number("{count} here", "{count} here", members)
        return self.hears(f"{self.words('connected')} · {here}")

    def leaves(self) -> int:
        """Leave as everybody can; return the exit code."""
        self.types("TT")
        return self.terminal.end()
