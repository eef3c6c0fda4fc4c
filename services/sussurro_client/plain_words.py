"""Names, texts and heads of lines as the plain face has them. Pure.

A line of somebody's begins with brackets, in which the program alone writes; the
first colon after them ends the name. So nothing that others write passes for what
it is not.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from sussurro_client.display import safe_line, safe_text
from sussurro_client.events import Person, Standing
from sussurro_client.naming import badge, label
from sussurro_client.posts import Post

_INDENT = "\n    "
_QUOTE = 40  # characters of what an answer means
_LOOKED_AT = 400  # characters, of which some may not be shown
# A name with a colon, or what looks like one, would end where it likes.
_COLONS = str.maketrans(dict.fromkeys(":\u02d0\u02f8\u0589\u2236\ua789\ufe13\ufe55\uff1a", ";"))
_PARENTHESES = str.maketrans(dict.fromkeys("()\uff08\uff09", ""))


def name_of(person: Person, standing: Standing) -> str:
    """Return a name that ends before the first colon of its line."""
    return label(person, standing).translate(_COLONS)


def set_in(text: str) -> str:
    """Return a text whose later lines cannot pass for lines of somebody else."""
    return safe_text(text).replace("\n", _INDENT)


def head(
    at: int, standing: Standing | None, marks: Iterable[str] = (), *, is_dated: bool = False
) -> str:
    """Return what stands in a line's brackets: the time, the badge, and marks of the program."""
    moment = datetime.fromtimestamp(at / 1000, UTC).astimezone()
    time = moment.strftime("%Y-%m-%d %H:%M" if is_dated else "%H:%M")
    known = badge(standing).strip() if standing is not None else ""
    return " ".join(filter(None, (time, known, *marks)))


def quoted(post: Post) -> str:
    """Return the first words of a message, by which it is known again."""
    words = safe_line(post.text[:_LOOKED_AT]).translate(_PARENTHESES).strip()
    if not words:
        return post.tag
    return words if len(words) <= _QUOTE else words[: _QUOTE - 1].rstrip() + "…"
