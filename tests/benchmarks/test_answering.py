import socket

from benchmarks.answering import answered, answers


def test_each_ping_is_answered_with_its_text() -> None:
    told = b"COUNT 5\nPING ab\ngAAAAPING x\nPING cd\n"
    assert answers(told) == b"PONG ab\nPONG cd\n"


def test_members_who_say_nothing_answer_until_the_block_ends() -> None:
    relay, member = socket.socketpair()
    with relay, member:
        relay.settimeout(10)
        with answered([member]):
            relay.sendall(b"PING 1\n")
            assert relay.recv(100) == b"PONG 1\n"


def test_a_connection_that_ends_is_left_alone() -> None:
    (relay, member), (other, second) = socket.socketpair(), socket.socketpair()
    with member, other, second:
        other.settimeout(10)
        with answered([member, second]):
            relay.close()
            other.sendall(b"PING 2\n")
            assert other.recv(100) == b"PONG 2\n"
