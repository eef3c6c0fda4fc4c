"""Whether a name will do for its owner."""

from sussurro_client.display import NAME_LIMIT, safe_name, visible_length
from sussurro_client.envelope import MAX_NAME
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
