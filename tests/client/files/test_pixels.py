import pytest
from hypothesis import given
from hypothesis import strategies as st

from sussurro_client.contents import MAX_PREVIEW
from sussurro_client.files.pixels import (
    MAX_HEIGHT,
    MAX_WIDTH,
    SIZE,
    half_blocks,
    lines_of,
    pixels_of,
)

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def preview(width: int, height: int, pixels: bytes) -> bytes:
    return SIZE.pack(width, height) + pixels


def test_a_preview_is_rows_of_pixels_from_the_top() -> None:
    pixels = bytes([*RED, *GREEN, *BLUE, *RED])
    assert pixels_of(preview(2, 2, pixels)) == ((RED, GREEN), (BLUE, RED))
    assert pixels_of(preview(1, 4, pixels)) == ((RED,), (GREEN,), (BLUE,), (RED,))


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"\0" * 8,
        preview(1, 1, b""),
        preview(1, 1, b"ab"),
        preview(1, 1, b"abcd"),
        preview(2, 2, bytes(9)),
        preview(0, 3, bytes(3)),
        preview(3, 0, bytes(3)),
        preview(MAX_WIDTH + 1, 1, bytes(3 * (MAX_WIDTH + 1))),
        preview(1, MAX_HEIGHT + 1, bytes(3 * (MAX_HEIGHT + 1))),
        preview(2**32 - 1, 2**32 - 1, bytes(3)),
        preview(2**31, 2, b""),
    ],
)
def test_what_is_no_preview_shows_nothing(wrong: bytes) -> None:
    assert pixels_of(wrong) == ()
    assert half_blocks(wrong) == ()
    assert lines_of(wrong, 10) == 0


@pytest.mark.parametrize("size", [(1, 1), (48, 32), (48, 1), (1, 32), (7, 5), (10, 31)])
@pytest.mark.parametrize("cells", [1, 8, 20, 48, 300])
def test_it_is_known_how_high_a_preview_is_before_it_is_drawn(
    size: tuple[int, int], cells: int
) -> None:
    width, height = size
    picture = preview(width, height, bytes(3 * width * height))
    assert lines_of(picture, cells) == len(half_blocks(picture, cells))


@given(st.one_of(st.binary(max_size=MAX_PREVIEW + 9), st.binary(max_size=60).map(
    lambda data: bytes([0, 0, 0, data[0] % 8, 0, 0, 0, data[1] % 8]) + data[2:] if len(data) > 2 else data
)))  # fmt: skip
def test_any_bytes_are_a_whole_rectangle_or_nothing(data: bytes) -> None:
    rows = pixels_of(data)
    lines = half_blocks(data)
    assert len(lines) == (len(rows) + 1) // 2
    if rows:
        assert len(rows) <= MAX_HEIGHT
        assert {len(row) for row in rows} == {len(line) for line in lines} == {len(rows[0])}
        assert len(rows[0]) <= MAX_WIDTH
        flat = bytes(value for row in rows for pixel in row for value in pixel)
        assert SIZE.pack(len(rows[0]), len(rows)) + flat == data


def test_two_rows_share_a_line_and_the_last_may_stand_alone() -> None:
    pixels = bytes([*RED, *GREEN, *BLUE])
    assert half_blocks(preview(1, 3, pixels)) == (((RED, GREEN),), ((BLUE, None),))


def test_in_less_place_every_so_manieth_pixel_is_drawn() -> None:
    pixels = bytes([*RED, *GREEN, *BLUE] * 3)
    assert half_blocks(preview(3, 3, pixels), 2) == (((RED, RED), (BLUE, BLUE)),)
    assert half_blocks(preview(3, 3, pixels), 1) == (((RED, None),),)


def test_the_largest_preview_fits_an_offer() -> None:
    assert len(preview(MAX_WIDTH, MAX_HEIGHT, bytes(3 * MAX_WIDTH * MAX_HEIGHT))) == MAX_PREVIEW
    assert len(pixels_of(preview(MAX_WIDTH, MAX_HEIGHT, bytes(MAX_PREVIEW - 8)))) == MAX_HEIGHT
