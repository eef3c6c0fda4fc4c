import errno
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sussurro_client.errors import ClientError
from sussurro_client.files.destination import Destination, Place, place_of
from tests.client.files.play import names_in


def saved(place: Place, data: bytes = b"data") -> Path:
    destination = Destination.open(place)
    destination.write(0, data)
    return destination.keep()


def test_nothing_named_is_the_folder_for_downloads_which_is_made(tmp_path: Path) -> None:
    downloads = tmp_path / "home" / "Downloads"
    assert place_of("", downloads, "../a.txt") == Place(downloads, "a.txt")
    assert downloads.is_dir()


def test_a_folder_takes_the_offered_name_made_safe(tmp_path: Path) -> None:
    assert place_of(str(tmp_path), Path("/x"), "../../b\0.txt") == Place(tmp_path, "b_.txt")
    assert place_of(f"{tmp_path}/", Path("/x"), ".profile") == Place(tmp_path, "profile")


def test_a_file_is_called_as_the_receiver_says(tmp_path: Path) -> None:
    assert place_of(f"{tmp_path}/.mine", Path("/x"), "a.txt") == Place(tmp_path, ".mine")


def test_home_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert place_of("~", Path("/x"), "a") == Place(tmp_path, "a")
    assert place_of("", Path("~"), "a") == Place(tmp_path, "a")


@pytest.mark.parametrize(
    "path", ["none/", "none/a.txt", "a\0b", "\ud800", "~\ud800/x", "~nobody-at-all/x", "a.txt/b"]
)
def test_a_folder_that_is_not_there_is_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").touch()
    with pytest.raises(ClientError, match="There is no folder"):
        place_of(path, Path("/x"), "a.txt")
    assert names_in(tmp_path) == ["a.txt"]


def test_a_name_that_this_system_has_no_letters_for_is_spelled_in_others(tmp_path: Path) -> None:
    name = ascii("写真 1.png")
    program = (
        "from pathlib import Path; from sussurro_client.files.destination import *; "
        f"print(Destination.open(place_of('', Path({str(tmp_path)!r}), {name})).keep().name)"
    )
    environment = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.stdout, ended.stderr) == ("__ 1.png\n", "")


def test_a_folder_for_downloads_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ClientError, match="folder"):
        place_of("", tmp_path / "file" / "x", "a")


def test_what_comes_stands_beside_its_place_for_us_alone_until_it_is_kept(tmp_path: Path) -> None:
    destination = Destination.open(Place(tmp_path, "a.txt"))
    destination.write(4, b"data")
    destination.write(0, b"some")
    partial = tmp_path / ".a.txt.part"
    assert names_in(tmp_path) == [".a.txt.part"]
    assert partial.stat().st_mode & 0o777 == 0o600
    assert destination.digest() == (8, hashlib.sha256(b"somedata").digest())
    assert destination.keep() == tmp_path / "a.txt"
    destination.discard()
    assert names_in(tmp_path) == ["a.txt"]
    assert (tmp_path / "a.txt").read_bytes() == b"somedata"


def test_what_is_discarded_is_gone(tmp_path: Path) -> None:
    destination = Destination.open(Place(tmp_path, "a.txt"))
    destination.write(0, b"data")
    destination.discard()
    destination.discard()
    assert names_in(tmp_path) == []


def test_nothing_is_ever_overwritten(tmp_path: Path) -> None:
    place = Place(tmp_path, "a.txt")
    (tmp_path / "a.txt").write_bytes(b"old")
    (tmp_path / "a (2).txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / ".a (3).txt.part").write_bytes(b"of another program")
    assert saved(place) == tmp_path / "a (3).txt"
    assert (tmp_path / "a.txt").read_bytes() == b"old"
    assert not (tmp_path / "nowhere").exists()
    assert (tmp_path / ".a (3).txt.part").read_bytes() == b"of another program"


def test_a_name_taken_in_the_meantime_is_left_alone(tmp_path: Path) -> None:
    destination = Destination.open(Place(tmp_path, "a.txt"))
    (tmp_path / "a.txt").write_bytes(b"old")
    assert destination.keep() == tmp_path / "a (2).txt"
    assert (tmp_path / "a.txt").read_bytes() == b"old"


def test_a_partial_file_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_bytes(b"old")
    (tmp_path / ".a.part").symlink_to(tmp_path / "precious")
    assert saved(Place(tmp_path, "a")) == tmp_path / "a"
    assert (tmp_path / "precious").read_bytes() == b"old"


def test_a_file_system_without_links_overwrites_nothing_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", link)
    destination = Destination.open(Place(tmp_path, "a.txt"))
    destination.write(0, b"data")
    (tmp_path / "a.txt").write_bytes(b"old")
    assert destination.keep() == tmp_path / "a (2).txt"
    assert (tmp_path / "a (2).txt").read_bytes() == b"data"
    assert names_in(tmp_path) == ["a (2).txt", "a.txt"]


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.ENOSPC, "There is no space left in "),
        (errno.EDQUOT, "There is no space left in "),
        (errno.EROFS, "You may not write in "),
        (errno.EIO, "Nothing can be written in .*: Input/output error"),
    ],
)
def test_a_disk_that_takes_no_more_is_said_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, told: str
) -> None:
    destination = Destination.open(Place(tmp_path, "a"))

    def pwrite(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "pwrite", pwrite)
    with pytest.raises(ClientError, match=told):
        destination.write(0, b"data")
    destination.discard()
    assert names_in(tmp_path) == []


def test_a_full_disk_is_found_as_it_is() -> None:
    destination = Destination(
        Place(Path("/dev"), "full"), Path("/dev/none"), os.open("/dev/full", os.O_RDWR)
    )
    with pytest.raises(ClientError, match="There is no space left in /dev"):
        destination.write(0, b"data")
    destination.discard()


def test_a_folder_that_vanished_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "usb"
    folder.mkdir()
    destination = Destination.open(Place(folder, "a"))
    destination.write(0, b"data")
    (folder / ".a.part").unlink()
    folder.rmdir()
    with pytest.raises(ClientError, match=r"There is no folder .*usb"):
        destination.keep()
    destination.discard()


def test_a_folder_that_is_not_there_at_the_beginning_is_said(tmp_path: Path) -> None:
    with pytest.raises(ClientError, match="There is no folder"):
        Destination.open(Place(tmp_path / "none", "a"))


def test_too_many_of_one_name_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sussurro_client.files.safe_file_name._MOST_NUMBERS", 3)
    (tmp_path / "a").touch()
    (tmp_path / "a (2)").touch()
    with pytest.raises(ClientError, match="too many files called a in"):
        Destination.open(Place(tmp_path, "a"))
