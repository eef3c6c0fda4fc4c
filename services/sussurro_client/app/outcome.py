"""How it ended."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """For ever refused in every room, in ``refusal``'s words, or left.

    ``notices``: finished sentences about rooms that refused us where others did not.
    ``unfinished``: one about files, or nothing.
    """

    refusal: str = ""
    undelivered: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    unfinished: str = ""
