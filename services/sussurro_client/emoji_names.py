"""What an emoji is called, for whoever hears it and does not see it. Pure."""

from sussurro_client.display import safe_name
from sussurro_client.words import language


def spoken(sign: str) -> str:
    """Return an emoji of somebody's as it may be shown, with its name in the user's language.

    What is no emoji stands in quotation marks, or it could pass for more than a sign.
    """
    # Its tables take time to load, and most never see a reaction.
    import emoji  # noqa: PLC0415

    if not emoji.is_emoji(sign):
        return f"“{safe_name(sign)}”"
    name = emoji.demojize(sign, delimiters=("", ""), language=language().partition("_")[0])
    words = name.replace("_", " ")
    return f"{safe_name(sign)} ({words})" if words != sign else safe_name(sign)
