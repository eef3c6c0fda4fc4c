"""What is said of files, in words that all faces share. Pure."""

from collections.abc import Callable, Sequence

from sussurro_client import sentences
from sussurro_client.contents import File
from sussurro_client.display import safe_text
from sussurro_client.events import Disconnected
from sussurro_client.files.progress import Direction, Progress, State
from sussurro_client.files.safe_file_name import safe_file_name
from sussurro_client.words import _
from sussurro_wire.errors import Reason

_UNITS = ("B", "kB", "MB", "GB", "TB")
_STEP = 1000

_UP: dict[State, Callable[[], str]] = {
    State.PREPARING: lambda: _("{name} is being read."),
    State.CONNECTING: lambda: _("{name} waits for the relay."),
    State.MOVING: lambda: _("Sending {name}: {percent} of {size}"),
    State.DONE: lambda: _("{name} is sent: {size}."),
    State.FAILED: lambda: _("{name} was not sent. {detail}"),
    State.CANCELLED: lambda: _("{name} was not sent: you cancelled it."),
}
_DOWN: dict[State, Callable[[], str]] = {
    State.PREPARING: lambda: _("{name} is about to be saved."),
    State.CONNECTING: lambda: _("{name} waits for the relay."),
    State.MOVING: lambda: _("Saving {name}: {percent} of {size}"),
    State.CHECKING: lambda: _("{name} is being checked."),
    State.DONE: lambda: _("{name} is saved as {path}"),
    State.FAILED: lambda: _("{name} was not saved. {detail}"),
    State.CANCELLED: lambda: _("{name} was not saved: you cancelled it."),
}


_WORDS: dict[State, Callable[[], str]] = {
    State.PREPARING: lambda: _("begins"),
    State.CONNECTING: lambda: _("waits for the relay"),
    State.QUIET: lambda: _("waits"),
    State.CHECKING: lambda: _("is checked"),
    State.FAILED: lambda: _("failed"),
    State.CANCELLED: lambda: _("cancelled"),
}


def state_words(now: Progress) -> str:
    """Return what happens to a file in a word or two, beside a bar."""
    is_up = now.direction is Direction.UP
    if now.state is State.MOVING:
        return _("sending") if is_up else _("saving")
    if now.state is State.DONE:
        return _("sent") if is_up else _("saved")
    return _WORDS[now.state]()


def size_words(size: int) -> str:
    """Return a size for people, as in ``3.1 MB``."""
    unit, amount = 0, float(size)
    while unit + 1 < len(_UNITS) and round(amount) >= _STEP:
        unit, amount = unit + 1, amount / _STEP
    if unit == 0 or round(amount, 1) >= 100:
        return f"{amount:.0f} {_UNITS[unit]}"
    whole, tenth = f"{amount:.1f}".split(".")
    number = _("{whole}.{tenth}").format(whole=whole, tenth=tenth)
    return f"{number} {_UNITS[unit]}"


def offered(file: File, tag: str) -> str:
    """Return that a file can be had, how large it is, and how; ``tag`` is the offer's."""
    return _("File {name}, {size}. To save it, write: /save {tag}").format(
        name=safe_file_name(file.name), size=size_words(file.size), tag=tag
    )


def progress(now: Progress) -> str:
    """Return how far a file is, or what came of it."""
    if now.state is State.QUIET:
        return _("{name} is at {percent}. {detail}").format(
            name=now.name, percent=f"{now.percent} %", detail=safe_text(now.detail)
        )
    sentence = (_UP if now.direction is Direction.UP else _DOWN).get(now.state)
    return (sentence() if sentence else "{name}").format(
        name=now.name,
        percent=f"{now.percent} %",
        size=size_words(now.total),
        detail=safe_text(now.detail),
        path=safe_text(str(now.path)),
    )


def unfinished(left: Sequence[Progress]) -> str:
    """Return which files were not whole when we left; nothing where all were."""
    names = ", ".join(each.name for each in left)
    return _("These files were not finished: {names}").format(names=names) if left else ""


def refused(event: Disconnected) -> str:
    """Return why the relay will not have the room of a file, and what can be done."""
    if event.reason == Reason.ROOM_REFUSED:
        return _(
            "{relay} serves only the rooms of its list (RELAY_ROOMS), and each file has a room of its "
            "own. Whoever runs the relay can allow files by emptying the list."
        ).format(relay=safe_text(event.relay))
    return sentences.disconnected(event)


def away() -> str:
    """Return that there is no connection at the moment."""
    return _("There is no connection to the relay; it goes on when there is.")


def unanswered() -> str:
    """Return that the relay keeps nothing of what we send at the moment."""
    return _("The relay takes nothing at the moment; it goes on when it does.")


def silent(strangers: int) -> str:
    """Return that nothing comes; ``strangers``: how many parts came from others."""
    told = _(
        "Nothing has come for a while: whoever sends it may be away. It goes on when they are back; "
        "/cancel ends it."
    )
    if strangers:
        told += " " + _("Parts that somebody else has put there were not taken.")
    return told


def missing() -> str:
    """Return that parts are gone."""
    return _("The relay does not keep all of it any more. Ask for it to be sent again.")


def not_kept() -> str:
    """Return that the relay forgets faster than we send."""
    return _("The relay has lost what it had of it, again and again; send it later.")


def too_many(limit: int) -> str:
    """Return that no more files can be on their way at once."""
    return _("{limit} files are on their way already; wait for one of them.").format(limit=limit)
