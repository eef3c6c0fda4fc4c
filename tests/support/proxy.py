"""What a proxy says before it hands a caller on, as HAProxy's send-proxy-v2 does."""

import struct
from ipaddress import IPv4Address, ip_address

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
PROXY, LOCAL = 0x21, 0x20
TCP4, TCP6, UDP4, UNIX, UNSPECIFIED = 0x11, 0x21, 0x12, 0x31, 0x00


def raw_header(command: int, family: int, rest: bytes) -> bytes:
    """Return a header of these parts, sound or not."""
    return SIGNATURE + struct.pack("!BBH", command, family, len(rest)) + rest


def addresses(source: str, port: int = 40000) -> bytes:
    """Return the block of addresses for a caller: its own and ours, then both ports."""
    caller = ip_address(source)
    ours = ip_address("192.0.2.1" if isinstance(caller, IPv4Address) else "2001:db8::1")
    return caller.packed + ours.packed + struct.pack("!HH", port, 5454)


def tlv(kind: int, value: bytes) -> bytes:
    """Return one of the additions that may follow the addresses."""
    return struct.pack("!BH", kind, len(value)) + value


def header_for(source: str, additions: bytes = b"") -> bytes:
    """Return the header for a caller at this address."""
    family = TCP6 if ":" in source else TCP4
    return raw_header(PROXY, family, addresses(source) + additions)
