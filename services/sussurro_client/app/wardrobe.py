"""Which theme the app wears."""

from collections.abc import Sequence
from typing import Any

from textual.app import App
from textual.filter import LineFilter, Monochrome, NoColor

from sussurro_client.app import themes
from sussurro_client.app.palette import DARK, LIGHT
from sussurro_client.wishes import THEMES, Wishes
from sussurro_client.words import _


class Wardrobe:
    """The themes, and the one in force. Lives in the app's thread."""

    def __init__(self, app: App[Any], wishes: Wishes, *, has_colours: bool) -> None:
        """Put on the theme that is wished, or the plain one where there are no colours."""
        self._app = app
        self._file = wishes.file
        self._has_colours = has_colours
        self._last = {True: DARK.name, False: LIGHT.name}  # of the dark themes, of the light ones
        for theme in themes.ALL.values():
            app.register_theme(theme)
        app.theme = (wishes.theme or DARK.name) if has_colours else themes.PLAIN.name

    def change(self) -> None:
        """Change between the light and the dark theme that were in force last."""
        if self._has_colours:
            is_dark = self._app.current_theme.dark
            self._last[is_dark] = self._app.theme
            self._app.theme = self._last[not is_dark]

    def choose(self, name: str) -> str:
        """Put a theme in force for this run; return a sentence about it, and how to keep it.

        With no name, or one that is none, the sentence says which there are.
        """
        if name not in THEMES:
            sentence = _("These are the themes: {names}. Now it is {name}.")
            return sentence.format(names=", ".join(THEMES), name=self._app.theme)
        if not self._has_colours:
            return _("This terminal shows no colours, so the theme stays as it is.")
        self._app.theme = name
        sentence = _('The theme is {name} now. To keep it, put into {file}: theme = "{name}"')
        return sentence.format(name=name, file=self._file)

    def filters(self, usual: Sequence[LineFilter]) -> Sequence[LineFilter]:
        """Return what colours go through: where there are to be none, none does."""
        if not self._has_colours or self._app.theme == themes.PLAIN.name:
            return [NoColor()]
        # It would fail where a part of a line has no style.
        return [each for each in usual if not isinstance(each, Monochrome)]
