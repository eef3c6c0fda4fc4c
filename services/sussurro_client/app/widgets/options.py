"""Lists to choose from. In a terminal without a line for them Textual cannot say what a page is."""

from textual.command import CommandList, CommandPalette
from textual.widgets import OptionList


class Options(OptionList):
    """What can be chosen; where nothing of it has place, there are no pages."""

    def action_page_up(self) -> None:
        """Go up by a page."""
        if self.scrollable_content_region:
            super().action_page_up()  # type: ignore[no-untyped-call]  # as it is there

    def action_page_down(self) -> None:
        """Go down by a page."""
        if self.scrollable_content_region:
            super().action_page_down()  # type: ignore[no-untyped-call]  # as above


class Palette(CommandPalette):
    """What can be done; as above."""

    def _action_command_list(self, action: str) -> None:
        is_page = action.startswith("page")
        if not is_page or self.query_one(CommandList).scrollable_content_region:
            super()._action_command_list(action)
