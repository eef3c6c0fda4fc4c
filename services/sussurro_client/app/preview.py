"""A small picture as half blocks: two pixels in each cell, one above the other. Pure."""

import struct

from textual.content import Content

_SIZES = struct.Struct(">II")  # width and height; then three bytes for each pixel
_MAX_WIDTH, _MAX_HEIGHT = 48, 32
_LEAST_CELLS = 8  # in less nothing can be made out


def half_blocks(preview: bytes, cells: int) -> list[Content]:
    """Return the rows of a picture, at most ``cells`` wide; none, where it is none."""
    if len(preview) < _SIZES.size or cells < _LEAST_CELLS:
        return []
    width, height = _SIZES.unpack_from(preview)
    pixels = memoryview(preview)[_SIZES.size :]
    if not (0 < width <= _MAX_WIDTH and 0 < height <= _MAX_HEIGHT):
        return []
    if len(pixels) != 3 * width * height:
        return []
    step = -(-width // cells)  # every so manieth pixel

    def colour(x: int, y: int) -> str:
        at = 3 * (y * width + x)
        return "#" + bytes(pixels[at : at + 3]).hex()

    rows: list[Content] = []
    for y in range(0, height, 2 * step):
        below = y + step
        cells_of_row = [
            ("▀", f"{colour(x, y)} on {colour(x, below)}" if below < height else colour(x, y))
            for x in range(0, width, step)
        ]
        rows.append(Content.assemble(*cells_of_row))
    return rows
