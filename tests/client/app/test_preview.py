import struct

import pytest

from sussurro_client.app.preview import half_blocks

SIZES = struct.Struct(">II")


def preview(width: int, height: int) -> bytes:
    return SIZES.pack(width, height) + bytes(3 * width * height)


def test_two_rows_of_pixels_are_one_of_cells() -> None:
    rows = half_blocks(preview(48, 31), 48)
    assert [row.plain for row in rows] == ["▀" * 48] * 16


def test_a_picture_too_wide_is_made_smaller() -> None:
    rows = half_blocks(preview(48, 32), 24)
    assert [row.plain for row in rows] == ["▀" * 24] * 8


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"short",
        SIZES.pack(0, 0),
        SIZES.pack(2, 2) + bytes(11),
        SIZES.pack(2, 2) + bytes(13),
        SIZES.pack(2**31, 2**31) + bytes(12),
        SIZES.pack(49, 1) + bytes(147),
    ],
)
def test_what_is_no_picture_shows_nothing(hostile: bytes) -> None:
    assert half_blocks(hostile, 48) == []


def test_in_no_place_nothing_can_be_made_out() -> None:
    assert half_blocks(preview(8, 8), 7) == []
