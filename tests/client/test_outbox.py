from hypothesis import given
from hypothesis import strategies as st

from sussurro_client.outbox import Draft, Outbox
from tests.client.scenes import ANA, Voice
from tests.wire.strategies import steady


def drafts(*texts: str) -> list[Draft]:
    voice = Voice(ANA)
    letters = [voice.letter(text) for text in texts]
    return [Draft(letter.envelope, letter.digest) for letter in letters]


MANY = drafts(*map(str, range(60)))
A, B, C = drafts("a", "b", "c")


def filled(*given: Draft) -> Outbox:
    outbox = Outbox()
    for draft in given:
        outbox.add(draft)
    return outbox


def settle(outbox: Outbox, given: list[Draft]) -> list[Draft]:
    """Settle what was acknowledged, as an author does; return what was news."""
    return [draft for draft in given if outbox.settle(draft)]


def taken(outbox: Outbox) -> list[Draft]:
    return list(iter(outbox.take, None))


def test_texts_are_taken_once_in_the_order_said() -> None:
    outbox = filled(A, B)
    assert taken(outbox) == [A, B]
    assert taken(outbox) == []
    assert list(outbox) == [A, B], "until they are acknowledged"


def test_an_acknowledgement_counts_from_the_connections_first_token() -> None:
    outbox = filled(A, B, C)
    taken(outbox)
    assert outbox.acknowledge(2) == [A, B]
    assert outbox.acknowledge(2) == []
    assert outbox.acknowledge(1) == []
    assert outbox.acknowledge(3) == [C]


def test_what_is_acknowledged_waits_until_it_is_settled() -> None:
    outbox = filled(A, B)
    taken(outbox)
    for draft in outbox.acknowledge(2):
        assert draft.envelope.counter in [waiting.envelope.counter for waiting in outbox]
        assert outbox.settle(draft)
    assert len(outbox) == 0
    assert list(outbox) == []


def test_an_acknowledgement_of_more_than_was_sent_acknowledges_nothing() -> None:
    outbox = filled(A, B)
    outbox.take()
    assert outbox.acknowledge(2) == []
    assert outbox.acknowledge(2**63 - 1) == []
    assert len(outbox) == 2
    assert outbox.acknowledge(1) == [A]


def test_a_lost_connection_makes_what_is_not_acknowledged_unsent_in_its_order() -> None:
    outbox = filled(A, B, C)
    outbox.take()
    outbox.take()
    settle(outbox, outbox.acknowledge(1))
    outbox.connection_lost()
    assert taken(outbox) == [B, C]
    assert outbox.acknowledge(2) == [B, C]


def test_what_came_back_from_the_log_is_settled_once_and_not_sent_again() -> None:
    outbox = filled(A, B)
    taken(outbox)
    outbox.connection_lost()
    assert outbox.settle(A)
    assert not outbox.settle(A)
    assert not outbox.settle(drafts("another a")[0])
    assert taken(outbox) == [B]
    assert outbox.acknowledge(1) == [B]


def test_a_text_settled_on_its_way_still_counts_in_the_acknowledgement() -> None:
    outbox = filled(A, B)
    taken(outbox)
    outbox.settle(A)
    assert outbox.acknowledge(1) == [A], "it is in the log, whoever said so first"
    assert outbox.acknowledge(2) == [B]


@steady
@given(st.lists(st.integers(0, 5), max_size=60))
def test_whatever_happens_every_text_is_acknowledged_once(steps: list[int]) -> None:
    """Steps: 0 add, 1 and 2 take, 3 acknowledge all that was sent, 4 one of it, 5 lose it."""
    outbox, sent, acked, kept, added = Outbox(), 0, 0, list[Draft](), 0
    for step in steps:
        if step == 0:
            outbox.add(MANY[added])
            added += 1
        elif step in (1, 2):
            sent += outbox.take() is not None
        elif step == 5:
            outbox.connection_lost()
            sent = acked = 0
        else:
            acked = sent if step == 3 else min(acked + 1, sent)
            kept += settle(outbox, outbox.acknowledge(acked))
    outbox.connection_lost()
    kept += settle(outbox, outbox.acknowledge(len(taken(outbox))))
    assert kept == MANY[:added]
    assert len(outbox) == 0
