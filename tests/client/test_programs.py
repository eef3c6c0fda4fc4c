"""`docs/programs.md` says what programs can write and will read, and its examples run."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from sussurro_client import exit_codes
from sussurro_client.contents import Delete, Edit, File, Reaction, Text, Typing, Unknown
from sussurro_client.events import (
    Alarm,
    Alert,
    Arrived,
    Connected,
    Departed,
    Disconnected,
    Event,
    Kept,
    Moved,
    Person,
    Present,
    Received,
    Standing,
)
from sussurro_client.files.progress import Direction, Progress, State
from sussurro_client.json_commands import JSON_COMMANDS, SAY
from sussurro_client.json_face import EVENTS, JsonFace
from sussurro_client.line_faces import Why
from sussurro_client.naming import Circle
from sussurro_client.posts import post_of
from sussurro_client.timeline import Timeline
from tests.client.scenes import PATIENCE, Friend, RealRelay, clean_environment, wait_until

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "programs.md").read_text("utf-8")
ANA, BIA = Person("Ana", b"a" * 32), Person("Bia", b"b" * 32)
CIRCLE = Circle(ANA, lambda _person: Standing.KNOWN)
OF = b"o" * 32


def table(heading: str) -> list[list[str]]:
    """Return the rows of the table under a heading, each as its cells."""
    section = TEXT.partition(f"{heading}\n")[2].partition("\n#")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def words(cell: str) -> list[str]:
    """Return what stands in backticks."""
    return re.findall(r"`([^`]*)`", cell)


def received(content: Text | Edit | Delete | Reaction | Typing | File | Unknown) -> Received:
    return Received(BIA, content, "ab" * 32, 1, 0, Standing.KNOWN, live=True)


def printed() -> Iterator[str | None]:
    """Go through a line of every kind that programs read."""
    face, timeline = JsonFace(), Timeline(ANA)
    said = received(Text(text="Oi"))
    events: tuple[Event, ...] = (
        Connected("relay", 1), Disconnected("relay", "lost", "", None), Arrived(BIA),
        Departed(BIA, "left"), Kept("ab" * 32, 1), Alert(Alarm.GAP), said,
        received(Edit(of=OF, text="x")), received(Delete(of=OF)), received(Typing()),
        received(Reaction(of=OF, emoji="x")), received(Unknown(kind="x")),
        received(File(name="x", size=1, sha256=OF, parts=1, key=OF)),
        Moved(BIA, Standing.KNOWN, "r" * 43, None, 0, live=True),
    )  # fmt: skip
    for event in events:
        yield face.show(event, CIRCLE, timeline)
    post = post_of(said, ANA)
    assert post is not None
    yield face.post(post, Why.LISTED, CIRCLE, timeline)
    yield face.post(post, Why.MATCH, CIRCLE, timeline)
    yield from (face.sent("ab" * 32), face.page_begins(0), face.error(""), face.notice(""))
    yield face.transfer_begun(1)
    yield face.transfer(Progress(1, "", "x", Direction.UP, State.MOVING, 0, 1))
    yield face.searched("", 0, 0, everything=False)
    yield face.present(Present((), 0), CIRCLE)
    yield from (face.trusted(BIA, CIRCLE), face.fingerprint(BIA, CIRCLE))


def test_the_table_of_commands_is_that_of_the_code() -> None:
    told = {
        words(name)[0] if words(name) else SAY: (words(needs), words(may_have))
        for name, needs, may_have, _what in table("### Commands in")
    }
    assert told == {
        command.name: (list(command.needs), list(command.may_have))
        for command in JSON_COMMANDS.values()
    }


def test_the_table_of_events_is_that_of_the_code() -> None:
    told = {words(name)[0]: words(fields) for name, fields, _when in table("### Events out")}
    assert told.keys() == EVENTS
    for line in printed():
        assert line is not None
        event, *fields = json.loads(line).items()
        own = [name for name, _value in fields if (event[1], name) != ("earlier", "messages")]
        assert told.pop(event[1]) == own, event
    assert told == {}


def test_the_table_of_exit_codes_is_that_of_the_code() -> None:
    codes = [int(code) for code, _meaning in table("## Exit codes")]
    assert codes == [
        exit_codes.EXIT_OK,
        exit_codes.EXIT_NOT_DELIVERED,
        exit_codes.EXIT_REFUSED,
        exit_codes.EXIT_CRASHED,
        exit_codes.EXIT_INTERRUPTED,
    ]


@pytest.mark.parametrize(("number", "name"), enumerate(("echo_bot.py", "command_bot.py")))
def test_the_examples_are_what_the_page_shows(number: int, name: str) -> None:
    shown = re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL)
    assert (DOCS / "examples" / name).read_text("utf-8") == shown[number]


def test_the_smallest_bot_has_five_lines() -> None:
    lines = (DOCS / "examples" / "echo_bot.py").read_text("utf-8").splitlines()
    assert len([line for line in lines if line.strip()]) == 5


@contextmanager
def example(name: str, folder: Path, relay: RealRelay) -> Iterator[None]:
    """Run an example until it is of no more use."""
    environment = clean_environment() | {
        "SUSSURRO_RELAY": f"127.0.0.1:{relay.port}",
        "SUSSURRO_STATE": str(folder / "bot"),
        "PATH": str(Path(sys.executable).parent),
    }
    with Popen(
        [sys.executable, str(DOCS / "examples" / name)],
        cwd=folder,
        env=environment,
        stdin=PIPE,
        start_new_session=True,
    ) as process:
        try:
            yield
        finally:
            process.kill()
            process.wait(PATIENCE)


def names(friend: Friend) -> set[str]:
    return {each.person.name for each in friend.session.acquaintances}


def test_the_smallest_bot_says_again_what_everybody_hears(
    relay: RealRelay, folder: Path, friends: Callable[..., Friend]
) -> None:
    bia = friends()
    with example("echo_bot.py", folder, relay):
        wait_until(lambda: "echo" in names(bia))
        bia.session.send("Oi")
        assert bia.wait(Received).text == "You said: Oi"


def test_a_bot_answers_commands_and_in_private_what_is_private(
    relay: RealRelay, folder: Path, friends: Callable[..., Friend]
) -> None:
    bia = friends()
    with example("command_bot.py", folder, relay):
        wait_until(lambda: "bot" in names(bia))
        bot = next(each.person for each in bia.session.acquaintances)
        bia.session.send("what time is it?")
        asked = bia.session.send("!time")
        answer = bia.wait(Received)
        assert re.fullmatch(r"It is \d\d:\d\d UTC\.", answer.text)
        assert isinstance(answer.content, Text)
        assert (answer.content.reply_to.hex(), answer.private) == (asked, None)
        bia.session.whisper(bot, Text(text="!help"))
        aside = bia.wait(Received, 2)
        assert aside.private == bia.member.person
        assert "!time, !help" in aside.text
