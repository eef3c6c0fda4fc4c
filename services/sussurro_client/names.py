"""Whether a name will do for its owner."""

from sussurro_client.display import NAME_LIMIT, safe_name, visible_length
from sussurro_client.words import _


def name_flaw(name: str) -> str | None:
    """Return a sentence about what is wrong with a trimmed name, or None."""
    if not visible_length(name):
        return _("Please write a name.")
    if visible_length(name) > NAME_LIMIT:
        return _("A name has at most {limit} characters.").format(limit=NAME_LIMIT)
    if safe_name(name) != name or "\ufffd" in name:
        return _("This name has characters that cannot be shown.")
    return None
