"""The checker itself: true histories pass, and each fault planted in one is found."""

from collections.abc import Callable
from dataclasses import fields, replace

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.support.history import Account, Fault, Shown, Verdict, judge

NAMES = ("ana", "bia", "caio", "davi")
LATE = "eva"  # comes in the middle
KILLED = "fabio"  # is killed in the middle


@st.composite
def true_histories(draw: st.DrawFn) -> list[Account]:
    """Return what clients tell of one log: some texts stand in it twice, some never got there."""
    authors = draw(st.lists(st.sampled_from((*NAMES, KILLED)), min_size=6, max_size=30))
    said = {name: [f"{name} {n}" for n in range(authors.count(name))] for name in (*NAMES, KILLED)}
    waiting = {name: iter(texts) for name, texts in said.items()}
    log = [next(waiting[author]) for author in authors]
    copies = draw(st.lists(st.integers(0, len(log) - 1), max_size=4, unique=True))
    log += [log[index] for index in sorted(copies)]  # sent again, in their order, later
    comes = draw(st.integers(0, len(log)))
    opens_with = draw(st.integers(0, comes))  # the history that it is shown
    dies = draw(st.integers(0, len(log)))
    unsent = draw(st.booleans())
    accounts = [
        Account(
            name,
            said=(*said[name], f"{name} never acknowledged") if unsent else tuple(said[name]),
            acknowledged=frozenset(said[name]),
            shown=_view(log, name, range(len(log))),
        )
        for name in NAMES
    ]
    shown = _view(log, LATE, range(opens_with, len(log)))
    accounts.append(Account(LATE, entered=comes, shown=shown))
    # What it said may stand above the last that it saw, and it may not know that it is kept.
    shown = _view(log, KILLED, range(dies))
    accounts.append(Account(KILLED, said=tuple(said[KILLED]), shown=shown, stayed=False))
    return draw(st.permutations(accounts))


def _view(log: list[str], name: str, chunks: range) -> tuple[Shown, ...]:
    first = {log[seq]: seq for seq in reversed(chunks)}
    texts = sorted(first, key=first.__getitem__)
    return tuple(Shown(text, first[text]) for text in texts if not text.startswith(f"{name} "))


def _tamper(
    accounts: list[Account],
    data: st.DataObject,
    change: Callable[[list[Shown]], None],
    names: tuple[str, ...] = NAMES,
) -> tuple[str, list[Account]]:
    """Change what one of ``names`` showed; return its name and all accounts."""
    index = data.draw(
        st.sampled_from(
            [i for i, account in enumerate(accounts) if account.name in names and account.shown]
        )
    )
    shown = list(accounts[index].shown)
    change(shown)
    liar = replace(accounts[index], shown=tuple(shown))
    return liar.name, [*accounts[:index], liar, *accounts[index + 1 :]]


def _kinds(verdict: Verdict) -> set[str]:
    """Return which kinds of fault were found."""
    kinds = {field.name for field in fields(verdict) if getattr(verdict, field.name)}
    assert verdict.is_clean == (not kinds)
    return kinds


@given(true_histories())
def test_a_true_history_is_clean(accounts: list[Account]) -> None:
    """Neither second copies, nor late comers, nor the killed, nor the unacknowledged are faults."""
    assert _kinds(judge(accounts)) == set()


@given(true_histories(), st.data())
def test_what_one_client_did_not_show_is_lost(accounts: list[Account], data: st.DataObject) -> None:
    """A message missing for anybody who stayed is lost, and nothing else is wrong."""
    gone: list[Shown] = []

    def drop(shown: list[Shown]) -> None:
        gone.append(shown.pop(data.draw(st.integers(0, len(shown) - 1))))

    name, accounts = _tamper(accounts, data, drop, (*NAMES, LATE))
    # A second copy is not promised to who sees the log from between the two.
    account = next(account for account in accounts if account.name == name)
    first = min(s.seq for a in accounts for s in a.shown if s.text == gone[0].text)
    assume(first >= account.since)
    verdict = judge(accounts)
    assert verdict.lost == (Fault(name, gone[0].text),)
    assert _kinds(verdict) == {"lost"}


@given(true_histories(), st.data())
def test_a_gap_before_the_end_of_the_killed_is_lost(
    accounts: list[Account], data: st.DataObject
) -> None:
    """Who was killed saw everything up to its end; a hole before that is a loss."""
    assume(any(account.name == KILLED and len(account.shown) > 1 for account in accounts))
    gone: list[str] = []

    def drop(shown: list[Shown]) -> None:
        gone.append(shown.pop(data.draw(st.integers(0, len(shown) - 2))).text)

    name, accounts = _tamper(accounts, data, drop, (KILLED,))
    assert judge(accounts).lost == (Fault(name, gone[0]),)


@given(true_histories(), st.data())
def test_what_was_acknowledged_and_shown_to_nobody_is_lost(
    accounts: list[Account], data: st.DataObject
) -> None:
    """An acknowledgement alone is a promise to everybody who was there."""
    author = data.draw(st.sampled_from([a for a in accounts if a.name in NAMES]))
    accounts[accounts.index(author)] = replace(
        author,
        said=(*author.said, "kept for nobody"),
        acknowledged=author.acknowledged | {"kept for nobody"},
    )
    lost = {fault for fault in judge(accounts).lost if fault.name in NAMES}
    assert lost == {Fault(name, "kept for nobody") for name in NAMES if name != author.name}


@given(true_histories(), st.data())
def test_what_is_shown_twice_is_doubled(accounts: list[Account], data: st.DataObject) -> None:
    """A message shown a second time, anywhere later, is doubled."""
    twice: list[str] = []

    def repeat(shown: list[Shown]) -> None:
        index = data.draw(st.integers(0, len(shown) - 1))
        shown.insert(data.draw(st.integers(index + 1, len(shown))), shown[index])
        twice.append(shown[index].text)

    name, accounts = _tamper(accounts, data, repeat, (*NAMES, LATE, KILLED))
    verdict = judge(accounts)
    assert verdict.doubled == (Fault(name, twice[0]),)
    assert _kinds(verdict) == {"doubled"}


@given(true_histories(), st.data())
def test_an_echo_to_the_author_is_doubled(accounts: list[Account], data: st.DataObject) -> None:
    """An author has its own message already."""
    name = data.draw(st.sampled_from([a.name for a in accounts if a.name in NAMES and a.said]))
    author = next(account for account in accounts if account.name == name)
    echo = Shown(author.said[0], max((shown.seq for shown in author.shown), default=0))
    accounts[accounts.index(author)] = replace(author, shown=(*author.shown, echo))
    assert judge(accounts).doubled == (Fault(name, author.said[0]),)


@given(true_histories(), st.data())
def test_two_that_changed_places_are_reordered(
    accounts: list[Account], data: st.DataObject
) -> None:
    """Two messages in another order for one client than for the others are found, both of them."""
    assume(any(len(account.shown) > 1 for account in accounts if account.name in NAMES))
    swapped: set[str] = set()

    def swap(shown: list[Shown]) -> None:
        assume(len(shown) > 1)
        index = data.draw(st.integers(0, len(shown) - 2))
        shown[index : index + 2] = reversed(shown[index : index + 2])
        swapped.update(one.text for one in shown[index : index + 2])

    _, accounts = _tamper(accounts, data, swap)
    verdict = judge(accounts)
    assert swapped <= set(verdict.reordered)
    assert _kinds(verdict) == {"reordered"}


@given(true_histories(), st.data())
def test_what_nobody_said_is_invented(accounts: list[Account], data: st.DataObject) -> None:
    """A text without an author is invented, and breaks nothing else."""

    def invent(shown: list[Shown]) -> None:
        shown.insert(data.draw(st.integers(0, len(shown))), Shown("who said that?", 3))

    name, accounts = _tamper(accounts, data, invent, (*NAMES, LATE, KILLED))
    verdict = judge(accounts)
    assert verdict.invented == (Fault(name, "who said that?"),)
    assert _kinds(verdict) == {"invented"}


@given(true_histories(), st.data())
def test_an_altered_text_is_invented_and_the_true_one_lost(
    accounts: list[Account], data: st.DataObject
) -> None:
    """A message that arrived otherwise than it was said did not arrive."""
    true: list[str] = []

    def alter(shown: list[Shown]) -> None:
        index = data.draw(st.integers(0, len(shown) - 1))
        true.append(shown[index].text)
        shown[index] = replace(shown[index], text=shown[index].text + "!")

    name, accounts = _tamper(accounts, data, alter)
    verdict = judge(accounts)
    assert verdict.invented == (Fault(name, true[0] + "!"),)
    assert verdict.lost == (Fault(name, true[0]),)
    assert _kinds(verdict) == {"lost", "invented"}


@given(true_histories(), st.data())
def test_an_acknowledgement_of_what_was_not_said_is_invented(
    accounts: list[Account], data: st.DataObject
) -> None:
    """A client may only be told that its own messages are kept."""
    index = data.draw(st.integers(0, len(accounts) - 1))
    account = accounts[index]
    accounts[index] = replace(account, acknowledged=account.acknowledged | {"not mine"})
    assert judge(accounts).invented == (Fault(account.name, "not mine"),)
