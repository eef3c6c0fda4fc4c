"""Take the pictures of the documentation: a real relay, real clients, a scripted evening.

    python -m tests.support.demo docs/images

Run twice, it draws the same: the clock, the keys and the dice are the stage's.
"""

import sys
import tempfile
from pathlib import Path

from tests.support import demo_scenes as scenes
from tests.support.stage import Stage


def play(stage: Stage) -> None:
    """Play all scenes, in their order."""
    scenes.first_run(stage)
    scenes.send_a_file(stage)
    cast = scenes.come_in(stage)
    scenes.talk(stage, cast)
    scenes.look_around(stage, cast)
    scenes.be_somebody_else(stage, cast)
    scenes.be_in_two_rooms(stage, cast)


def main() -> None:
    """Play, and save the pictures into the directory given."""
    pictures = Path(sys.argv[1]).absolute()
    with tempfile.TemporaryDirectory() as folder, Stage(Path(folder), pictures) as stage:
        play(stage)


if __name__ == "__main__":
    main()
