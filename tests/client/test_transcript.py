import hashlib
from dataclasses import dataclass, field
from functools import cache
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sussurro_client import transcript
from sussurro_client.contents import Text
from sussurro_client.letter import Envelope, Letter
from sussurro_client.session import _OUTBOX_LIMIT
from sussurro_client.transcript import Judgement, Transcript, Verdict
from tests.wire.strategies import steady

ANA, BIA = b"a" * 32, b"b" * 32
RUN, LATER_RUN = b"run-0001", b"run-0002"
SINCE = 10  # the chunk from which on everything is ours to hear
NEW, LATE, DUPLICATE, REPLAY, CONTRADICTION = (Judgement(verdict) for verdict in Verdict)


def digest_of(counter: int, text: str = "x") -> bytes:
    return hashlib.sha256(f"{counter} {text}".encode()).digest() if counter else b""


@cache
def envelope_of(who: bytes, run: bytes, counter: int, after: bytes) -> Envelope:
    return Envelope(
        name="somebody",
        key=who,
        run=run,
        counter=counter,
        at=0,
        after=after,
        seen=(),
        since=0,
        content=Text(text=""),
    )


def letter(
    counter: int,
    place: tuple[int, int] | None = None,
    *,
    text: str = "x",
    after: bytes | None = None,
    run: bytes = RUN,
    who: bytes = ANA,
    begun: int = SINCE - 1,
) -> Letter:
    """Return a message; unless said otherwise of the first connection, where none was sent twice.

    That connection began before our time.
    """
    after = digest_of(counter - 1) if after is None else after
    link, index = place or (1, counter)
    envelope = envelope_of(who, run, counter, after)
    return Letter(envelope, link, index, begun, digest_of(counter, text))


def judge(log: Transcript, *letters: Letter, again: bool = False) -> list[Judgement]:
    return [log.judge(each, again=again, since=SINCE) for each in letters]


def missing(count: int) -> Judgement:
    return Judgement(Verdict.NEW, count)


# One connection of a sender.


def test_messages_in_a_row_are_new() -> None:
    assert judge(Transcript(), *map(letter, range(1, 50))) == [NEW] * 49


def test_a_sender_first_heard_in_the_middle_misses_nothing() -> None:
    assert judge(Transcript(), letter(41), letter(42)) == [NEW, NEW]


def test_what_is_missing_is_counted_once() -> None:
    assert judge(Transcript(), letter(1), letter(5), letter(6)) == [NEW, missing(3), NEW]


def test_a_token_that_comes_again_is_a_replay_each_time() -> None:
    one = letter(1)
    assert judge(Transcript(), one, one, letter(2), one) == [NEW, REPLAY, NEW, REPLAY]


def test_a_chunk_that_was_asked_for_again_brings_duplicates() -> None:
    log = Transcript()
    judge(log, letter(1), letter(2))
    assert judge(log, letter(1), letter(2), again=True) == [DUPLICATE] * 2


def test_the_rest_of_a_chunk_that_was_cut_off_is_new() -> None:
    log = Transcript()
    judge(log, letter(1))
    assert judge(log, letter(1), letter(2), again=True) == [DUPLICATE, NEW]


def test_what_was_missing_and_comes_after_all_is_late_once() -> None:
    log = Transcript()
    judge(log, letter(1), letter(4))
    assert judge(log, letter(2), letter(2), letter(3)) == [LATE, REPLAY, LATE]


def test_what_was_missing_is_late_whatever_number_it_has() -> None:
    log = Transcript()
    judge(log, letter(1, (1, 1)), letter(2, (1, 3)))
    assert judge(log, letter(3, (1, 2))) == [LATE]


# More than one connection.


def test_what_its_sender_sent_again_is_a_duplicate() -> None:
    log = Transcript()
    judge(log, letter(1), letter(2))
    assert judge(log, letter(2, (2, 1)), letter(3, (2, 2))) == [DUPLICATE, NEW]


def test_what_was_sent_again_can_be_replayed_like_anything_else() -> None:
    log = Transcript()
    judge(log, letter(1), letter(1, (2, 1)))
    assert judge(log, letter(1), letter(1, (2, 1))) == [REPLAY, REPLAY]


def test_late_data_of_a_connection_given_up_is_a_duplicate() -> None:
    log = Transcript()
    judge(log, letter(1, (1, 1)), letter(2, (2, 1)), letter(3, (2, 2)))
    assert judge(log, letter(2, (1, 2)), letter(3, (1, 3))) == [DUPLICATE, DUPLICATE]


def test_an_outbox_that_is_sent_again_whole_is_no_replay() -> None:
    log = Transcript()
    counters = range(1, _OUTBOX_LIMIT + 1)
    judge(log, *map(letter, counters))
    again = judge(log, *(letter(counter, (2, counter)) for counter in counters))
    assert again == [DUPLICATE] * _OUTBOX_LIMIT


@pytest.mark.parametrize("begun", [SINCE, SINCE + 1, 2**63])
def test_of_a_connection_that_began_in_our_time_everything_is_ours_to_hear(begun: int) -> None:
    log = Transcript()
    first, second = letter(9, (2, 3), begun=begun), letter(10, (2, 4), begun=begun)
    assert judge(log, first, second) == [missing(2), NEW]


@pytest.mark.parametrize("begun", [0, 1, SINCE - 1])
def test_of_a_connection_that_began_before_our_time_what_was_before_is_not_ours(begun: int) -> None:
    log = Transcript()
    judge(log, letter(1, (2, 1)))
    assert judge(log, letter(9, (3, 3), begun=begun)) == [NEW]


def test_before_our_own_time_has_begun_nothing_is_missing() -> None:
    assert Transcript().judge(letter(9, (3, 3), begun=5), again=False, since=0) == NEW


def test_when_a_connection_began_matters_for_its_first_token_only() -> None:
    log = Transcript()
    judge(log, letter(1, (1, 4)))
    assert judge(log, letter(2, (1, 5), begun=SINCE)) == [NEW]


def test_numbers_that_a_sender_found_in_the_log_before_our_time_are_not_missing() -> None:
    """It said 1 again on its second connection, found 2 and 3 kept, and goes on with 4."""
    assert judge(Transcript(), letter(1, (2, 1)), letter(4, (2, 2))) == [NEW, NEW]


def test_a_message_of_a_connection_never_heard_of_that_comes_after_all_is_late() -> None:
    log = Transcript()
    judge(log, letter(1), letter(3, (3, 1)))
    assert judge(log, letter(2, (2, 1))) == [LATE]


# What a message says of itself.


def test_two_things_under_one_number_are_a_contradiction() -> None:
    log = Transcript()
    judge(log, letter(1))
    assert judge(log, letter(1, (1, 2), text="y")) == [CONTRADICTION]
    assert judge(log, letter(1, (2, 1), text="y")) == [CONTRADICTION]


def test_a_message_that_names_another_before_it_is_a_contradiction() -> None:
    log = Transcript()
    judge(log, letter(1))
    assert judge(log, letter(2, after=digest_of(1, "y"))) == [CONTRADICTION]
    assert judge(log, letter(3)) == [NEW], "what follows is judged for itself"


def test_what_was_before_our_first_message_of_a_sender_is_a_duplicate() -> None:
    """It was on its way over an older connection, and stands in the log before our time too."""
    log = Transcript()
    judge(log, letter(7, (2, 1)))
    assert judge(log, letter(6, (1, 3))) == [DUPLICATE]


def test_runs_and_senders_count_apart() -> None:
    letters = (letter(1), letter(1, run=LATER_RUN), letter(1, who=BIA), letter(2))
    assert judge(Transcript(), *letters) == [NEW] * 4


# A gap that the relay told of.


def test_a_gap_of_the_log_itself_is_not_told_again_for_each_sender() -> None:
    log = Transcript()
    judge(log, letter(1), letter(1, who=BIA))
    log.allow_gaps()
    later = (letter(9), letter(7, who=BIA), letter(11))
    assert judge(log, *later) == [NEW, NEW, missing(1)]


def test_after_a_gap_of_the_log_what_was_heard_before_it_is_still_known() -> None:
    log = Transcript()
    judge(log, letter(1), letter(2))
    log.allow_gaps()
    assert judge(log, letter(2, (2, 1)), letter(2)) == [DUPLICATE, REPLAY]


def test_what_was_lost_in_a_gap_and_comes_again_after_it_is_a_duplicate_for_what_it_is_worth() -> (
    None
):
    log = Transcript()
    judge(log, letter(5))
    log.allow_gaps()
    assert judge(log, letter(9), letter(7, (2, 1))) == [NEW, DUPLICATE]


# Bounds.


def run_of(number: int) -> bytes:
    return number.to_bytes(8, "big")


def test_memory_is_bounded_by_runs() -> None:
    log = Transcript()
    for number in range(transcript._MAX_RUNS + 50):
        judge(log, letter(1, run=run_of(number)))
    assert len(log._runs) == transcript._MAX_RUNS
    assert log._digests == sum(len(run.digests) for run in log._runs.values())


def test_memory_is_bounded_by_the_messages_of_a_run() -> None:
    log = Transcript()
    count = transcript._RECENT * 2
    judge(log, *map(letter, range(1, count)))
    assert len(log._runs[ANA, RUN].digests) == transcript._RECENT
    assert log._digests == transcript._RECENT
    assert judge(log, letter(1, (2, 1))) == [DUPLICATE], "too old to know"
    assert judge(log, letter(count, (2, 2))) == [NEW]


def test_memory_is_bounded_by_the_messages_of_all_runs_together() -> None:
    log = Transcript()
    runs = transcript._MAX_DIGESTS // transcript._RECENT + 3
    for number in range(runs):
        for counter in range(1, transcript._RECENT + 1):
            judge(log, letter(counter, run=run_of(number)))
    assert log._digests <= transcript._MAX_DIGESTS + 1
    assert log._digests == sum(len(run.digests) for run in log._runs.values())


def test_memory_is_bounded_by_the_connections_of_a_run() -> None:
    log = Transcript()
    links = transcript._MAX_LINKS + 4
    judge(log, *(letter(number, (number, 1)) for number in range(1, links + 1)))
    assert len(log._runs[ANA, RUN].links) == transcript._MAX_LINKS
    assert judge(log, letter(1, (1, 1)), letter(2, (2, 9))) == [REPLAY, REPLAY], "long given up"


def test_memory_is_bounded_by_the_holes_of_a_connection() -> None:
    log = Transcript()
    assert judge(log, letter(1), letter(2**31)) == [NEW, missing(2**31 - 2)]
    assert judge(log, letter(2**32 - 1)) == [missing(2**31 - 2)]
    assert len(log._runs[ANA, RUN].links[1].missing) == transcript._MAX_HOLES
    assert judge(log, letter(2**32 - 2), letter(2)) == [LATE, REPLAY]


def test_a_run_that_is_heard_of_is_not_the_one_forgotten() -> None:
    log = Transcript()
    judge(log, letter(1))
    for number in range(transcript._MAX_RUNS * 2):
        judge(log, letter(1, run=run_of(number)))
        if number % 1000 == 0:
            judge(log, letter(2 + number))
    assert (ANA, RUN) in log._runs


# All of it together.


@dataclass
class ModelRun:
    came: list[tuple[int, int]] = field(default_factory=list)  # places
    begins: dict[int, int] = field(default_factory=dict)  # by link: the first index of ours
    lost: list[tuple[int, int]] = field(default_factory=list)  # places told as missing
    said: dict[int, bytes] = field(default_factory=dict)
    let_go: set[int] = field(default_factory=set)  # links with a gap that the relay told
    first: int | None = None


@dataclass
class Model:
    """The rules without their bounds: everything that ever came is kept, and searched."""

    runs: dict[tuple[bytes, bytes], ModelRun] = field(default_factory=dict)
    EVERYTHING: ClassVar[int] = 1

    def judge(self, letter: Letter, *, again: bool, since: int) -> Judgement:
        run = self._run_of(letter)
        place = letter.link, letter.index
        if letter.link not in run.begins:
            is_ours = 0 < since <= letter.begun
            run.begins[letter.link] = self.EVERYTHING if is_ours else letter.index
        if place in run.came:
            return DUPLICATE if again else REPLAY
        if place in run.lost:
            run.came.append(place)
            verdict = self._identify(run, letter)
            return Judgement(Verdict.LATE if verdict is Verdict.NEW else verdict)
        indexes = [index for link, index in run.came if link == letter.link]
        due = max(indexes, default=run.begins[letter.link] - 1) + 1
        if letter.index < due:
            return DUPLICATE if again else REPLAY
        lost = [] if letter.link in run.let_go else list(range(due, letter.index))
        run.let_go.discard(letter.link)
        run.lost += [(letter.link, index) for index in lost]
        run.came.append(place)
        return Judgement(self._identify(run, letter), len(lost))

    def allow_gaps(self) -> None:
        for run in self.runs.values():
            run.let_go |= run.begins.keys()
            run.first = None

    def _run_of(self, letter: Letter) -> ModelRun:
        name = letter.envelope.key, letter.envelope.run
        return self.runs.setdefault(name, ModelRun())

    @staticmethod
    def _identify(run: ModelRun, letter: Letter) -> Verdict:
        counter = letter.envelope.counter
        if counter in run.said:
            is_same = run.said[counter] == letter.digest
            return Verdict.DUPLICATE if is_same else Verdict.CONTRADICTION
        is_late = counter < max(run.said, default=0)
        if is_late and (run.first is None or counter < run.first):
            return Verdict.DUPLICATE
        run.first = counter if run.first is None else run.first
        run.said[counter] = letter.digest
        if run.said.get(counter - 1, letter.envelope.after) != letter.envelope.after:
            return Verdict.CONTRADICTION
        return Verdict.LATE if is_late else Verdict.NEW


@dataclass(frozen=True)
class Came:
    """A token that came, and what was known then."""

    letter: Letter
    again: bool
    since: int


LET_GO = "the relay told of a gap"
texts = st.sampled_from("xxxxy")
letters = st.builds(
    lambda who, run, counter, place, text, before, begun: letter(
        counter,
        place,
        text=text,
        after=digest_of(counter - 1, before),
        run=run,
        who=who,
        begun=begun,
    ),
    st.sampled_from([ANA, ANA, ANA, BIA]),
    st.sampled_from([RUN, RUN, RUN, LATER_RUN]),
    st.integers(1, 8),
    st.tuples(st.integers(1, 3), st.integers(1, 6)),
    texts,
    texts,
    st.integers(0, 3),
)
steps = st.builds(Came, letters, st.booleans(), st.integers(0, 3)) | st.just(LET_GO)


@steady
@given(st.lists(steps, max_size=60))
def test_every_verdict_is_that_of_a_model_which_forgets_nothing(
    happened: list[Came | str],
) -> None:
    log, model = Transcript(), Model()
    for step in happened:
        if isinstance(step, Came):
            verdict = log.judge(step.letter, again=step.again, since=step.since)
            assert verdict == model.judge(step.letter, again=step.again, since=step.since)
        else:
            log.allow_gaps()
            model.allow_gaps()
