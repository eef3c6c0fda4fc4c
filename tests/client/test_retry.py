import pytest

from sussurro_client.retry import RetryPolicy
from sussurro_client.transport import Trouble
from sussurro_wire.messages import Bye

FIRST = 0.25  # seconds: the shortest pause after one failure


@pytest.fixture
def retry() -> RetryPolicy:
    """Return a policy whose pauses are the shortest."""
    return RetryPolicy(lambda: 0.0)


@pytest.mark.parametrize("reason", ["unreachable", "lost", "timeout", "tls-failed"])
def test_trouble_that_may_pass_is_tried_again_after_a_growing_pause(
    retry: RetryPolicy, reason: str
) -> None:
    assert [retry.next_pause(reason, None) for _ in range(3)] == [FIRST, 2 * FIRST, 4 * FIRST]
    retry.reset()
    assert retry.next_pause(reason, None) == FIRST


@pytest.mark.parametrize(
    "reason", [Trouble.TLS_UNTRUSTED, Trouble.TLS_MISSING, Trouble.TLS_EXPECTED]
)
def test_trouble_that_would_come_again_is_final(retry: RetryPolicy, reason: Trouble) -> None:
    assert retry.next_pause(reason, None) is None


@pytest.mark.parametrize(
    "reason", ["bad-proof", "room-refused", "unexpected", "malformed", "line-too-long"]
)
def test_a_refusal_that_would_come_again_is_final(retry: RetryPolicy, reason: str) -> None:
    assert retry.next_pause(reason, Bye(reason, 5)) is None


@pytest.mark.parametrize(
    ("bye", "wish"),
    [
        (Bye("too-many-connections"), 0),
        (Bye("drain", 2), 2),
        (Bye("drain", 2**63 - 1), 3600),
        (Bye("moon-full"), 0),
    ],
    ids=["full", "drain", "a wish without end", "a reason of later versions"],
)
def test_after_any_other_farewell_the_pause_comes_on_top_of_what_the_relay_asks_for(
    retry: RetryPolicy, bye: Bye, wish: int
) -> None:
    assert retry.next_pause(bye.reason, bye) == wish + FIRST
    assert retry.next_pause(bye.reason, bye) == wish + 2 * FIRST
