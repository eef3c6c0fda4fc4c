from pathlib import Path

from sussurro_client.files.bulletin import Bulletin
from sussurro_client.files.progress import Direction, Progress, State

FIRST = Progress(1, "", "a", Direction.UP, State.PREPARING, 0, 0)


def test_each_change_is_told_once_with_all_that_was_told_before() -> None:
    told: list[Progress] = []
    bulletin = Bulletin(FIRST, told.append)
    bulletin.begin()
    bulletin.describe("b", 9)
    bulletin.publish("ff")
    bulletin.show(State.MOVING, 3)
    bulletin.show(State.MOVING, 3)
    bulletin.show(State.QUIET, detail="Why.")
    bulletin.show(State.DONE, 9, path=Path("/b"))
    kept = (1, "ff", "b", Direction.UP)
    assert told == [
        FIRST,
        Progress(1, "", "b", Direction.UP, State.PREPARING, 0, 9),
        Progress(*kept, State.PREPARING, 0, 9),
        Progress(*kept, State.MOVING, 3, 9),
        Progress(*kept, State.QUIET, 3, 9, "Why."),
        Progress(*kept, State.DONE, 9, 9, path=Path("/b")),
    ]
    assert bulletin.now == told[-1]
