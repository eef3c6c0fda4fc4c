import gc
from collections.abc import Iterator

import pytest

from sussurro_client.collecting import collect_rarely


@pytest.fixture
def as_before() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)
    gc.unfreeze()


@pytest.mark.usefixtures("as_before")
def test_what_is_there_is_not_looked_through_again_and_the_rest_less_often() -> None:
    before = gc.get_threshold()[0]
    collect_rarely()
    assert gc.get_freeze_count() > 0
    assert gc.get_threshold()[0] > before
    assert gc.isenabled(), "cycles there may be, of others' making"
