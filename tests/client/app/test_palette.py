import os

from textual.color import Color

from sussurro_client.app.palette import DARK, HUES, LIGHT, colour_of

CUBE = {"00", "5f", "87", "af", "d7", "ff"}


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [part / 255 for part in Color.parse(colour).rgb]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_hue_is_one_of_a_256_colour_terminal() -> None:
    for hue in HUES:
        for colour in hue:
            assert {colour[1:3], colour[3:5], colour[5:7]} <= CUBE


def test_every_hue_can_be_read_on_its_background() -> None:
    for dark, light in HUES:
        assert contrast(dark, DARK.background or "") >= 4.5
        assert contrast(light, LIGHT.background or "") >= 4.5


def test_what_the_themes_write_in_can_be_read() -> None:
    for theme in (DARK, LIGHT):
        background = theme.background or ""
        for colour in (theme.primary, theme.warning, theme.error, theme.success, theme.accent):
            assert contrast(colour or "", background) >= 4.5
        assert contrast(theme.variables["faint"], background) >= 4.5


def test_a_key_has_the_same_colour_every_time_and_keys_have_many() -> None:
    keys = [os.urandom(32) for _ in range(500)]
    colours = [colour_of(key, dark=True) for key in keys]
    assert colours == [colour_of(key, dark=True) for key in keys]
    assert len(set(colours)) == len(HUES)
