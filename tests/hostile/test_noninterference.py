import base64
import random
import string
from pathlib import Path

import pytest

from tests.support.leaks import Leak
from tests.support.room_life import Person, Story, lived
from tests.support.shape import (
    Shape,
    differences,
    shape_of_database,
    shape_of_files,
    shape_of_journal,
    shape_of_metrics,
)
from tests.support.watched import watched_relay

# Bytes of each text, in one story and in the other: the last is another length, padded to the same.
_SIZES = ((5, 5), (12, 12), (40, 40), (300, 300), (1000, 1000), (19_800, 19_700))
_NAME = 16


def story_of(seed: int, which: int) -> Story:
    """Return a story of the shape that all have, with words of its own."""
    source = random.Random(seed)

    def words(size: int, letters: str) -> str:
        return "".join(source.choices(letters, k=size))

    # What compresses well in one story, and badly in the other.
    letters = (string.ascii_lowercase, "ab")[which]
    people = tuple(Person(words(_NAME, letters), source.randbytes(32)) for _ in range(3))
    texts = tuple(words(sizes[which], letters) for sizes in _SIZES)
    key = base64.urlsafe_b64encode(source.randbytes(32)).decode()
    return Story(key, people, texts)


def shape_of_life(folder: Path, story: Story, *, durable: bool, leak: Leak | None = None) -> Shape:
    """Let a fresh relay live through a story; return what can be seen of it from outside."""
    shape: Shape = {}
    with watched_relay(folder, durable=durable, leak=leak, key=story.key) as relay:
        with lived(relay.port, story):
            shape["metrics, all inside"] = shape_of_metrics(relay)
            shape["files, all inside"] = shape_of_files(relay)
        relay.wait_until_left()
        shape["metrics, all gone"] = shape_of_metrics(relay)
        shape["journal"] = shape_of_journal(relay.stop())
        shape["files at the end"] = shape_of_files(relay)
        if durable:
            shape["database"] = shape_of_database(*relay.files())
    return shape


@pytest.mark.parametrize("durable", [False, True], ids=["memory", "sqlite"])
def test_other_texts_names_and_keys_change_no_size_and_no_count(
    tmp_path: Path, *, durable: bool
) -> None:
    """Everything that the relay stores, logs and exports is the same, but for time and chance."""
    one, other = (
        shape_of_life(tmp_path / f"relay-{which}", story_of(which, which), durable=durable)
        for which in range(2)
    )
    assert differences(one, other) == []
    assert len(one["journal"]) >= 3
    assert any("frames_delivered_total 0" not in line for line in one["metrics, all gone"])
    assert len(one.get("database", [])) > len(_SIZES) or not durable


def test_one_message_more_is_a_difference(tmp_path: Path) -> None:
    """The comparison is not one that finds everything equal."""
    story = story_of(1, 0)
    shorter = Story(story.key, story.people, story.texts[:-1])
    one = shape_of_life(tmp_path / "one", story, durable=True)
    other = shape_of_life(tmp_path / "other", shorter, durable=True)
    places = {difference.partition(":")[0] for difference in differences(one, other)}
    assert {"metrics, all inside", "database", "files, all inside"} <= places


@pytest.mark.parametrize(
    ("leak", "place"),
    [
        (Leak.COUNTS_LETTERS, "metrics, all gone"),
        (Leak.STORES_PACKED, "database"),
        (Leak.WRITES_A_JOURNAL, "journal"),
    ],
    ids=lambda value: value.name.lower() if isinstance(value, Leak) else "",
)
def test_a_leak_that_is_planted_in_a_relay_makes_a_difference(
    leak: Leak, place: str, tmp_path: Path
) -> None:
    one, other = (
        shape_of_life(tmp_path / f"relay-{which}", story_of(which, which), durable=True, leak=leak)
        for which in range(2)
    )
    assert any(difference.startswith(f"{place}: ") for difference in differences(one, other))
