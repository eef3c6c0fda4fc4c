"""The small picture that goes with an offered image, made by its sender.

The library that decodes images sees the sender's own file and nobody else's.
"""

import io
import warnings
from typing import BinaryIO

from sussurro_client.files.pixels import MAX_HEIGHT, MAX_WIDTH, SIZE

_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
_MAX_FILE = 32 * 1024 * 1024
_MAX_PIXELS = 32_000_000  # decoded, four bytes each
_DRAFT = (8 * MAX_WIDTH, 8 * MAX_HEIGHT)  # a JPEG need not be decoded any finer
_BEHIND = (128, 128, 128)


def preview_of(file: BinaryIO) -> bytes:
    """Return the preview of an open file, or nothing where it is no image that we show."""
    try:
        data = file.read(_MAX_FILE + 1)
        return _draw(data) if len(data) <= _MAX_FILE else b""
    except Exception:  # noqa: BLE001 - a library for a dozen formats may raise anything
        return b""


def _draw(data: bytes) -> bytes:
    # It takes a tenth of a second to load, which only who sends a file need wait for.
    from PIL import Image, ImageOps  # noqa: PLC0415

    # A picture that grows beyond measure is no picture; and nothing is written on the screen.
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
        image.draft("RGB", _DRAFT)
        if image.width * image.height > _MAX_PIXELS:
            return b""
        upright = ImageOps.exif_transpose(image).convert("RGBA")
    upright.thumbnail((MAX_WIDTH, MAX_HEIGHT))
    drawn = Image.new("RGBA", upright.size, (*_BEHIND, 255))
    drawn.alpha_composite(upright)
    return SIZE.pack(*drawn.size) + drawn.convert("RGB").tobytes()
