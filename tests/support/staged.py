"""The real program on a stage: with a clock that the demo sets, and the same dice each time.

    python -m tests.support.staged CLOCK PORT SEED chat …

CLOCK is a file with the seconds since 1970. Whatever relay is named, the one on PORT of this
machine is meant. What is drawn for keys, runs and nonces comes from SEED: a room that is made
here is for pictures alone.
"""

import os
import random
import socket
import sys
import time
from pathlib import Path


def main() -> int:
    """Set the stage, then be the program."""
    clock, port, seed = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    # Dice for each size: which thread comes first must not change what a key is.
    dice = {size: random.Random(f"{seed} {size}") for size in range(65)}
    connect = socket.create_connection
    socket.create_connection = lambda _address, *rest, **named: connect(
        ("127.0.0.1", port), *rest, **named
    )
    time.time = lambda: float(clock.read_text())
    os.urandom = lambda size: dice[size].randbytes(size)
    sys.argv[0:4] = ["sussurro"]
    # Only now, as some of it takes the clock and the dice while it is loaded.
    from textual.widgets import Input, TextArea  # noqa: PLC0415

    from sussurro_client.__main__ import main as program  # noqa: PLC0415

    for each in (Input, TextArea):
        each.cursor_blink._default = False  # or else a picture would show either half of a second
    return program()


if __name__ == "__main__":
    sys.exit(main())
