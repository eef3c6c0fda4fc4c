"""The few lines above the composer that say what may come of what is begun."""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from sussurro_client.app.completion import Candidate

_ROWS = 5
_PART_OF_SCREEN = 4  # and no more than this part of a low terminal


class Candidates(Static, can_focus=False):
    """Shows candidates while there are any, those around the chosen one."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self.display = False

    def show(self, candidates: Sequence[Candidate], chosen: int | None) -> None:
        """Show these, with the one that stands in the draft marked; none: show nothing."""
        self.display = bool(candidates)
        if not candidates:
            return
        rows = max(min(_ROWS, self.app.size.height // _PART_OF_SCREEN), 1)
        at = chosen or 0
        top = max(min(at - rows // 2, len(candidates) - rows), 0)
        lines = [
            _line(candidate, is_chosen=index == chosen)
            for index, candidate in enumerate(candidates[top : top + rows], top)
        ]
        if len(candidates) > rows:
            lines[-1] += Content.styled(f"  {at + 1}/{len(candidates)}", "$faint")
        self.update(Content("\n").join(lines))


def _line(candidate: Candidate, *, is_chosen: bool) -> Content:
    sign, style = ("▸ ", "$accent bold") if is_chosen else ("  ", "$foreground")
    shown = Content.assemble((sign, style), (candidate.shown, style))
    return shown + Content.styled(f"  {candidate.note}", "$faint") if candidate.note else shown
