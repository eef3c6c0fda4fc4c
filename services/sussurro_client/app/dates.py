"""Days and times as a person writes them, in the app's language."""

from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo

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


def local(milliseconds: int, zone: tzinfo | None) -> datetime:
    """Return a sender's time in ``zone`` (None: this machine's).

    A sender may claim any time at all; one that no calendar has becomes 1970.
    """
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC).astimezone(zone)
    except (OverflowError, OSError, ValueError):
        return datetime.fromtimestamp(0, UTC)
