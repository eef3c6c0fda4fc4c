"""What strangers say of files: names, previews, and parts."""

import hashlib
from pathlib import Path

from sussurro_client.contents import MAX_FILE_NAME, MAX_PART, Delete, File, Part
from sussurro_client.display import safe_text
from sussurro_client.errors import ClientError
from sussurro_client.files.destination import place_of
from sussurro_client.files.fetching import Download
from sussurro_client.files.pixels import MAX_HEIGHT, MAX_WIDTH, half_blocks, pixels_of
from sussurro_client.files.safe_file_name import NAME_CHARACTERS, safe_file_name
from sussurro_client.files.shape import check_offer
from sussurro_client.files.told import offered
from tests.fuzz.choices import Choices
from tests.fuzz.shown import assert_harmless

_FOLDER = Path(__file__).parent
_SENDER, _OTHER, _OFFER = b"s" * 32, b"o" * 32, b"d" * 32
_LIMIT_MIB = 1


def fuzz_file_name(data: bytes) -> None:
    """Any name becomes one that is harmless on a disk and on a screen, and stays in its folder."""
    name = data.decode("utf-8", "surrogateescape")  # as a system gives odd names
    safe = safe_file_name(name)
    assert 0 < len(safe) <= NAME_CHARACTERS
    assert len(safe.encode()) < 240
    assert not set(safe) & set('/\\<>:"|?*\0\n')
    assert safe[0] not in ".- "
    assert safe[-1] not in ". "
    assert safe == safe_text(safe) == safe_file_name(safe)
    assert_harmless(safe)
    place = place_of(str(_FOLDER), _FOLDER, name)
    assert (place.folder / place.name).parent == _FOLDER


def fuzz_preview(data: bytes) -> None:
    """Any bytes are a rectangle of pixels, all of them, or nothing at all."""
    rows, lines = pixels_of(data), half_blocks(data)
    assert len(lines) == (len(rows) + 1) // 2
    if rows:
        assert len(rows) <= MAX_HEIGHT
        assert {len(row) for row in rows} == {len(rows[0])}
        assert 0 < len(rows[0]) <= MAX_WIDTH
        assert bytes(value for row in rows for pixel in row for value in pixel) == data[8:]


def fuzz_parts(data: bytes) -> None:
    """Whatever parts come, what is written is within the file, each byte once, and all in the end."""
    choices = Choices(data)
    sizes = (0, 1, MAX_PART - 1, MAX_PART, MAX_PART + 1, 3 * MAX_PART, choices.number() % 2**40)
    size = sizes[choices.below(len(sizes))]
    parts = -(-size // MAX_PART) + (choices.below(4) == 1)
    name = choices.sized().decode("utf-8", "replace")[:MAX_FILE_NAME] or "a"
    digest = hashlib.sha256(name.encode()).digest()
    file = File(name=name, size=size, sha256=digest, parts=parts % 2**31, key=digest)
    assert_harmless(offered(file, "#lusab"))
    try:
        check_offer(file, _LIMIT_MIB)
    except ClientError:
        return
    assert file.size <= _LIMIT_MIB * 1024 * 1024
    download = Download(file, _SENDER, _OFFER)
    written: dict[int, int] = {}
    while choices and not download.is_whole:
        lengths = (MAX_PART, size % MAX_PART or MAX_PART, choices.below(256))
        part = Part(number=choices.below(24), data=bytes(lengths[choices.below(3)]))
        who = _OTHER if choices.below(4) == 1 else _SENDER
        content = Delete(of=_OFFER) if choices.below(32) == 1 else part
        try:
            piece = download.take(who, content)
        except ClientError:
            assert who == _SENDER
            return
        if piece is not None:
            assert who == _SENDER
            assert 0 <= piece.place <= piece.place + len(piece.data) <= size
            assert piece.place not in written
            written[piece.place] = len(piece.data)
        assert download.done == sum(written.values())
    assert download.is_whole is (download.done == size)
