"""Messages as values, for tests of how they look."""

from sussurro_client.app.entries import Progress, Quote, Said
from sussurro_client.app.lines import Look
from sussurro_client.contents import File, Text, Unknown
from sussurro_client.events import Person, Standing
from sussurro_client.naming import Circle
from sussurro_client.posts import Post
from tests.client.app.fakes import BIA, NOON, own_id

AT = int(NOON.timestamp() * 1000)
CIRCLE = Circle(BIA, lambda _person: Standing.KNOWN)
LOOK = Look(dark=True, circle=CIRCLE)


def post(
    who: Person,
    content: Text | File | Unknown | str,
    standing: Standing | None = Standing.KNOWN,
    private: Person | None = None,
) -> Post:
    """Return a message that was said at noon, and is kept."""
    text = Text(text=content) if isinstance(content, str) else content
    return Post(own_id(f"{who} {content}"), who, standing, text, AT, private=private)


def said(
    what: Post,
    *,
    begins: bool = True,
    quote: Quote | None = None,
    is_mention: bool = False,
    is_selected: bool = False,
    progress: Progress | None = None,
) -> Said:
    """Return how a message is shown at noon."""
    return Said(what, NOON, begins, quote, is_mention, is_selected, progress)
