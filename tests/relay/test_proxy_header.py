import pytest
from hypothesis import given
from hypothesis import strategies as st

from sussurro_relay.proxy_header import MOST_BYTES, ProxyHeader, ProxyHeaderError
from tests.support.proxy import (
    LOCAL,
    PROXY,
    SIGNATURE,
    TCP4,
    TCP6,
    UDP4,
    UNIX,
    UNSPECIFIED,
    addresses,
    header_for,
    raw_header,
    tlv,
)

V4, V6 = addresses("198.51.100.7"), addresses("2001:db8::9")
START = len(SIGNATURE) + 4
TLVS = tlv(0x04, b"\0" * 40) + tlv(0x20, b"\x01" + b"x" * 300)

SOUND = {
    "IPv4": (header_for("198.51.100.7"), "198.51.100.7"),
    "IPv6": (header_for("2001:db8::9"), "2001:db8::9"),
    "IPv4 written as IPv6": (header_for("::ffff:198.51.100.7"), "198.51.100.7"),
    "IPv4 with TLVs": (header_for("198.51.100.7", TLVS), "198.51.100.7"),
    "IPv6 with what is no TLV": (header_for("2001:db8::9", b"\xff"), "2001:db8::9"),
    "as long as may be": (
        header_for("198.51.100.7", b"x" * (MOST_BYTES - START - len(V4))),
        "198.51.100.7",
    ),
    "local": (raw_header(LOCAL, UNSPECIFIED, b""), None),
    "local with addresses": (raw_header(LOCAL, TCP4, V4), None),
    "local with anything": (raw_header(LOCAL, 0xFF, b"anything"), None),
    "unspecified": (raw_header(PROXY, UNSPECIFIED, b""), None),
    "unspecified with TLVs": (raw_header(PROXY, UNSPECIFIED, TLVS), None),
    "UNIX": (raw_header(PROXY, UNIX, b"\0" * 216), None),
}
BAD = {
    "version 1": b"PROXY TCP4 198.51.100.7 192.0.2.1 40000 5454\r\n",
    "a JOIN": b"JOIN room proof card\n",
    "a TLS handshake": b"\x16\x03\x01\x02\x00",
    "almost the signature": SIGNATURE[:-1] + b"\r" + b"\x21\x11\0\0",
    "version 3": raw_header(0x31, TCP4, V4),
    "another command": raw_header(0x22, TCP4, V4),
    "a datagram": raw_header(PROXY, UDP4, V4),
    "an unknown family": raw_header(PROXY, 0x41, V4),
    "IPv4 without all of it": raw_header(PROXY, TCP4, V4[:-1]),
    "IPv6 in the room of IPv4": raw_header(PROXY, TCP6, V4),
    "UNIX without all of it": raw_header(PROXY, UNIX, b"\0" * 215),
    "too long": raw_header(PROXY, TCP4, V4 + b"x" * (MOST_BYTES - START - len(V4) + 1)),
    "local and too long": raw_header(LOCAL, UNSPECIFIED, b"x" * 60_000),
}


def read(data: bytes, size: int) -> tuple[ProxyHeader, bytes]:
    """Return what was read in pieces of ``size`` bytes at most, and what was left where it was."""
    header, position = ProxyHeader(), 0
    while header.wanted and position < len(data):
        piece = data[position : position + min(size, header.wanted)]
        header.receive(piece)
        position += len(piece)
    return header, data[position:]


@pytest.mark.parametrize("size", [1, 7, 4096])
@pytest.mark.parametrize("name", SOUND)
def test_a_header_tells_the_caller_in_whatever_pieces_and_what_follows_is_left(
    name: str, size: int
) -> None:
    data, address = SOUND[name]
    header, left = read(data + b"JOIN room", size)
    assert (header.wanted, header.address, left) == (0, address, b"JOIN room")


@pytest.mark.parametrize("name", SOUND)
def test_a_header_that_has_not_come_whole_tells_nobody(name: str) -> None:
    data, _ = SOUND[name]
    for length in range(len(data)):
        header, _ = read(data[:length], 1)
        assert header.wanted > 0
        assert header.address is None


@pytest.mark.parametrize("size", [1, 7, 4096])
@pytest.mark.parametrize("name", BAD)
def test_what_is_no_header_is_refused_in_our_own_words(name: str, size: int) -> None:
    with pytest.raises(ProxyHeaderError) as caught:
        read(BAD[name], size)
    assert "198.51.100.7" not in str(caught.value)


def test_the_first_byte_that_fits_no_header_is_enough() -> None:
    with pytest.raises(ProxyHeaderError):
        read(b"P", 1)


@given(st.binary(max_size=80), st.sampled_from([b"", SIGNATURE]), st.integers(1, 50))
def test_whatever_comes_is_refused_or_read_and_never_more_than_a_header(
    data: bytes, start: bytes, size: int
) -> None:
    data = start + data
    try:
        header, left = read(data, size)
    except ProxyHeaderError:
        return
    assert 0 <= header.wanted <= MOST_BYTES
    assert not (header.wanted and left)
    if not header.wanted:
        length = int.from_bytes(data[14:16], "big")
        assert left == data[START + length :]


@given(st.ip_addresses(), st.binary(max_size=100), st.integers(1, 50))
def test_every_address_comes_out_as_it_went_in(address: object, rest: bytes, size: int) -> None:
    header, _ = read(header_for(str(address), rest), size)
    mapped = getattr(address, "ipv4_mapped", None)
    assert header.address == str(mapped or address)
