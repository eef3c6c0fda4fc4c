"""A preview that somebody sent, as rows of colours, and as half blocks. Pure.

It is bare pixels, so nothing here decodes a picture.
"""

import struct

from sussurro_client.contents import MAX_PREVIEW

MAX_WIDTH, MAX_HEIGHT = 48, 32
SIZE = struct.Struct(">II")

Pixel = tuple[int, int, int]  # red, green, blue, each from 0 to 255
# The colour of an upper half block, and the one behind it; None: the screen's own.
HalfBlock = tuple[Pixel, Pixel | None]
HALF_BLOCK = "\u2580"


def pixels_of(preview: bytes) -> tuple[tuple[Pixel, ...], ...]:
    """Return the rows of a preview from the top; none where it is not exactly one."""
    width, _height = _size_of(preview)
    if not width:
        return ()
    pixels = [
        (red, green, blue)
        for red, green, blue in zip(*[iter(preview[SIZE.size :])] * 3, strict=True)
    ]
    return tuple(tuple(pixels[start : start + width]) for start in range(0, len(pixels), width))


def lines_of(preview: bytes, cells: int) -> int:
    """Return in how many lines `half_blocks` draws a preview, without drawing it."""
    width, height = _size_of(preview)
    step = max(-(-width // cells), 1)
    return -(-height // (2 * step))


def half_blocks(preview: bytes, cells: int = MAX_WIDTH) -> tuple[tuple[HalfBlock, ...], ...]:
    """Return the lines in which a preview is drawn, two rows of pixels in each.

    None is wider than ``cells``, 1 at least: in less place every so manieth pixel is drawn.
    """
    rows = pixels_of(preview)
    step = -(-len(rows[0]) // cells) if rows else 1
    rows = tuple(row[::step] for row in rows[::step])
    lines: list[tuple[HalfBlock, ...]] = []
    for upper, lower in zip(rows[::2], [*rows[1::2], None], strict=False):
        below = lower or [None] * len(upper)
        lines.append(tuple(zip(upper, below, strict=True)))
    return tuple(lines)


def _size_of(preview: bytes) -> tuple[int, int]:
    """Return how wide and high a preview is, in pixels; nothing where it is not exactly one."""
    if not SIZE.size < len(preview) <= MAX_PREVIEW:
        return 0, 0
    width, height = SIZE.unpack_from(preview)
    is_small = 0 < width <= MAX_WIDTH and 0 < height <= MAX_HEIGHT
    if not is_small or len(preview) != SIZE.size + 3 * width * height:
        return 0, 0
    return width, height
