from hypothesis import given
from hypothesis import strategies as st

from sussurro_client import transcript
from sussurro_client.session import _OUTBOX_LIMIT
from sussurro_client.transcript import Transcript, Verdict
from tests.wire.strategies import steady

ANA, BIA = b"ana", b"bia"
RUN, LATER_RUN = b"run1", b"run2"


def judge(
    log: Transcript, counter: int, seq: int, attempt: int = 1, run: bytes = RUN, who: bytes = ANA
) -> tuple[Verdict, int]:
    return log.judge(who, run, counter, attempt, seq)


def test_messages_in_a_row_are_new() -> None:
    log = Transcript()
    verdicts = [judge(log, counter, 100 + counter) for counter in range(1, 50)]
    assert set(verdicts) == {(Verdict.NEW, 0)}


def test_messages_in_one_chunk_are_new() -> None:
    log = Transcript()
    assert {judge(log, counter, 7) for counter in range(1, 50)} == {(Verdict.NEW, 0)}


def test_a_run_first_seen_in_its_middle_is_no_gap() -> None:
    log = Transcript()
    assert judge(log, 41, 1) == (Verdict.NEW, 0)
    assert judge(log, 42, 2) == (Verdict.NEW, 0)


def test_what_is_missing_is_counted() -> None:
    log = Transcript()
    judge(log, 1, 1)
    assert judge(log, 5, 2) == (Verdict.AFTER_GAP, 3)
    assert judge(log, 6, 3) == (Verdict.NEW, 0)


def test_a_chunk_that_comes_again_brings_duplicates() -> None:
    log = Transcript()
    judge(log, 1, 5)
    judge(log, 2, 5)
    assert judge(log, 1, 5) == (Verdict.DUPLICATE, 0)
    assert judge(log, 2, 5) == (Verdict.DUPLICATE, 0)


def test_the_rest_of_a_chunk_that_was_cut_off_is_new() -> None:
    log = Transcript()
    judge(log, 1, 5)
    assert judge(log, 1, 5) == (Verdict.DUPLICATE, 0)
    assert judge(log, 2, 5) == (Verdict.NEW, 0)


def test_what_its_sender_sent_again_is_a_duplicate() -> None:
    log = Transcript()
    judge(log, 1, 5, attempt=1)
    assert judge(log, 1, 6, attempt=2) == (Verdict.DUPLICATE, 0)


def test_the_same_attempt_in_a_later_chunk_is_a_replay() -> None:
    log = Transcript()
    judge(log, 1, 5)
    assert judge(log, 1, 6) == (Verdict.REPLAY, 0)
    assert judge(log, 1, 7) == (Verdict.REPLAY, 0)


def test_each_attempt_is_good_for_one_duplicate_only() -> None:
    log = Transcript()
    judge(log, 1, 5, attempt=1)
    judge(log, 1, 6, attempt=2)
    assert judge(log, 1, 7, attempt=2) == (Verdict.REPLAY, 0)


def test_an_outbox_that_is_sent_again_whole_is_no_replay() -> None:
    log = Transcript()
    counters = range(1, _OUTBOX_LIMIT + 1)
    for counter in counters:
        judge(log, counter, counter)
    again = {judge(log, counter, 10_000 + counter, attempt=2) for counter in counters}
    assert again == {(Verdict.DUPLICATE, 0)}


def test_runs_and_senders_count_apart() -> None:
    log = Transcript()
    judge(log, 1, 1)
    assert judge(log, 1, 2, run=LATER_RUN) == (Verdict.NEW, 0)
    assert judge(log, 1, 3, who=BIA) == (Verdict.NEW, 0)
    assert judge(log, 2, 4) == (Verdict.NEW, 0)


def test_a_gap_of_the_log_itself_is_not_told_again_for_each_sender() -> None:
    log = Transcript()
    judge(log, 1, 1)
    judge(log, 1, 2, who=BIA)
    log.allow_gaps()
    assert judge(log, 9, 3) == (Verdict.NEW, 0)
    assert judge(log, 7, 4, who=BIA) == (Verdict.NEW, 0)
    assert judge(log, 11, 5) == (Verdict.AFTER_GAP, 1)


def test_memory_is_bounded_by_runs_and_by_what_is_remembered_of_each() -> None:
    log = Transcript()
    for number in range(transcript._MAX_RUNS + 50):
        judge(log, 1, number, run=number.to_bytes(4, "big"))
    for counter in range(2, transcript._RECENT * 2):
        judge(log, counter, 20_000 + counter, run=number.to_bytes(4, "big"))
    assert len(log._runs) == transcript._MAX_RUNS
    assert len(log._runs[ANA, number.to_bytes(4, "big")].recent) == transcript._RECENT


def test_a_run_that_is_heard_of_is_not_the_one_forgotten() -> None:
    log = Transcript()
    judge(log, 1, 1)
    for number in range(transcript._MAX_RUNS * 2):
        judge(log, 1, 2 + number, run=number.to_bytes(4, "big"))
        if number % 5000 == 0:
            judge(log, 2 + number, 2 + number)
    assert (ANA, RUN) in log._runs


class Model:
    """The rules without their bounds: everything that was ever seen is kept."""

    def __init__(self) -> None:
        self.seen: dict[tuple[bytes, bytes], dict[int, set[int]]] = {}
        self.first: dict[tuple[bytes, bytes], int] = {}
        self.anchored: dict[tuple[bytes, bytes], bool] = {}
        self.seq = 0

    def judge(
        self, who: bytes, run: bytes, counter: int, attempt: int, seq: int
    ) -> tuple[Verdict, int]:
        again, self.seq = seq <= self.seq, max(self.seq, seq)
        name = who, run
        if name not in self.seen:
            self.seen[name] = {counter: {attempt}}
            self.first[name], self.anchored[name] = counter, attempt == 1
            return Verdict.NEW, 0
        seen = self.seen[name]
        highest = max(seen)
        attempts = seen.get(counter, set())
        if counter > highest:
            missing = counter - highest - 1 if self.anchored[name] else 0
            if not self.anchored[name]:
                self.first[name], self.anchored[name] = counter, attempt == 1
            seen[counter] = {attempt}
            return (Verdict.AFTER_GAP if missing else Verdict.NEW), missing
        sent_again = attempt not in attempts if attempts else counter < self.first[name]
        if again or sent_again:
            seen.setdefault(counter, set()).add(attempt)
            return Verdict.DUPLICATE, 0
        return Verdict.REPLAY, 0


@steady
@given(
    st.lists(
        st.tuples(
            st.sampled_from([ANA, BIA]),
            st.sampled_from([RUN, LATER_RUN]),
            st.integers(1, 8),
            st.integers(1, 3),
            st.integers(0, 12),
        ),
        max_size=60,
    )
)
def test_every_verdict_is_that_of_a_model_which_forgets_nothing(
    messages: list[tuple[bytes, bytes, int, int, int]],
) -> None:
    log, model = Transcript(), Model()
    for message in messages:
        assert log.judge(*message) == model.judge(*message)
