"""How the peers' protocols are spoken: joining the one room, and what wraps a message."""

import base64
import os
import socket

from benchmarks.contenders import Place
from benchmarks.load import Form
from benchmarks.sockets import read, read_until

_ROOM = b"room"


def join_redis(member: socket.socket, place: Place) -> None:
    """Subscribe; whoever speaks needs no handshake."""
    if not place.speaks:
        member.sendall(b"SUBSCRIBE %b\r\n" % _ROOM)
        read_until(member, b":1\r\n")


def form_redis(size: int) -> Form:
    """Return the form of PUBLISH."""
    prefix = b"*3\r\n$7\r\nPUBLISH\r\n$%d\r\n%b\r\n$%d\r\n" % (len(_ROOM), _ROOM, size)
    return Form(size, prefix, b"\r\n")


def join_nats(member: socket.socket, place: Place) -> None:
    """Subscribe without acknowledgements and echo."""
    member.sendall(b'CONNECT {"verbose":false,"pedantic":false,"echo":false}\r\n')
    if not place.speaks:
        member.sendall(b"SUB %b 1\r\n" % _ROOM)
    member.sendall(b"PING\r\n")
    read_until(member, b"PONG\r\n")


def form_nats(size: int) -> Form:
    """Return the form of PUB."""
    return Form(size, b"PUB %b %d\r\n" % (_ROOM, size), b"\r\n")


def join_mqtt(member: socket.socket, place: Place) -> None:
    """Connect by MQTT 3.1.1 with a clean session and no keep-alive; subscribe at most once."""
    name = base64.b32encode(os.urandom(10))
    body = b"\0\4MQTT\4\2\0\0" + len(name).to_bytes(2, "big") + name
    member.sendall(b"\x10" + mqtt_length(len(body)) + body)
    read_until(member, b"\x20\x02\0\0")
    if not place.speaks:
        body = b"\0\1" + _mqtt_topic() + b"\0"
        member.sendall(b"\x82" + mqtt_length(len(body)) + body)
        read_until(member, b"\x90\x03\0\1\0")


def form_mqtt(size: int) -> Form:
    """Return the form of PUBLISH; the line feed that ends a message is published as well."""
    head = b"\x30" + mqtt_length(len(_mqtt_topic()) + size + 1)
    return Form(size, head + _mqtt_topic(), b"\n")


def mqtt_length(size: int) -> bytes:
    """Return a length as MQTT 3.1.1, section 2.2.3, writes it: seven bits a byte, lowest first."""
    digits = bytearray()
    while size >= 128:
        digits.append(size % 128 | 128)
        size //= 128
    digits.append(size)
    return bytes(digits)


def _mqtt_topic() -> bytes:
    return len(_ROOM).to_bytes(2, "big") + _ROOM


def join_irc(member: socket.socket, place: Place) -> None:
    """Register and enter the channel; whoever speaks in it has to be in it."""
    del place
    nick = base64.b32encode(os.urandom(5))
    member.sendall(b"NICK n" + nick + b"\r\nUSER n 0 * :n\r\n")
    heard = b""
    while b" 376 " not in heard and b" 422 " not in heard:  # the message of the day has ended
        heard += read(member)
        if b"PING :" in heard:
            member.sendall(b"PONG :" + heard.rsplit(b"PING :", 1)[1].split(b"\r\n")[0] + b"\r\n")
            heard = b""
    member.sendall(b"JOIN #%b\r\n" % _ROOM)
    read_until(member, b" 366 ")


def form_irc(size: int) -> Form:
    """Return the form of PRIVMSG."""
    return Form(size, b"PRIVMSG #%b :" % _ROOM, b"\r\n")
