import io
import os
import struct
import zlib
from pathlib import Path

import pytest
import segno
from PIL import Image

from sussurro_client.errors import ClientError
from sussurro_client.first_key import FirstKey
from sussurro_client.key_picture import key_in_picture
from tests.client.scenes import KEY, KEY_TEXT, OTHER_KEY


def code(text: str = KEY_TEXT, scale: int = 6) -> Image.Image:
    """Return the QR code that `sussurro invite` shows, as a picture."""
    file = io.BytesIO()
    segno.make(text).save(file, kind="png", scale=scale)
    with Image.open(file) as picture:
        return picture.convert("RGB")


@pytest.mark.parametrize("kind", ["png", "jpg", "webp", "gif", "bmp"])
def test_what_invite_shows_is_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"code.{kind}"
    code().save(path)
    assert key_in_picture(path).room == KEY.room


def test_what_segno_writes_is_read(tmp_path: Path) -> None:
    segno.make(KEY_TEXT).save(str(tmp_path / "code.png"), scale=3)
    place = FirstKey(tmp_path / "key.key")
    assert place.scan(f" {tmp_path / 'code.png'} ") == KEY.room
    assert place.path.read_text() == KEY_TEXT + "\n"


def test_light_on_dark_turned_and_small_in_a_photograph_is_read(tmp_path: Path) -> None:
    """A terminal with a dark background shows the code the other way round."""
    photograph = Image.new("RGB", (4000, 3000), "black")
    inverted = code(scale=24).point(lambda value: 255 - value)
    photograph.paste(inverted.rotate(17, fillcolor="black"), (1900, 900))
    photograph.save(tmp_path / "photograph.jpg", quality=60)
    assert key_in_picture(tmp_path / "photograph.jpg").room == KEY.room


def test_a_code_on_nothing_is_read(tmp_path: Path) -> None:
    clear = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    dark = code().convert("L").point(lambda value: 255 - value)
    clear.paste(Image.new("RGBA", dark.size, "black"), (60, 60), dark)
    clear.save(tmp_path / "code.png")
    assert key_in_picture(tmp_path / "code.png").room == KEY.room


def two_codes() -> Image.Image:
    first, second = code(), code(OTHER_KEY.text)
    both = Image.new("RGB", (first.width * 2 + 80, first.height + 40), "white")
    both.paste(first, (20, 20))
    both.paste(second, (first.width + 60, 20))
    return both


@pytest.mark.parametrize(
    ("picture", "sentence"),
    [
        (Image.new("RGB", (200, 200), "white"), "No QR code of a key"),
        (code("https://example.org"), "No QR code of a key"),
        (two_codes(), "several keys"),
    ],
)
def test_a_picture_without_one_key_is_a_sentence(
    tmp_path: Path, picture: Image.Image, sentence: str
) -> None:
    picture.save(tmp_path / "code.png")
    with pytest.raises(ClientError, match=sentence):
        key_in_picture(tmp_path / "code.png")


def bomb(width: int, height: int) -> bytes:
    """Return a PNG that is small, and huge once it is decoded."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "no picture"),
        (b"not a picture", "no picture"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "no picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "no picture"),
        (b"GIF89a\xff\xff\xff\xff\x00\x00\x00", "no picture|pixels"),
        (bomb(30_000, 30_000), "no picture"),
        (bomb(9_000, 9_000), "too many pixels"),
        (bomb(6_000, 6_000), "no picture|No QR code"),
    ],
)
def test_a_hostile_file_is_a_sentence(tmp_path: Path, data: bytes, sentence: str) -> None:
    path = tmp_path / "code.png"
    path.write_bytes(data)
    with pytest.raises(ClientError, match=sentence):
        key_in_picture(path)


def test_what_is_no_file_is_a_sentence_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(ClientError, match=r"not a file|cannot be read"):
            key_in_picture(path)
    for path in (tmp_path / "none.png", Path("a\0b"), Path("x" * 5000)):
        with pytest.raises(ClientError, match="cannot be read"):
            key_in_picture(path)


def test_a_file_that_is_too_large_is_not_even_opened_as_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "code.png"
    with path.open("wb") as file:
        file.truncate(40 * 1024 * 1024)
    with pytest.raises(ClientError, match="too large"):
        key_in_picture(path)
