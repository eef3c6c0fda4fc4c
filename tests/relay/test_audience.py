from sussurro_relay.audience import Audience
from sussurro_relay.peer import Peer
from sussurro_relay.window import Batch
from tests.relay.table import SECRET, Seat, Table, entered, lines_in
from tests.support.relay import token, tokens


class Row:
    """Members at a table, and the audience that they are."""

    def __init__(self, table: Table, *names: str) -> None:
        self.table = table
        self.seats = {name: entered(table, name) for name in names}
        self.audience = Audience(table.hub.acquire(SECRET.room))
        self.peers = {name: self._peer(name, seat) for name, seat in self.seats.items()}
        # Whoever has come stands in the window once the first chunk has passed.
        self.seats[names[0]].say(token(0))
        for name in names:
            self.settle(name)

    def _peer(self, name: str, seat: Seat) -> Peer:
        peer = Peer(None, name)  # type: ignore[arg-type] # no socket at a table
        peer.connection = seat.connection
        self.audience.add(peer)
        return peer

    def settle(self, name: str) -> None:
        self.seats[name].hear()
        self.audience.step_in(self.peers[name])

    def batch(self) -> Batch:
        batch = self.audience.next_batch()
        assert batch is not None
        return batch


def test_those_who_have_heard_everything_stand_in_step_and_are_due_one_batch() -> None:
    row = Row(Table(), "ana", "bia", "caio")
    assert list(row.audience.in_step) == ["ana", "bia", "caio"]
    assert not row.audience.strays
    row.seats["ana"].say(token(1))
    batch = row.batch()
    assert batch.data.endswith(token(1))
    assert list(row.audience.in_step) == ["bia", "caio"]
    assert row.audience.next_batch() is None


def test_a_speaker_falls_out_before_its_own_words_hears_its_ack_and_steps_in_again() -> None:
    row = Row(Table(), "ana", "bia")
    row.seats["ana"].say(token(1))
    row.batch()
    assert list(row.audience.strays) == [row.peers["ana"]]
    events = row.seats["ana"].hear()
    assert lines_in(events) == b""
    assert len(events) == 1
    row.audience.step_in(row.peers["ana"])
    assert set(row.audience.in_step) == {"ana", "bia"}
    assert len(row.audience) == 2


def test_nobody_in_step_is_given_anything_by_its_own_cursor() -> None:
    row = Row(Table(), "ana", "bia")
    row.seats["ana"].say(token(1))
    assert row.seats["bia"].hear() == []


def test_who_falls_out_goes_on_exactly_where_the_others_stood() -> None:
    row = Row(Table(), "ana", "bia", "caio")
    row.seats["ana"].say(token(1))
    row.batch()
    row.audience.step_out(row.peers["bia"])
    row.audience.step_out(row.peers["bia"])  # harmless
    row.seats["ana"].say(token(2))
    assert lines_in(row.seats["bia"].hear()) == token(2)


def test_a_stray_that_stands_elsewhere_does_not_step_in() -> None:
    row = Row(Table(), "ana", "bia", "caio")
    row.audience.step_out(row.peers["bia"])
    row.seats["ana"].say(token(1))
    row.settle("bia")  # ahead of the others, who have not been sent this yet
    assert row.peers["bia"] in row.audience.strays
    row.batch()
    row.settle("bia")
    assert "bia" in row.audience.in_step


def test_who_is_owed_something_or_is_leaving_does_not_step_in() -> None:
    row = Row(Table(), "ana", "bia")
    row.audience.step_out(row.peers["bia"])
    row.seats["bia"].send_raw(b"WHO\n")
    row.audience.step_in(row.peers["bia"])
    assert "bia" not in row.audience.in_step
    row.seats["bia"].hear()
    row.seats["bia"].send_raw(b"TT\n")
    row.audience.step_in(row.peers["bia"])
    assert "bia" not in row.audience.in_step


def test_where_the_window_has_passed_them_by_each_reads_on_by_itself() -> None:
    row = Row(Table(window_bytes=1000), "ana", "bia", "caio")
    for number in range(1, 6):
        row.seats["ana"].say(tokens(range(number * 10, number * 10 + 5), size=100))
    assert row.audience.next_batch() is None
    assert not row.audience.in_step
    expected = b"".join(
        tokens(range(number * 10, number * 10 + 5), size=100) for number in range(1, 6)
    )
    assert lines_in(row.seats["bia"].hear()) == expected


def test_an_audience_of_which_nobody_is_in_step_holds_no_sender() -> None:
    row = Row(Table(window_bytes=1000), "ana", "bia")
    row.seats["ana"].say(token(1))
    row.batch()
    for number in range(2, 20):
        row.seats["ana"].say(tokens(range(number, number + 1), size=100))
    assert row.audience.room.is_crowded(0.0)
    row.audience.step_out(row.peers["bia"])
    assert not row.audience.in_step
    assert not row.audience.room.is_crowded(0.0)


def test_nothing_is_left_of_a_member_that_is_removed() -> None:
    row = Row(Table(), "ana", "bia")
    row.audience.step_out(row.peers["bia"])
    for peer in row.peers.values():
        row.audience.remove(peer)
    assert len(row.audience) == 0
    assert row.audience.next_batch() is None
