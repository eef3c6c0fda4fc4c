"""Ten thousand messages of every size and script, both ways at once, between two programs."""

import random
import threading
from collections.abc import Callable

import pytest

from tests.support.programs import Chat

MESSAGES = 5_000  # each way
LONGEST = 48 * 1024
_WAIT_SECONDS = 240.0


def _mixed_texts(seed: int) -> list[str]:
    """Return texts of 1 byte to 48 KiB, of all of Unicode but the surrogates."""
    source = random.Random(seed)
    letters = [chr(point) for point in range(1, 0x110000) if not 0xD800 <= point < 0xE000]
    texts = []
    for number in range(MESSAGES):
        # Most are short, as in life; every size up to the longest comes.
        size = LONGEST if number == 0 else min(LONGEST, int(source.paretovariate(0.6)))
        data = bytearray()
        while len(data) < size:
            data += source.choice(letters).encode()
        texts.append(data[:size].decode(errors="ignore") or "x")
    return texts


@pytest.mark.timeout(300)
def test_nothing_is_lost_doubled_echoed_or_reordered(enter: Callable[[str], Chat]) -> None:
    """Two `sussurro chat --json` from two folders: what one says is exactly what the other hears."""
    ana, bia = enter("ana"), enter("bia")
    ana.wait_event("joined", name="bia")
    said = {ana.name: _mixed_texts(1), bia.name: _mixed_texts(2)}
    writers = [threading.Thread(target=chat.say, args=said[chat.name]) for chat in (ana, bia)]
    for writer in writers:
        writer.start()
    for speaker, hearer in ((ana, bia), (bia, ana)):
        hearer.wait(lambda _, h=hearer: len(h.texts()) >= MESSAGES, "all", _WAIT_SECONDS)  # type: ignore[misc]
        acked = [event["id"] for event in speaker.events if event["event"] == "acked"]
        assert len(acked) == len(set(acked)) <= MESSAGES
        assert hearer.texts() == said[speaker.name]
        ids = [event["id"] for event in hearer.events if event["event"] == "message"]
        assert len(set(ids)) == MESSAGES
        seqs = [event["seq"] for event in hearer.events if event["event"] == "message"]
        assert seqs == sorted(seqs)
    for writer in writers:
        writer.join()
    for chat in (ana, bia):
        assert chat.leave() == 0
        kinds = {event["event"] for event in chat.events}
        assert kinds <= {"connected", "joined", "left", "message", "sent", "acked"}, (
            "no warning, no error"
        )
