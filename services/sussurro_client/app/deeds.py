"""What can be done with a message that is selected: one table for keys, hints and help. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sussurro_client.words import _


class Deed(StrEnum):
    """What a key does with the selected message."""

    REPLY = "reply"
    EDIT = "edit"
    DELETE = "delete"
    REACT = "react"
    COPY = "copy"
    END = "end"


@dataclass(frozen=True, slots=True)
class DeedKey:
    """The keys of a deed, as Textual names them and as people do, and what it does."""

    deed: Deed
    keys: str
    shown: str
    short: Callable[[], str]
    help: Callable[[], str]


DEED_KEYS = (
    DeedKey(Deed.REPLY, "r,enter", "r", lambda: _("reply"), lambda: _("Answer it")),
    DeedKey(Deed.EDIT, "e", "e", lambda: _("edit"), lambda: _("Change it, if it is yours")),
    DeedKey(Deed.DELETE, "d", "d", lambda: _("delete"), lambda: _("Delete it, if it is yours")),
    DeedKey(Deed.REACT, "x,plus", "x, +", lambda: _("emoji"), lambda: _("Put an emoji beside it")),
    DeedKey(Deed.COPY, "c", "c", lambda: _("copy"), lambda: _("Copy its text")),
    DeedKey(Deed.END, "escape", "Esc", lambda: _("back"), lambda: _("Go back to your draft")),
)
