from benchmarks.contenders import Place
from benchmarks.ours import _card, join, sussurro
from sussurro_wire.chunk import check_chunk


def test_a_card_is_a_token_as_long_as_a_real_one_and_like_no_other() -> None:
    card = _card()
    assert len(card) == 2_060
    assert check_chunk(f"{card}\n".encode()).count == 1
    assert _card() != card


def test_more_join_than_are_on_their_way_at_once_and_each_hears_their_room_alone() -> None:
    with sussurro().run(2) as relay:
        members = join(relay.port, [Place(room=number % 2) for number in range(70)])
        one, other, *_ = members
        one.sendall(f"{_card()}\n".encode())
        neighbour = members[2]
        heard = b""
        while b"gAAAA" not in heard.split(b"AT ")[-1]:
            heard += neighbour.recv(65536)
        other.setblocking(False)
        assert b"AT " not in other.recv(1 << 20)
        for member in members:
            member.close()
