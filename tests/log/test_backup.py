"""A copy that is taken while the relay is at work holds what was acknowledged before it."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from sussurro_wire.messages import Ack
from tests.support.relay import Member, RelayProcess, RoomSecret, lines_of, token, until

BEFORE = 200
SECRET = RoomSecret()


def by_backup(source: Path, copy: Path) -> None:
    with closing(sqlite3.connect(source)) as database, closing(sqlite3.connect(copy)) as to:
        database.backup(to, pages=5)


def by_vacuum(source: Path, copy: Path) -> None:
    with closing(sqlite3.connect(source)) as database:
        database.execute("VACUUM INTO ?", (str(copy),))


class Talker:
    """Says one token after the other until it is told to stop."""

    def __init__(self, port: int) -> None:
        self.said = 0  # and acknowledged
        self._member = Member(port).join(SECRET)
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._talk)
        self._thread.start()

    def stop(self) -> None:
        """Stop once the last one is acknowledged."""
        self._enough.set()
        self._thread.join()
        self._member.socket.close()

    def _talk(self) -> None:
        while not self._enough.is_set():
            self._member.send(token(self.said, 500))
            self.said = self._member.hear(Ack).count


def history(port: int, last: int) -> list[bytes]:
    """Return the last messages of the room, as somebody is told who joins now."""
    with Member(port).join(SECRET, last=last) as bia, Member(port).join(SECRET) as ana:
        ana.send(token(999_999_999))
        events = [bia.hear_any()]
        while token(999_999_999) not in lines_of(events):
            events.append(bia.hear_any())
        assert ana.hear(Ack).seq == bia.seq
    return lines_of(events).splitlines(keepends=True)[:-1]


@pytest.mark.parametrize("copy_by", [by_backup, by_vacuum])
def test_a_copy_taken_while_a_relay_is_talked_through_restores_the_history(
    tmp_path: Path, copy_by: Callable[[Path, Path], None]
) -> None:
    source, copy = tmp_path / "log.db", tmp_path / "copy.db"
    with RelayProcess(RELAY_LOG=f"sqlite:///{source}") as relay:
        talker = Talker(relay.listening()["port"])
        try:
            until(lambda: talker.said >= BEFORE)
            acknowledged = talker.said
            copy_by(source, copy)
            after = talker.said
            until(lambda: talker.said > after)  # the relay goes on
        finally:
            talker.stop()
    with RelayProcess(RELAY_LOG=f"sqlite:///{copy}") as restored:
        heard = history(restored.listening()["port"], last=talker.said)
    assert len(heard) >= acknowledged
    assert heard == [token(number, 500) for number in range(len(heard))]
    assert len(heard) <= after + 1  # one may have been on its way


def say(relay: RelayProcess, *numbers: int) -> list[int]:
    """Say a token after the other; return the numbers that the log gave them."""
    with Member(relay.listening()["port"]).join(SECRET) as ana:
        seqs = []
        for number in numbers:
            ana.send(token(number))
            seqs.append(ana.hear(Ack).seq)
    return seqs


def test_a_restored_relay_counts_on_from_above_what_the_copy_does_not_hold(tmp_path: Path) -> None:
    source, copy = tmp_path / "log.db", tmp_path / "copy.db"
    with RelayProcess(RELAY_LOG=f"sqlite:///{source}") as relay:
        kept = say(relay, 1, 2)
    by_backup(source, copy)
    with RelayProcess(RELAY_LOG=f"sqlite:///{source}") as relay:
        lost = say(relay, 3, 4)
    with RelayProcess(RELAY_LOG=f"sqlite:///{copy}") as restored:
        new = say(restored, 5)
    seqs = kept + lost + new
    assert seqs == sorted(set(seqs))
