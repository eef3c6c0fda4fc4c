"""Days and times as a person writes them, in the app's language."""

from collections.abc import Callable
from datetime import date

from sussurro_client.words import _

_WEEKDAYS: tuple[Callable[[], str], ...] = (
    lambda: _("Monday"),
    lambda: _("Tuesday"),
    lambda: _("Wednesday"),
    lambda: _("Thursday"),
    lambda: _("Friday"),
    lambda: _("Saturday"),
    lambda: _("Sunday"),
)
_MONTHS: tuple[Callable[[], str], ...] = (
    lambda: _("January"),
    lambda: _("February"),
    lambda: _("March"),
    lambda: _("April"),
    lambda: _("May"),
    lambda: _("June"),
    lambda: _("July"),
    lambda: _("August"),
    lambda: _("September"),
    lambda: _("October"),
    lambda: _("November"),
    lambda: _("December"),
)


def day(when: date) -> str:
    """Return a day in full."""
    return _("{weekday}, {day} {month} {year}").format(
        weekday=_WEEKDAYS[when.weekday()](),
        day=when.day,
        month=_MONTHS[when.month - 1](),
        year=when.year,
    )
