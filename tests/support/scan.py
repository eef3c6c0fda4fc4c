"""Looks for secrets in a process's memory, in files and in texts, however they are written there.

Found are the encodings of `encodings_of`, whole or a piece of them. What was
compressed, encrypted or hashed is not: that is for the test of non-interference.
"""

import base64
import json
import os
import re
import signal
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tests.support.relay import until

_PIECE_BYTES = 1024 * 1024
# What is left of a secret in memory that is used again is still found by pieces of this size,
# counted before the encoding: fewer letters than these may stand together by chance.
_FRAGMENT_BYTES = 24
_ANCHOR_BYTES = 8
# So that eight bytes of it lie at a multiple of eight, wherever it begins.
_SHORTEST = 2 * _ANCHOR_BYTES - 1
# Characters of base64 that bytes before the secret have a part in, by how many they are.
_SHARED_CHARACTERS = (0, 2, 3)
# The kernel's own, which no process can write, and which cannot be read through /proc/PID/mem.
_KERNEL = ("[vvar]", "[vvar_vclock]", "[vsyscall]")

_JSON_ESCAPE = re.compile(rb"\\u([0-9a-f]{4})")
_PERCENT_ESCAPE = re.compile(rb"%[0-9A-F]{2}")

Secret = str | bytes


@dataclass(frozen=True, slots=True, order=True)
class Trace:
    """Which secret was found, and how it was written there."""

    secret: str
    encoding: str


def _base64_of(data: bytes, shift: int, altchars: bytes | None) -> bytes:
    """Return what every base64 of a longer text has of ``data``, after ``shift`` bytes modulo 3."""
    encoded = base64.b64encode(bytes(shift) + data, altchars).rstrip(b"=")
    end = -1 if (shift + len(data)) % 3 else None
    return encoded[_SHARED_CHARACTERS[shift] : end]


def encodings_of(secret: Secret) -> dict[str, bytes]:
    """Return the secret in each encoding, by its name; those that are alike stand once."""
    data = secret.encode() if isinstance(secret, str) else secret
    percent = quote(data, safe="").encode()
    written = {"as it is": data}
    if isinstance(secret, str):
        ascii_json = json.dumps(secret)[1:-1].encode()
        written |= {name: secret.encode(name) for name in ("utf-16-le", "utf-16-be")}
        written |= {name: secret.encode(name) for name in ("utf-32-le", "utf-32-be")}
        written |= {
            "latin-1": secret.encode("latin-1", "ignore"),
            "json": ascii_json,
            "json, upper": _JSON_ESCAPE.sub(lambda escape: rb"\u" + escape[1].upper(), ascii_json),
            "json in utf-8": json.dumps(secret, ensure_ascii=False)[1:-1].encode(),
        }
    written |= {
        "hex": data.hex().encode(),
        "hex, upper": data.hex().upper().encode(),
        "percent": percent,
        "percent, lower": _PERCENT_ESCAPE.sub(lambda escape: escape[0].lower(), percent),
        "repr": repr(data)[2:-1].encode(),
    }
    for shift in range(3):
        written[f"base64, {shift}"] = _base64_of(data, shift, None)
        written[f"base64 for urls, {shift}"] = _base64_of(data, shift, b"-_")
    written |= {f"{name}, reversed": whole[::-1] for name, whole in written.items()}
    first_name = {whole: name for name, whole in reversed(written.items())}
    return {name: whole for whole, name in first_name.items() if len(whole) >= _SHORTEST}


def _fragments(whole: bytes, secret_size: int) -> Iterator[bytes]:
    """Return pieces that together are the whole."""
    size = _FRAGMENT_BYTES * -(-len(whole) // secret_size)
    for start in range(0, len(whole), size):
        yield whole[min(start, max(0, len(whole) - size)) :][:size]


class Scanner:
    """Finds the given secrets, each by its name. Immutable."""

    def __init__(self, secrets: Mapping[str, Secret]) -> None:
        """Secrets must be unlike anything else: fifteen bytes at least, and no common words."""
        self._needles: defaultdict[int, list[tuple[bytes, Trace]]] = defaultdict(list)
        self.held: list[bytes] = []  # each secret in each encoding, as somebody might hold it
        traces: set[Trace] = set()
        longest = 0
        for name, secret in secrets.items():
            size = len(secret.encode() if isinstance(secret, str) else secret)
            if size < _SHORTEST:
                raise ValueError(f"{name} is too short to be told from chance")
            for encoding, whole in encodings_of(secret).items():
                trace = Trace(name, encoding)
                traces.add(trace)
                self.held.append(whole)
                for needle in _fragments(whole, size):
                    for begin in range(_ANCHOR_BYTES):
                        anchor = needle[begin : begin + _ANCHOR_BYTES]
                        number = int.from_bytes(anchor, sys.byteorder)
                        self._needles[number].append((needle, trace))
                    longest = max(longest, len(needle))
        self._anchors = frozenset(self._needles)
        self._longest = longest
        self.traces = frozenset(traces)  # all that can be found

    def search(self, data: bytes) -> set[Trace]:
        """Return what stands in ``data``."""
        found: set[Trace] = set()
        # Read as numbers of eight bytes and looked up in a set, at C speed: how many secrets
        # there are costs nothing. Each needle is known by the eight such numbers it may begin with.
        numbers = memoryview(data)[: len(data) - len(data) % _ANCHOR_BYTES].cast("Q")
        for anchor in self._anchors.intersection(numbers):
            found.update(trace for needle, trace in self._needles[anchor] if needle in data)
        return found

    def search_files(self, *paths: Path) -> set[Trace]:
        """Return what stands in the files."""
        return set[Trace]().union(*(self.search(path.read_bytes()) for path in paths))

    def search_memory(self, process: int) -> set[Trace]:
        """Return what a process holds in any memory that it could read; it is stopped meanwhile."""
        found: set[Trace] = set()
        os.kill(process, signal.SIGSTOP)
        try:
            until(lambda: _is_stopped(process))
            for piece in _memory(process, self._longest):
                found |= self.search(piece)
        finally:
            os.kill(process, signal.SIGCONT)
        return found


def _is_stopped(process: int) -> bool:
    """Return whether no thread of a process moves any more."""
    states = (path.read_text() for path in Path(f"/proc/{process}/task").glob("*/stat"))
    return all(state.rpartition(")")[2].split()[0] == "T" for state in states)


def _mappings(process: int) -> Iterator[tuple[int, int]]:
    """Return from where to where each readable mapping of a process goes."""
    for line in Path(f"/proc/{process}/maps").read_text().splitlines():
        place, access = line.split(maxsplit=2)[:2]
        if access.startswith("r") and not line.endswith(_KERNEL):
            start, _, end = place.partition("-")
            yield int(start, 16), int(end, 16)


def _memory(process: int, overlap: int) -> Iterator[bytes]:
    """Return the memory in pieces that overlap; OSError where it is refused."""
    with Path(f"/proc/{process}/mem").open("rb", buffering=0) as memory:
        for start, end in _mappings(process):
            for place in range(start, end, _PIECE_BYTES):
                size = min(_PIECE_BYTES + overlap, end - place)
                piece = os.pread(memory.fileno(), size, place)
                if len(piece) < size:
                    raise OSError(f"only {len(piece)} of {size} bytes can be read")
                if piece.count(0) < size:
                    yield piece
