"""The one place where gettext is set up; everyone else says ``_``."""

import gettext as _gettext
from pathlib import Path

_DOMAIN = "sussurro"
_LOCALE = Path(__file__).with_name("locale")
_translations: _gettext.NullTranslations = _gettext.NullTranslations()


def use_language(language: str = "") -> None:
    """Speak ``language`` (``en``, ``pt_BR``), or what the environment asks for.

    Called once at start, before any other thread runs.
    """
    global _translations  # noqa: PLW0603 - one process speaks one language
    languages = [language] if language else None
    _translations = _gettext.translation(_DOMAIN, _LOCALE, languages, fallback=True)


def language() -> str:
    """Return the language that is spoken, as `use_language` takes it."""
    return _translations.info().get("language", "en")


def _(text: str) -> str:
    """Return ``text`` in the language of the user."""
    return _translations.gettext(text)


def ngettext(one: str, many: str, number: int) -> str:
    """Return ``one`` or ``many`` in the user's language, as ``number`` needs."""
    return _translations.ngettext(one, many, number)
