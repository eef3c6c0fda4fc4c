"""What may come of the beginning of a word: a name, a command, an emoji. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sussurro_client.commands import COMMANDS
from sussurro_client.display import safe_name, safe_text
from sussurro_client.short_names import folded, names_like

MAX_CANDIDATES = 50
_LONGEST_NAME = 64  # characters before the cursor in which a name may begin
_FOR_ONE = "/msg "
_COMMAND = re.compile(r"/([^\s/]*)")
_ARGUMENT = re.compile(r"/([^\s/]+) (\S*)")
_EMOJI = re.compile(r"(?<![\w:]):([^\s:`]{2,})$")
_WORD = re.compile(r"(?<!\S)(?=\S)|(?<=\s)$|^$|(?<=@)")


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be put in the place of a beginning; ``note`` says what it is."""

    text: str
    shown: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Completion:
    """Which part of a draft is a beginning, and what may come of it; one candidate at least."""

    start: int
    end: int
    candidates: tuple[Candidate, ...]


def complete(
    text: str, cursor: int, here: Sequence[str] = (), others: Iterable[str] = ()
) -> Completion | None:
    """Return what may come of the beginning before the cursor; None: nothing that is known.

    Names are offered of those who are here, then of ``others``; with nothing
    begun, of those alone who are here.
    """
    return suggest(text, cursor) or _names(text, cursor, here, others)


def suggest(text: str, cursor: int) -> Completion | None:
    """Return what may come of a beginning that can only be meant so: a command or an emoji."""
    return _commands(text, cursor) or _emoji(text, cursor)


def _commands(text: str, cursor: int) -> Completion | None:
    typed = _COMMAND.fullmatch(text, 0, cursor)
    if typed is None:
        return _choices(text, cursor)
    candidates = [
        Candidate(
            f"/{command.name} " if command.argument else f"/{command.name}",
            command.usage,
            command.help(),
        )
        for command in COMMANDS
        if command.name.startswith(typed[1])
    ]
    return _completion(0, cursor, candidates)


def _choices(text: str, cursor: int) -> Completion | None:
    typed = _ARGUMENT.fullmatch(text, 0, cursor)
    if typed is None:
        return None
    candidates = [
        Candidate(choice, choice)
        for command in COMMANDS
        if command.name == typed[1]
        for choice in command.choices
        if choice.startswith(typed[2])
    ]
    return _completion(typed.start(2), cursor, candidates)


def _emoji(text: str, cursor: int) -> Completion | None:
    begin = max(cursor - 2 * _LONGEST_NAME, 0)
    typed = _EMOJI.search(text[begin:cursor])
    if typed is None:
        return None
    candidates = [
        Candidate(sign, f"{sign} :{name}:") for name, sign in names_like(typed[1], MAX_CANDIDATES)
    ]
    return _completion(begin + typed.start(), cursor, candidates)


def _names(text: str, cursor: int, here: Sequence[str], others: Iterable[str]) -> Completion | None:
    known = _known(here)
    everybody = known | {look: name for look, name in _known(others).items() if look not in known}
    has_space = text[cursor : cursor + 1].isspace()
    for start in _beginnings(text, cursor):
        beginning = folded(text[start:cursor])
        offered = everybody if beginning else known
        is_first = start == 0 or text[start - 1] == "\n"
        end = (":" if is_first else "") + ("" if has_space else " ")
        is_for_one = text[:start] == _FOR_ONE
        found = [
            Candidate((_quoted(name) if is_for_one else name) + end, name)
            for look, name in offered.items()
            if look.startswith(beginning)
        ]
        if found:
            return _completion(start, cursor, found)
    return None


def _beginnings(text: str, cursor: int) -> Iterator[int]:
    """Go through the places where a name may begin, the one farthest from the cursor first."""
    line = max(text.rfind("\n", 0, cursor) + 1, cursor - _LONGEST_NAME)
    for word in _WORD.finditer(text[line:cursor]):
        yield line + word.start()


def _quoted(name: str) -> str:
    """Return a name that no word of the text after it can be taken for a part of."""
    for begin, end in ('""', "“”"):
        if begin not in name and end not in name:
            return f"{begin}{name}{end}"
    return name


def _known(names: Iterable[str]) -> dict[str, str]:
    """Return names as they may be shown and typed, once each, by how they are compared."""
    known: dict[str, str] = {}
    for name in names:
        shown = safe_name(name)
        known.setdefault(folded(shown), shown)
    return known


def _completion(start: int, end: int, found: Sequence[Candidate]) -> Completion | None:
    if not found:
        return None
    shown = (
        Candidate(each.text, safe_text(each.shown), safe_text(each.note))
        for each in found[:MAX_CANDIDATES]
    )
    return Completion(start, end, tuple(shown))
