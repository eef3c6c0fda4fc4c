import socket
from collections.abc import Iterator

import pytest

from sussurro_relay.peer import Peer
from sussurro_relay.peers import Peers
from sussurro_relay.room import Room
from tests.relay.table import Table


@pytest.fixture
def pair() -> Iterator[tuple[Peer, Peer]]:
    first, second = socket.socketpair()
    with first, second:
        yield peer_of(first, "a"), peer_of(second, "b")


def peer_of(sock: socket.socket, name: str) -> Peer:
    peer = Peer(sock, name)
    peer.connection = Table().connect(name).connection
    return peer


def strays(peers: Peers, room: Room) -> tuple[Peer, ...]:
    audience = peers.audience(room)
    return tuple(audience.strays) if audience is not None else ()


def test_clients_are_found_by_descriptor_and_by_the_room_they_are_in_now(
    pair: tuple[Peer, Peer],
) -> None:
    peers, room, other = Peers(), Room("room", 1000, 200), Room("other", 1000, 200)
    for peer in pair:
        peers.add(peer)
        peers.move(peer, room)
    assert peers.by_descriptor[pair[0].socket.fileno()] is pair[0]
    assert strays(peers, room) == peers.all() == pair
    peers.move(pair[0], other)
    assert (strays(peers, room), strays(peers, other)) == (pair[1:], pair[:1])
    assert pair[0].room is other


def test_nothing_is_left_of_who_was_removed_and_removing_twice_is_harmless(
    pair: tuple[Peer, Peer],
) -> None:
    peers, room = Peers(), Room("room", 1000, 200)
    peers.add(pair[0])
    peers.move(pair[0], room)
    assert peers.remove(pair[0])
    assert not peers.remove(pair[0])
    assert (len(peers), peers.audience(room), peers._audiences) == (0, None, {})
