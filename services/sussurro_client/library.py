"""For programs in Python: a session in a room, with the settings that people use.

    with enter("bot") as room:
        room.send("Hello")
        for event in room:
            ...

What a room tells stands in `sussurro_client.events`, what can be said in
`sussurro_client.contents`, and all that a room can do in `sussurro_client.session.Session`.
"""

from typing import Any

from sussurro_client.events import Received
from sussurro_client.session import Session
from sussurro_client.settings import SendSettings
from sussurro_client.talking import doorway_of

__all__ = ["Received", "enter"]


def enter(name: str, *, history: int = 0, **settings: Any) -> Session:  # noqa: ANN401 - each has its type
    """Return a session, which a ``with`` starts and ends, for a member called ``name``.

    It goes through the ``history`` last messages first. The settings are those of
    SUSSURRO_*, of ``.env``, and these, as in `SendSettings`. Raises ClientError and
    pydantic's ValidationError where one of them is of no use.
    """
    known = SendSettings(name=name, **settings)
    return doorway_of(known, known.key, history).open(known.name, None)
