"""Everything that reads what others wrote, each with what has to hold whatever they write.

A target takes any bytes and returns, or raises: AssertionError where a promise
is broken, anything else where the code under test let it escape.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.fuzz import (
    client,
    files,
    offers,
    pictures,
    proxy,
    relay,
    rumours,
    shown,
    talk,
    tokens,
    typed,
    wire,
)


@dataclass(frozen=True, slots=True)
class Target:
    """``share``: of the inputs that all targets get together. ``max_len``: bytes of an input."""

    check: Callable[[bytes], None]
    share: int
    max_len: int = 600


# Shares are larger where inputs are cheap: what costs a signature or a file gets fewer.
TARGETS = {
    "lines": Target(wire.fuzz_lines, 10),
    "chunk": Target(wire.fuzz_chunk, 10),
    "verbs": Target(wire.fuzz_verbs, 10, 5000),
    "stream": Target(wire.fuzz_stream, 12, 5000),
    "room": Target(wire.fuzz_room, 6, 200),
    "relay": Target(relay.fuzz_relay, 6, 5000),
    "proxy": Target(proxy.fuzz_proxy_header, 6, 300),
    "rumours": Target(rumours.fuzz_rumours, 6, 1500),
    "relay-settings": Target(files.fuzz_relay_settings, 4, 200),
    "log-file": Target(files.fuzz_log_file, 2, 200),
    "memory-files": Target(files.fuzz_memory_files, 2, 600),
    "token": Target(tokens.fuzz_token, 8, 300),
    "liar": Target(tokens.fuzz_liar, 8, 1200),
    "conversation": Target(talk.fuzz_conversation, 3, 400),
    "key": Target(client.fuzz_key, 6, 100),
    "picture": Target(pictures.fuzz_key_picture, 2, 1500),
    "address": Target(client.fuzz_address, 6, 200),
    "pin": Target(client.fuzz_pin, 4, 100),
    "wrapped": Target(client.fuzz_wrapped, 3, 1500),
    "file-name": Target(offers.fuzz_file_name, 4, 400),
    "preview": Target(offers.fuzz_preview, 3, 400),
    "parts": Target(offers.fuzz_parts, 3, 400),
    "typed": Target(typed.fuzz_typed, 8, 400),
    "display": Target(shown.fuzz_display, 8, 300),
    "faces": Target(shown.fuzz_faces, 8, 400),
}
