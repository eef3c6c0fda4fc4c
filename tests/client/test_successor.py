import stat
from pathlib import Path

import pytest

from sussurro_client.errors import ClientError, KeyFileError
from sussurro_client.successor import current_key, keep_successor, prepare_successor
from tests.client.scenes import KEY, OTHER_KEY


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "key.key"
    path.write_text(KEY.text)
    path.chmod(0o600)
    return path


def test_a_key_without_successor_is_the_key(key_file: Path, tmp_path: Path) -> None:
    assert current_key(key_file, tmp_path / "state").room == KEY.room


def test_a_prepared_key_is_not_in_force(key_file: Path, tmp_path: Path) -> None:
    prepare_successor(tmp_path, KEY.room, OTHER_KEY.text)
    assert current_key(key_file, tmp_path).room == KEY.room


def test_a_kept_key_takes_the_others_place_and_the_file_stays_as_it_was(
    key_file: Path, tmp_path: Path
) -> None:
    prepare_successor(tmp_path, KEY.room, OTHER_KEY.text)
    path = keep_successor(tmp_path, KEY.room)
    assert current_key(key_file, tmp_path).room == OTHER_KEY.room
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert key_file.read_text() == KEY.text


def test_keys_that_lead_in_a_circle_are_told(key_file: Path, tmp_path: Path) -> None:
    for old, new in ((KEY, OTHER_KEY), (OTHER_KEY, KEY)):
        prepare_successor(tmp_path, old.room, new.text)
        keep_successor(tmp_path, old.room)
    with pytest.raises(ClientError, match="circle"):
        current_key(key_file, tmp_path)


def test_a_successor_that_is_no_key_is_told_with_its_place(key_file: Path, tmp_path: Path) -> None:
    path = prepare_successor(tmp_path, KEY.room, "no key")
    path = keep_successor(tmp_path, KEY.room)
    with pytest.raises(KeyFileError, match=str(path)):
        current_key(key_file, tmp_path)


def test_where_nothing_can_be_written_nothing_is_prepared_and_that_is_told(tmp_path: Path) -> None:
    (tmp_path / "rooms").write_text("a file is in the way")
    with pytest.raises(ClientError, match="cannot be written"):
        prepare_successor(tmp_path, KEY.room, OTHER_KEY.text)
