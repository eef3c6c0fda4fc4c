from hypothesis import given
from hypothesis import strategies as st

from sussurro_client.outbox import Draft, Outbox
from tests.wire.strategies import steady


def filled(*texts: str) -> Outbox:
    outbox = Outbox()
    for text in texts:
        outbox.add(text, 7)
    return outbox


def taken(outbox: Outbox) -> list[Draft]:
    return list(iter(outbox.take, None))


def test_texts_are_taken_once_in_the_order_said() -> None:
    outbox = filled("a", "b")
    assert outbox.has_unsent
    assert taken(outbox) == [Draft(1, 1, 7, "a"), Draft(2, 1, 7, "b")]
    assert not outbox.has_unsent
    assert taken(outbox) == []


def test_an_acknowledgement_counts_from_the_connections_first_token() -> None:
    outbox = filled("a", "b", "c")
    taken(outbox)
    assert outbox.acknowledge(2) == [1, 2]
    assert outbox.acknowledge(2) == []
    assert outbox.acknowledge(1) == []
    assert outbox.acknowledge(3) == [3]
    assert len(outbox) == 0


def test_an_acknowledgement_of_more_than_was_sent_acknowledges_nothing() -> None:
    outbox = filled("a", "b")
    outbox.take()
    assert outbox.acknowledge(2) == []
    assert outbox.acknowledge(2**63 - 1) == []
    assert len(outbox) == 2
    assert outbox.acknowledge(1) == [1]


def test_a_lost_connection_makes_what_is_not_acknowledged_unsent_as_another_attempt() -> None:
    outbox = filled("a", "b", "c")
    outbox.take()
    outbox.take()
    outbox.acknowledge(1)
    outbox.connection_lost()
    assert taken(outbox) == [Draft(2, 2, 7, "b"), Draft(3, 1, 7, "c")]
    assert outbox.acknowledge(2) == [2, 3]


def test_what_came_back_from_the_log_is_settled_once_and_not_sent_again() -> None:
    outbox = filled("a", "b")
    taken(outbox)
    outbox.connection_lost()
    assert outbox.settle(1)
    assert not outbox.settle(1)
    assert not outbox.settle(99)
    assert [draft.text for draft in taken(outbox)] == ["b"]
    assert outbox.acknowledge(1) == [2]


def test_a_text_settled_on_its_way_still_counts_in_the_acknowledgement() -> None:
    outbox = filled("a", "b")
    taken(outbox)
    outbox.settle(1)
    assert outbox.acknowledge(1) == []
    assert outbox.acknowledge(2) == [2]


@steady
@given(st.lists(st.integers(0, 5), max_size=60))
def test_whatever_happens_every_text_is_acknowledged_once(steps: list[int]) -> None:
    """Steps: 0 add, 1 and 2 take, 3 acknowledge all that was sent, 4 one of it, 5 lose it."""
    outbox, sent, acked, kept, added = Outbox(), 0, 0, list[int](), 0
    for step in steps:
        if step == 0:
            added = outbox.add("x", 0)
        elif step in (1, 2):
            sent += outbox.take() is not None
        elif step == 5:
            outbox.connection_lost()
            sent = acked = 0
        else:
            acked = sent if step == 3 else min(acked + 1, sent)
            kept += outbox.acknowledge(acked)
    outbox.connection_lost()
    kept += outbox.acknowledge(len(taken(outbox)))
    assert kept == list(range(1, added + 1))
