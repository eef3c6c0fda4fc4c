import stat
from pathlib import Path

import pytest

from sussurro_client.errors import ClientError
from sussurro_client.first_key import FirstKey, is_missing
from sussurro_client.key import read_key
from tests.client.scenes import KEY, KEY_TEXT


def test_a_new_key_is_written_for_its_owner_alone(tmp_path: Path) -> None:
    place = FirstKey(tmp_path / "key.key")
    assert is_missing(place.path)
    assert place.make() == read_key(place.path).room
    assert stat.S_IMODE(place.path.stat().st_mode) == 0o600
    assert not is_missing(place.path)


def test_a_pasted_key_is_checked_and_written_as_it_is(tmp_path: Path) -> None:
    place = FirstKey(tmp_path / "key.key")
    with pytest.raises(ClientError, match="not a Sussurro key"):
        place.take("my secret")
    assert is_missing(place.path)
    assert place.take(f"  {KEY_TEXT}\n") == KEY.room
    assert place.path.read_text() == KEY_TEXT + "\n"
    assert stat.S_IMODE(place.path.stat().st_mode) == 0o600


def test_nothing_is_ever_overwritten(tmp_path: Path) -> None:
    place = FirstKey(tmp_path / "key.key")
    place.path.write_text("mine")
    for attempt in (place.make, lambda: place.take(KEY_TEXT)):
        with pytest.raises(ClientError, match="never overwritten"):
            attempt()
    assert place.path.read_text() == "mine"


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    place = FirstKey(tmp_path / "no" / "such" / "key.key")
    with pytest.raises(ClientError, match=r"cannot be written to .*key.key"):
        place.make()


def test_a_link_that_leads_nowhere_is_not_a_place_without_a_key(tmp_path: Path) -> None:
    link = tmp_path / "key.key"
    link.symlink_to(tmp_path / "elsewhere")
    assert not is_missing(link)


@pytest.mark.parametrize("picture", ["~nobody-at-all/key.png", "~\0"])
def test_a_picture_at_nobodys_home_is_a_sentence(tmp_path: Path, picture: str) -> None:
    with pytest.raises(ClientError, match="cannot be read"):
        FirstKey(tmp_path / "key.key").scan(picture)
