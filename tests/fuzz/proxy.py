"""The header by which a proxy says for whom it calls: read exactly, or refused."""

from ipaddress import ip_address

from sussurro_relay.proxy_header import MOST_BYTES, ProxyHeader, ProxyHeaderError
from tests.fuzz.choices import Choices
from tests.support.proxy import SIGNATURE

_START_BYTES = len(SIGNATURE) + 4


def fuzz_proxy_header(data: bytes) -> None:
    """Whatever comes, in whatever pieces, no byte behind the header is asked for."""
    choices = Choices(data)
    size = choices.below(50) + 1
    stream = choices.rest()
    outcome = _read(stream, size)
    assert outcome == _read(stream, len(stream) or 1), "it depends on the pieces"
    if outcome is None:
        return
    taken, address = outcome
    assert taken == _START_BYTES + int.from_bytes(stream[14:16], "big") <= MOST_BYTES
    assert stream.startswith(SIGNATURE)
    if address is not None:
        assert str(ip_address(address)) == address


def _read(stream: bytes, size: int) -> tuple[int, str | None] | None:
    """Return how long the header is and whom it tells of, or None where there is no whole one."""
    header, position = ProxyHeader(), 0
    try:
        while header.wanted:
            piece = stream[position : position + min(size, header.wanted)]
            if not piece:
                return None
            header.receive(piece)
            position += len(piece)
    except ProxyHeaderError:
        return None
    return position, header.address
