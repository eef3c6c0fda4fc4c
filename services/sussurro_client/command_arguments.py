"""How what stands after a command is read, where it has a tag or a path. Pure."""

from sussurro_client.asides import Aside, asides_of
from sussurro_client.errors import ClientError
from sussurro_client.targets import split_tag
from sussurro_client.words import _


def only_tag(text: str) -> str:
    """Return a tag, or nothing where there is none; raises ClientError for anything else."""
    tag, rest = split_tag(text)
    if rest.strip():
        raise ClientError(_("That is no tag: a tag is # and five letters, like #lusab."))
    return tag


def asides_with_paths(text: str) -> tuple[Aside, ...]:
    """Return everything that ``NAME PATH`` may mean."""
    return tuple(Aside(each.name, path_of(each.text)) for each in asides_of(text))


def tag_and_path(text: str) -> tuple[str, str]:
    """Return a tag, or nothing where there is none, and the path behind it."""
    tag, rest = split_tag(text)
    return tag, path_of(rest)


def path_of(text: str) -> str:
    """Return a path as it was meant: terminals put quotes around what is dropped into them."""
    path = text.strip()
    is_quoted = len(path) > 1 and path[0] == path[-1] and path[0] in "'\""
    return path[1:-1] if is_quoted else path
