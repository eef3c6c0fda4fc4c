"""What the draft is about: a new message, an answer, or another wording of an old one. Pure."""

from dataclasses import dataclass
from enum import Enum, auto

from sussurro_client.display import safe_line
from sussurro_client.naming import Circle
from sussurro_client.posts import Post
from sussurro_client.words import _

_WORDS = 80  # characters of the message that are shown


class Aim(Enum):
    """What comes of a draft."""

    REPLY = auto()
    EDIT = auto()


@dataclass(frozen=True, slots=True)
class About:
    """A draft that is about a message. ``kept``: what was written before it began."""

    aim: Aim
    post: Post
    kept: str = ""

    def told(self, circle: Circle) -> str:
        """Return what the line above the draft says."""
        words = safe_line(self.post.text[:_WORDS])
        if self.aim is Aim.EDIT:
            return _("editing: {words}").format(words=words)
        name = circle.label(self.post.who)
        if self.post.private is not None:
            return _("replying in private to {name}: {words}").format(name=name, words=words)
        return _("replying to {name}: {words}").format(name=name, words=words)


def line_for(text: str) -> str:
    """Return a line that says a text as it is, where it could mean something else."""
    return f"/say {text}" if text.startswith("/") or text.strip() == "TT" else text
