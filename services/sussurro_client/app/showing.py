"""A message as the conversation shows it, with what it answers. Pure."""

from datetime import datetime

from sussurro_client.app.entries import Progress, Quote, Said
from sussurro_client.posts import Post
from sussurro_client.timeline import Timeline


def said_of(  # noqa: PLR0913 - all but three have a name
    post: Post,
    timeline: Timeline,
    at: datetime,
    *,
    begins: bool = True,
    is_mention: bool = False,
    is_selected: bool = False,
    progress: Progress | None = None,
) -> Said:
    """Return how a message is shown; ``at`` is its time where one sits."""
    quote = _quote(timeline.get(post.reply_to)) if post.reply_to else None
    return Said(post, at, begins, quote, is_mention, is_selected, progress)


def _quote(post: Post | None) -> Quote:
    return Quote() if post is None else Quote(post.who, post.standing, post.text)
