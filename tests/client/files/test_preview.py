import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image

from sussurro_client.contents import MAX_PREVIEW
from sussurro_client.files.pixels import pixels_of
from sussurro_client.files.preview import preview_of

RED, BLUE = (255, 0, 0), (0, 0, 255)
FORMATS = ["PNG", "JPEG", "GIF", "WEBP", "BMP"]


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def rows(data: bytes) -> tuple[tuple[tuple[int, int, int], ...], ...]:
    return pixels_of(preview_of(io.BytesIO(data)))


def is_near(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return all(abs(a - b) < 12 for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("kind", FORMATS)
def test_an_image_becomes_a_small_one_of_its_colours(kind: str) -> None:
    image = Image.new("RGB", (480, 320), RED)
    image.paste(BLUE, (240, 0, 480, 320))
    small = rows(encoded(image, kind))
    assert (len(small[0]), len(small)) == (48, 32)
    assert is_near(small[16][2], RED)
    assert is_near(small[16][45], BLUE)


@pytest.mark.parametrize(
    ("size", "small"),
    [((96, 64), (48, 32)), ((100, 10), (48, 5)), ((10, 100), (3, 32)), ((5, 4), (5, 4)), ((3000, 1), (48, 1))],
)  # fmt: skip
def test_its_shape_is_kept(size: tuple[int, int], small: tuple[int, int]) -> None:
    drawn = rows(encoded(Image.new("RGB", size, RED)))
    assert (len(drawn[0]), len(drawn)) == small


def test_it_stands_upright_as_the_camera_says() -> None:
    image = Image.new("RGB", (64, 32), RED)
    image.paste(BLUE, (0, 0, 8, 32))
    turned = Image.Exif()
    turned[0x0112] = 6  # to be turned to the right
    drawn = rows(encoded(image, "JPEG", exif=turned, quality=95))
    assert len(drawn) > len(drawn[0])
    assert is_near(drawn[0][0], BLUE)
    assert is_near(drawn[-1][0], RED)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "F"])
def test_every_kind_of_colour_is_drawn_or_passed_over(mode: str) -> None:
    kind = "PNG" if mode not in ("CMYK", "F") else "JPEG" if mode == "CMYK" else "TIFF"
    drawn = preview_of(io.BytesIO(encoded(Image.new(mode, (20, 20)), kind)))
    assert bool(drawn) is (mode != "F")


def test_what_is_seen_through_is_grey() -> None:
    assert set(rows(encoded(Image.new("RGBA", (4, 4), (255, 0, 0, 0))))[0]) == {(128, 128, 128)}


def test_of_what_moves_the_first_picture_is_drawn() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in (RED, BLUE)]
    moving = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert rows(moving)[0][0] == RED


def test_nothing_is_longer_than_an_offer_takes() -> None:
    noise = Image.effect_noise((500, 500), 100)
    assert len(preview_of(io.BytesIO(encoded(noise)))) <= MAX_PREVIEW


def png_of(width: int, height: int, rows_of_zeros: int) -> bytes:
    """Return a PNG that says it is large, of a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(rows_of_zeros * ((width + 7) // 8 + 1)), 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no image",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a" + b"\xff" * 100,
        encoded(Image.new("RGB", (50, 50)), "PNG")[:-30],
        encoded(Image.new("RGB", (50, 50)), "TIFF"),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        png_of(8_000, 8_000, 8_000),
        png_of(10_000, 10_000, 10_000),
        png_of(60_000, 60_000, 1),
        png_of(2**31 - 1, 2**31 - 1, 0),
    ],
    ids=["empty", "text", "magic", "gif", "cut", "tiff", "eps", "svg", "64 MP", "100 MP", "bomb", "huge"],
)  # fmt: skip
def test_what_cannot_be_drawn_has_no_preview(data: bytes) -> None:
    assert preview_of(io.BytesIO(data)) == b""


def test_a_file_too_large_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sussurro_client.files.preview._MAX_FILE", 10)
    assert preview_of(io.BytesIO(encoded(Image.new("RGB", (4, 4))))) == b""
