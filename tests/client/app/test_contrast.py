import pytest

from sussurro_client.app.contrast import READABLE, between, contrast, readable


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast("#336699", "#336699") == pytest.approx(1)


@pytest.mark.parametrize("background", ["#000000", "#282828", "#808080", "#fdf6e3", "#ffffff"])
@pytest.mark.parametrize("colour", ["#000000", "#ff0000", "#dc322f", "#7f7f7f", "#ffffff"])
def test_a_colour_becomes_readable_and_is_left_alone_where_it_is(
    colour: str, background: str
) -> None:
    made = readable(colour, background)
    assert contrast(made, background) >= READABLE
    if contrast(colour, background) >= READABLE:
        assert made.casefold() == colour


def test_between_two_colours_lies_their_mixture() -> None:
    assert between("#ffffff", "#000000", 0) == "#000000"
    assert between("#ffffff", "#000000", 1) == "#FFFFFF"
