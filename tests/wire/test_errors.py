import re

from sussurro_wire.errors import Reason, WireError


def test_a_reason_is_a_word_for_the_wire() -> None:
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", reason) for reason in Reason)


def test_a_fault_carries_the_reason_that_the_peer_is_told() -> None:
    error = WireError(Reason.MALFORMED, "what a log is told")
    assert error.reason is Reason.MALFORMED
    assert str(error) == "what a log is told"
