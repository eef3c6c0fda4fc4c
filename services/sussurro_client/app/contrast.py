"""How well a colour can be read on another, after WCAG 2. Pure."""

from textual.color import Color

READABLE = 4.5
_STEPS = 20


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable(colour: str, background: str) -> str:
    """Return a colour, as much lighter or darker as it takes to be read on a background."""
    far = max("#ffffff", "#000000", key=lambda end: contrast(end, background))
    steps = (
        Color.parse(colour).blend(Color.parse(far), step / _STEPS).hex for step in range(_STEPS + 1)
    )
    return next((each for each in steps if contrast(each, background) >= READABLE), far)


def between(colour: str, background: str, part: float) -> str:
    """Return what lies so far on the way from a background to a colour."""
    return Color.parse(background).blend(Color.parse(colour), part).hex


def _luminance(colour: str) -> float:
    parts = (part / 255 for part in Color.parse(colour).rgb)
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
