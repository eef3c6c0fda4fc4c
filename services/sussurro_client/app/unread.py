"""What has been said in a room while one looked at another. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from sussurro_client.contents import File, Text
from sussurro_client.events import Event, Person, Received
from sussurro_client.mentions import mentions


@dataclass(frozen=True, slots=True)
class Unread:
    """So many messages; ``is_personal``: one of them speaks to whoever sits here."""

    messages: int = 0
    is_personal: bool = False

    def after(self, heard: Iterable[Event], me: Person) -> "Unread":
        """Return what is unread once these events have come; the past counts as read."""
        news = [
            event
            for event in heard
            if isinstance(event, Received) and event.live and event.sender.key != me.key
            if isinstance(event.content, Text | File)
        ]
        personal = self.is_personal or any(
            event.private is not None or mentions(event.text, me.name) for event in news
        )
        return Unread(self.messages + len(news), personal)
