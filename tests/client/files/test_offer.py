import errno
import hashlib
import os
import socket
from pathlib import Path

import pytest
from PIL import Image

from sussurro_client.contents import MAX_PART
from sussurro_client.errors import ClientError
from sussurro_client.files.offer import open_offer
from sussurro_client.files.pixels import pixels_of
from tests.client.files.play import names_in, some_bytes


def test_an_offer_says_what_the_file_is_and_gives_its_parts(tmp_path: Path) -> None:
    data = some_bytes(2 * MAX_PART + 7)
    path = tmp_path / "a b.bin"
    path.write_bytes(data)
    with open_offer(str(path), 64) as offer:
        assert offer.file.name == "a b.bin"
        assert (offer.file.size, offer.file.parts) == (len(data), 3)
        assert offer.file.sha256 == hashlib.sha256(data).digest()
        assert offer.file.preview == b""
        assert b"".join(map(offer.read, range(3))) == data


def test_an_empty_file_is_offered_without_parts(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    with open_offer(str(tmp_path / "empty"), 64) as offer:
        assert (offer.file.size, offer.file.parts) == (0, 0)
        assert offer.file.sha256 == hashlib.sha256().digest()


def test_each_offer_has_a_key_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    with open_offer(str(tmp_path / "a"), 64) as one, open_offer(str(tmp_path / "a"), 64) as two:
        assert one.file.key != two.file.key
        assert repr(one.file.key) not in repr(one._descriptor)


def test_an_image_goes_with_its_preview(tmp_path: Path) -> None:
    Image.new("RGB", (60, 40), (1, 2, 3)).save(tmp_path / "a.png")
    with open_offer(str(tmp_path / "a.png"), 64) as offer:
        assert pixels_of(offer.file.preview)[0][0] == (1, 2, 3)
        data = (tmp_path / "a.png").read_bytes()
        assert offer.read(0) == data, "the place in the file is nobody's"


def test_links_are_followed_and_home_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "real").write_bytes(b"x")
    (tmp_path / "link.txt").symlink_to(tmp_path / "real")
    monkeypatch.setenv("HOME", str(tmp_path))
    with open_offer("~/link.txt", 64) as offer:
        assert (offer.file.name, offer.file.size) == ("link.txt", 1)


def test_the_name_that_is_told_is_a_safe_one(tmp_path: Path) -> None:
    path = tmp_path / ".hidden\x1b[2J"
    path.write_bytes(b"x")
    with open_offer(str(path), 64) as offer:
        assert offer.file.name == "hidden_[2J"


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        for path in (tmp_path, tmp_path / "fifo", tmp_path / "socket", "/dev/zero", "/dev/null"):
            with pytest.raises(ClientError, match="is not a file, and only files can be sent"):
                open_offer(str(path), 64)
    with pytest.raises(ClientError, match=r"loop cannot be read: "):
        open_offer(str(tmp_path / "loop"), 64)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("", "Say which file"),
        ("nothing-here", r"There is no file nothing-here\."),
        ("a\0b", "cannot be read"),
        ("~nobody-at-all/x", "There is no file"),
        ("~\0", "cannot be read"),
        ("~\ud800", "cannot be read"),
        ("x" * 5000, "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(path: str, told: str) -> None:
    with pytest.raises(ClientError, match=told):
        open_offer(path, 64)


def test_what_may_not_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"x")

    def refuse(*_: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(ClientError, match="cannot be read: Permission denied"):
        open_offer(str(tmp_path / "a"), 64)


def test_a_file_over_the_limit_is_not_read_at_all(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(ClientError, match="SUSSURRO_FILE_LIMIT_MIB"):
        open_offer(str(tmp_path / "large"), 64)


def test_a_file_that_says_it_is_empty_and_is_not_is_refused() -> None:
    with pytest.raises(ClientError, match="was changed while it was sent"):
        open_offer("/proc/self/status", 64)


def test_a_file_cut_short_after_the_offer_is_found_out(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(bytes(2 * MAX_PART))
    with open_offer(str(path), 64) as offer:
        os.truncate(path, MAX_PART + 5)
        assert len(offer.read(0)) == MAX_PART
        with pytest.raises(ClientError, match="was changed while it was sent; send it again"):
            offer.read(1)


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(100))
    before = len(names_in("/proc/self/fd"))
    open_offer(str(tmp_path / "a"), 64).close()
    for path in ("/proc/self/status", str(tmp_path)):
        with pytest.raises(ClientError):
            open_offer(path, 64)
    assert len(names_in("/proc/self/fd")) == before
