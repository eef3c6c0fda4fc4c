"""The header by which a proxy says for whom it calls: PROXY protocol, version 2. Pure.

It comes before anything else, TLS included. It says how long it is, so exactly
the header is asked for, and what follows is left where it is for whoever reads next.
"""

from ipaddress import IPv4Address, IPv6Address

# The label in the figures of a connection that was ended because of its header; no word of the wire.
REFUSAL = "proxy"
# All of it, TLVs included; proxies send a few dozen bytes, and some add what TLS told them.
MOST_BYTES = 2048

_SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
_START_BYTES = len(_SIGNATURE) + 4  # and version with command, family with transport, length
_LOCAL, _PROXY = 0x20, 0x21
# Families whose addresses say nothing about a place on a network: unspecified, and UNIX sockets.
_NOWHERE = {0x00: 0, 0x31: 216}
_TCP4, _TCP4_BYTES, _TCP6, _TCP6_BYTES = 0x11, 12, 0x21, 36
_V4, _V6 = slice(0, 4), slice(0, 16)


class ProxyHeaderError(Exception):
    """No header of version 2 that we take; the text is for the journal and quotes nothing."""


class ProxyHeader:
    """One header that is arriving. Belongs to whoever reads it.

    ``wanted`` is how many bytes are still to be handed over, as far as is known;
    0: the header is complete. More must never be handed over.
    """

    __slots__ = ("_bytes", "_size", "address")

    def __init__(self) -> None:
        # The caller's, once complete; None: the proxy calls for itself, or cannot tell.
        self.address: str | None = None
        self._bytes = bytearray()
        self._size = _START_BYTES

    @property
    def wanted(self) -> int:
        """How many bytes to read next."""
        return self._size - len(self._bytes)

    def receive(self, data: bytes) -> None:
        """Take the next bytes, ``wanted`` of them at most; raises ProxyHeaderError."""
        self._bytes += data
        if self._bytes[: len(_SIGNATURE)] != _SIGNATURE[: len(self._bytes)]:
            raise ProxyHeaderError("does not begin as a PROXY header of version 2")
        if len(self._bytes) == self._size == _START_BYTES:
            self._size += self._check_start()
        if not self.wanted:
            self.address = self._read_address()

    def _check_start(self) -> int:
        """Return how many bytes follow the start."""
        command, family, length = self._bytes[12], self._bytes[13], self._length
        if command not in (_LOCAL, _PROXY):
            raise ProxyHeaderError("has an unknown version or command")
        if _START_BYTES + length > MOST_BYTES:
            raise ProxyHeaderError("is too long")
        if command == _LOCAL:
            return length
        needed = {_TCP4: _TCP4_BYTES, _TCP6: _TCP6_BYTES, **_NOWHERE}.get(family)
        if needed is None:
            raise ProxyHeaderError("tells of another transport than TCP")
        if length < needed:
            raise ProxyHeaderError("is too short for its addresses")
        return length

    @property
    def _length(self) -> int:
        return int.from_bytes(self._bytes[14:16], "big")

    def _read_address(self) -> str | None:
        """Return the source's address. What stands behind the addresses (TLVs) is passed over."""
        command, family = self._bytes[12], self._bytes[13]
        addresses = bytes(self._bytes[_START_BYTES:])
        if command == _LOCAL or family in _NOWHERE:
            return None
        if family == _TCP4:
            return str(IPv4Address(addresses[_V4]))
        source = IPv6Address(addresses[_V6])
        # The same caller must not count twice, by IPv4 and by IPv4 written as IPv6.
        return str(source.ipv4_mapped or source)
