"""What a relay may say in place of the truth: the pieces that attacks are made of."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from sussurro_wire.messages import Ack, Here
from tests.hostile.room import name_of
from tests.support.lying_relay import STEP, Entry, Keeps, Said, Says, Visit


def to(name: str, lie: Says) -> Says:
    """Lie to one member only."""
    return lambda visit, said: lie(visit, said) if visit.who == name else (said,)


def one_after_the_other(*lies: Says) -> Says:
    """Tell the lies about each other's outcome."""

    def lie(visit: Visit, said: Said) -> Iterable[Said]:
        due: list[Said] = [said]
        for each in lies:
            due = [more for one in due for more in each(visit, one)]
        return due

    return lie


def instead(change: Callable[[Entry], Iterable[Said]], *numbers: int) -> Says:
    """Show something else in place of some chunks."""

    def lie(_visit: Visit, said: Said) -> Iterable[Said]:
        is_meant = isinstance(said, Entry) and said.number in numbers
        return change(said) if is_meant and isinstance(said, Entry) else (said,)

    return lie


def drop(*numbers: int) -> Says:
    """Pass over chunks."""
    return instead(lambda _entry: (), *numbers)


def without_first_token(number: int) -> Says:
    """Pass over the first token of a chunk."""
    return instead(
        lambda entry: [replace(entry, lines=entry.lines.partition(b"\n")[2])],
        number,
    )


def closing_up(number: int) -> Says:
    """Give the chunks from one on the number of the one before."""

    def lie(_visit: Visit, said: Said) -> Iterable[Said]:
        if isinstance(said, Entry) and said.number >= number:
            return (replace(said, seq=said.seq - STEP),)
        return (said,)

    return lie


def swapped(first: int, second: int) -> Says:
    """Show two chunks each in the other's place, the numbers in order."""
    held: dict[str, Entry] = {}

    def lie(visit: Visit, said: Said) -> Iterable[Said]:
        if isinstance(said, Entry) and said.number == first:
            held[visit.session] = said
            return ()
        if isinstance(said, Entry) and said.number == second and visit.session in held:
            before = held[visit.session]
            return (replace(said, seq=before.seq), replace(before, seq=said.seq))
        return (said,)

    return lie


def hiding(name: str) -> Says:
    """Say nothing of a member's being here."""

    def lie(_visit: Visit, said: Said) -> Iterable[Said]:
        return () if isinstance(said, Here) and name_of(said.card) == name else (said,)

    return lie


def acknowledging(change: Callable[[Ack], Iterable[Said]]) -> Says:
    """Say another ACK."""
    return lambda _visit, said: change(said) if isinstance(said, Ack) else (said,)


def never_keeping(name: str, *numbers: int) -> Keeps:
    """Throw away what a member says: all of it, or some chunks of the room."""

    def keeps(visit: Visit, entry: Entry) -> Iterable[Entry]:
        is_meant = visit.who == name and (not numbers or entry.number in numbers)
        return () if is_meant else (entry,)

    return keeps
