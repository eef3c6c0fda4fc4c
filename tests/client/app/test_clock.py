from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from sussurro_client.app.clock import Clock
from tests.client.app.fakes import NOON, FakeClock


def test_a_time_is_shown_in_the_zone_of_who_reads_it() -> None:
    assert Clock(zone=NOON.tzinfo).local(int(NOON.timestamp() * 1000)).hour == 12
    assert Clock(zone=UTC).local(int(NOON.timestamp() * 1000)).hour == 15
    assert FakeClock().clock().now() == NOON


@given(st.integers(-(2**63), 2**63))
def test_no_time_that_a_sender_claims_is_an_error(milliseconds: int) -> None:
    assert Clock(zone=UTC).local(milliseconds).strftime("%H:%M")
