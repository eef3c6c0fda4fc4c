"""A small picture as half blocks, in styles. Pure."""

from textual.content import Content

from sussurro_client.files import pixels

_LEAST_CELLS = 8  # in less nothing can be made out


def half_blocks(preview: bytes, cells: int) -> list[Content]:
    """Return the rows of a picture, at most ``cells`` wide; none, where it is none."""
    if cells < _LEAST_CELLS:
        return []
    return [
        Content.assemble(*((pixels.HALF_BLOCK, _style(each)) for each in line))
        for line in pixels.half_blocks(preview, cells)
    ]


def lines_of(preview: bytes, cells: int) -> int:
    """Return how many rows `half_blocks` has, without drawing them."""
    return 0 if cells < _LEAST_CELLS else pixels.lines_of(preview, cells)


def _style(block: pixels.HalfBlock) -> str:
    upper, below = block
    return _colour(upper) if below is None else f"{_colour(upper)} on {_colour(below)}"


def _colour(pixel: pixels.Pixel) -> str:
    return "#" + bytes(pixel).hex()
