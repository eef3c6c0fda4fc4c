"""Whether a name will do for its owner, and which one is at hand."""

import getpass

from sussurro_client.display import NAME_LIMIT, safe_name, visible_length
from sussurro_client.letter import MAX_NAME
from sussurro_client.words import _


def name_flaw(name: str) -> str | None:
    """Return a sentence about what is wrong with a trimmed name, or None."""
    if not visible_length(name):
        return _("Please write a name.")
    # One visible character may be many: a flag with its tags, a letter with its marks.
    if visible_length(name) > NAME_LIMIT or len(name) > MAX_NAME:
        return _("A name has at most {limit} characters.").format(limit=NAME_LIMIT)
    if safe_name(name) != name or "\ufffd" in name:
        return _("This name has characters that cannot be shown.")
    return None


def login_name() -> str:
    """Return the name that this machine has for its user, or one for nobody in particular."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = ""
    return name if name and name_flaw(name) is None else "anon"
