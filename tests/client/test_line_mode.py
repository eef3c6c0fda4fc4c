"""Through real processes, pipes and a real relay."""

import io
import json
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from sussurro_client.address import Address
from sussurro_client.errors import ClientError
from sussurro_client.events import (
    Arrived,
    Disconnected,
    Event,
    Kept,
    Moved,
    Received,
    Standing,
)
from sussurro_client.files.transfers import FileRules
from sussurro_client.fingerprint import words_of
from sussurro_client.json_face import JsonFace
from sussurro_client.key import RoomKey
from sussurro_client.line_faces import Face
from sussurro_client.line_inbox import Heard
from sussurro_client.line_mode import LineMode
from sussurro_client.line_ports import IN_FLIGHT, LONGEST_LINE, Console
from sussurro_client.naming import room_words
from sussurro_client.plain_face import PlainFace
from sussurro_client.rekey import announce
from sussurro_client.session import Session
from tests.client.scenes import (
    ANA,
    BIA,
    OTHER_KEY,
    Friend,
    Program,
    RealRelay,
    key_text_of,
    member,
    objects,
    silent_port,
)

# Leaving.


def test_oi_and_tt_in_a_pipe_are_sent_and_left_with_exit_0(
    start: Callable[..., Program], friends: Callable[..., Friend]
) -> None:
    bia = friends()
    ana = start()
    ana.type("Oi", "TT")
    ana.end_input()
    assert ana.end() == (0, "")
    assert bia.wait(Received).text == "Oi"
    assert bia.wait(Received).sender.name == "Ana"


@pytest.mark.parametrize("word", ["TT", " TT ", "/quit", '{"command": "leave"}'])
def test_leaving_does_not_wait_for_the_end_of_the_input(
    start: Callable[..., Program], word: str
) -> None:
    ana = start("--json")
    ana.wait("connected")
    ana.type("Oi", word)
    assert ana.end() == (0, "")
    assert len(objects(ana, "acked")) == 1


def test_the_end_of_the_input_leaves_after_everything_is_acknowledged(
    start: Callable[..., Program], friends: Callable[..., Friend]
) -> None:
    bia = friends()
    ana = start("--json")
    ana.type(*(f"line {number}" for number in range(1200)))
    ana.end_input()
    assert ana.end() == (0, "")
    bia.wait(Received, 1200)
    assert [event.text for event in bia.of(Received)] == [f"line {n}" for n in range(1200)]
    assert len(objects(ana, "acked")) == 1200


def test_what_was_not_delivered_is_told_with_exit_1(start: Callable[..., Program]) -> None:
    with silent_port() as port:
        ana = start(relay=f"127.0.0.1:{port}", leave_seconds="0.3")
        ana.type("Oi")
        ana.end_input()
        code, complaint = ana.end()
    assert (code, complaint) == (1, "")
    assert ana.lines[0].startswith(f"* No relay answers at 127.0.0.1:{port}.")
    assert ana.lines[-1] == "! 1 message was not delivered: Oi"


def test_a_relay_that_does_not_serve_the_room_is_told_once_with_exit_2(
    start: Callable[..., Program],
) -> None:
    with RealRelay(rooms=OTHER_KEY.room) as process:
        plain = start("--plain", relay=f"127.0.0.1:{process.port}")
        lines = start("--json", relay=f"127.0.0.1:{process.port}")
        assert plain.end() == (2, "")
        assert lines.end() == (2, "")
    (sentence,) = plain.lines
    assert sentence.startswith(f"! 127.0.0.1:{process.port} does not serve this room.")
    assert [json.loads(line)["event"] for line in lines.lines] == ["disconnected", "error"]
    assert objects(lines, "disconnected")[0]["retry_in"] is None


def test_ctrl_c_ends_with_130_and_without_a_traceback(start: Callable[..., Program]) -> None:
    ana = start("--json")
    ana.wait("connected")
    ana.process.send_signal(signal.SIGINT)
    assert ana.end() == (130, "")


def test_when_nobody_reads_any_more_the_program_ends_without_a_traceback(
    relay: RealRelay, folder: Path, friends: Callable[..., Friend]
) -> None:
    """As in ``sussurro chat | head -1``."""
    bia = friends()
    settings = {"relay": f"127.0.0.1:{relay.port}", "name": "Ana"}
    with Program(folder, "chat", "--json", settings=settings, lines_read=1) as ana:
        ana.wait("connected")
        bia.wait(Arrived)
        ana.wait_unread()
        bia.session.send("Oi")
        code, complaint = ana.end()
    assert (code, complaint) == (1, "")


# Talking.


def test_json_events_have_exactly_the_fields_of_the_contract(
    start: Callable[..., Program], friends: Callable[..., Friend], relay: RealRelay
) -> None:
    ana = start("--json")
    ana.wait("connected")
    bia = friends()
    ana.wait("joined")
    message_id = bia.session.send("Olá!\n🌍")
    ana.wait("message")
    ana.type("Oi")
    ana.wait("acked")
    assert bia.session.close(2) == ()
    ana.wait('"left"')
    ana.end_input()
    assert ana.end() == (0, "")
    assert all(line.isascii() for line in ana.lines)
    (connected,), (joined,), (message,), (acked,), (left,) = (
        objects(ana, kind) for kind in ("connected", "joined", "message", "acked", "left")
    )
    address = f"127.0.0.1:{relay.port}"
    assert connected == {"event": "connected", "relay": address, "members": 1}
    assert joined == {"event": "joined", "name": "Bia"}
    assert left == {"event": "left", "name": "Bia", "reason": "left"}
    assert list(message) == [
        *("event", "from", "text", "id", "seq", "at"),
        *("verified", "standing", "fingerprint", "history"),
        *("kind", "reply_to", "action", "private", "to"),
    ]
    assert (message["standing"], message["fingerprint"]) == (
        "known",
        words_of(bia.member.person.key),
    )
    assert (message["from"], message["text"], message["id"]) == ("Bia", "Olá!\n🌍", message_id)
    assert message["verified"] is True
    assert list(acked) == ["event", "id", "seq"]
    assert acked["seq"] > message["seq"]


def test_json_objects_are_commands_and_what_is_none_is_told_and_passed_over(
    start: Callable[..., Program], friends: Callable[..., Friend]
) -> None:
    bia = friends()
    ana = start("--json")
    ana.wait("connected")
    ana.type('{"text": "TT\\nover two lines"}', '{"text": "\\ud800"}', '{"command": "who"}')
    ana.wait("present")
    ana.type("{broken", '{"text": 1}', '{"command": "dance"}', "{" * 5000, "/dance", "plain text")
    bia.wait(Received, 3)
    ana.type('{"command": "leave"}')
    assert ana.end() == (0, "")
    texts = [event.text for event in bia.of(Received)]
    assert texts == ["TT\nover two lines", "?", "plain text"]
    (present,) = objects(ana, "present")
    assert (present["members"], sorted(present["names"])) == (2, ["Ana", "Bia"])
    assert [sorted(error) for error in objects(ana, "error")] == [["event", "text"]] * 5
    assert {person["name"] for person in present["people"]} == {"Ana", "Bia"}


def test_tt_is_a_word_like_any_other_inside_a_text(
    start: Callable[..., Program], friends: Callable[..., Friend]
) -> None:
    bia = friends()
    ana = start("--plain")
    ana.type("TT ends a chat", "/say TT", "//who", "exit()", "TT")
    assert ana.end() == (0, "")
    texts = [bia.wait(Received, count).text for count in range(1, 5)]
    assert texts == ["TT ends a chat", "TT", "/who", "exit()"]


def test_control_characters_of_others_do_not_reach_the_screen(
    start: Callable[..., Program], friends: Callable[..., Friend]
) -> None:
    ana = start("--plain")
    ana.wait("Connected")
    evil = friends("\x1b]0;root\x07Bia\u202e")
    evil.session.send("\x1b[2J\x1b]52;c;ZXZpbA==\x07gone\u202egnp\r\n[09:46] Ana: I agree")
    ana.wait("I agree")
    ana.type("/who")
    ana.wait("here:")
    ana.type("TT")
    assert ana.end() == (0, "")
    shown = "\n".join(ana.lines)
    assert not [each for each in shown if not each.isprintable() and each != "\n"]
    assert "\n    [09:46] Ana: I agree" in shown


def test_bytes_that_are_no_utf8_are_sent_as_replacement_characters(
    start: Callable[..., Program], friends: Callable[..., Friend]
) -> None:
    bia = friends()
    ana = start()
    assert ana.process.stdin is not None
    ana.process.stdin.write(b"a\xffb\r\n\xf0\x9f\n")
    ana.end_input()
    assert ana.end() == (0, "")
    bia.wait(Received, 2)
    assert [event.text for event in bia.of(Received)] == ["a\ufffdb", "\ufffd"]


def test_a_line_over_the_limit_is_refused_whole_and_the_next_one_is_sent(
    start: Callable[..., Program], friends: Callable[..., Friend]
) -> None:
    bia = friends()
    ana = start("--json")
    ana.type("x" * (LONGEST_LINE * 2) + "the rest", "y" * 65537, "z" * 65536, "short")
    ana.end_input()
    assert ana.end() == (0, "")
    bia.wait(Received, 2)
    assert [len(event.text) for event in bia.of(Received)] == [65536, 5]
    assert ["65536" in error["text"] for error in objects(ana, "error")] == [True, True]


def test_without_a_relay_the_program_says_so_again_and_again_and_goes_on(
    start: Callable[..., Program],
) -> None:
    with silent_port() as port:
        ana = start("--json", relay=f"127.0.0.1:{port}", leave_seconds="0")
        ana.wait("disconnected")
        ana.type('{"command": "who"}')
        ana.type("TT")
        assert ana.end() == (0, "")
    first = objects(ana, "disconnected")[0]
    assert list(first) == ["event", "relay", "reason", "retry_in"]
    assert (first["relay"], first["reason"]) == (f"127.0.0.1:{port}", "unreachable")
    assert 0.25 <= first["retry_in"] <= 0.5


RULES = FileRules(Path("/nowhere"), 1)


@dataclass(frozen=True)
class OneRoom:
    """A doorway to a room that is never entered."""

    refusal: str = ""

    def open(self, name: str, listener: Callable[[Event], None]) -> Session:
        if self.refusal:
            raise ClientError(self.refusal)
        return Session(Address("127.0.0.1", 1), member(name, 1), listener=listener)

    def open_file(
        self, key: RoomKey, name: str, listener: Callable[[Event], None], history: int
    ) -> Session:
        raise ClientError(f"No room {key.room} for {history} parts of {name}, {listener}.")

    def follow(self, moved: Moved) -> None:
        raise ClientError(f"No way to {moved.room}.")


def quiet_mode(face: Face, out: io.StringIO) -> LineMode:
    console = Console(io.BytesIO(), out, face, takes_json=isinstance(face, JsonFace))
    return LineMode(OneRoom(), ANA.person, console, leave_seconds=0, rules=RULES)


def forget(mode: LineMode) -> None:
    mode.room.session._waker.close()


def test_a_room_that_cannot_be_opened_is_told_to_whoever_starts_it() -> None:
    console = Console(io.BytesIO(), io.StringIO(), PlainFace(), takes_json=False)
    with pytest.raises(ClientError, match="The key is gone"):
        LineMode(OneRoom("The key is gone."), ANA.person, console, leave_seconds=0, rules=RULES)


def test_a_key_that_cannot_be_taken_is_a_sentence_and_the_session_goes_on() -> None:
    out = io.StringIO()
    mode = quiet_mode(PlainFace(), out)
    session = mode.room.session
    moved = Moved(BIA.person, Standing.KNOWN, OTHER_KEY.room, b"share", 0, live=True)
    mode._take_event(Heard(1, moved))
    mode._take_line(b"/move\n")
    assert mode.room.session is session
    assert out.getvalue().splitlines()[-1] == f"! No way to {OTHER_KEY.room}."
    forget(mode)


@dataclass(frozen=True)
class ManyRooms:
    """A doorway to one room after the other, none of which is ever entered."""

    opened: list[Session]

    def open(self, name: str, listener: Callable[[Event], None]) -> Session:
        self.opened.append(Session(Address("127.0.0.1", 1), member(name, 1), listener=listener))
        return self.opened[-1]

    def open_file(
        self, key: RoomKey, name: str, listener: Callable[[Event], None], history: int
    ) -> Session:
        raise AssertionError((key, name, listener, history))

    def follow(self, moved: Moved) -> None:
        pass


def test_every_message_keeps_its_place_until_it_is_kept_or_lost_and_frees_it_once() -> None:
    out, doorway = io.StringIO(), ManyRooms([])
    console = Console(io.BytesIO(), out, JsonFace(), takes_json=True)
    mode = LineMode(doorway, ANA.person, console, leave_seconds=0, rules=RULES)
    for line in (b"Oi", b"/me waves", b'{"command": "typing"}', b"/edit new", b"/nothing", b""):
        mode._flow.wait()
        mode._take_line(line + b"\n")
    assert IN_FLIGHT - mode._flow._space._value == 4
    ids = [json.loads(line)["id"] for line in out.getvalue().splitlines() if '"sent"' in line]
    assert len(ids) == 4
    for _ in range(2):
        mode._take_event(Heard(1, Kept(ids[0], 1)))
    mode._take_event(Heard(1, Kept("of nobody's", 2)))
    assert IN_FLIGHT - mode._flow._space._value == 3

    moved = Moved(BIA.person, Standing.KNOWN, OTHER_KEY.room, b"share", 0, live=True)
    mode._take_event(Heard(1, moved))
    mode._inbox.put(Heard(1, Kept(ids[1], 3)))  # heard while the room is left ...
    mode._inbox.put(b"later\n")  # ... and this was typed meanwhile
    mode._flow.wait()
    mode._take_line(b"/move\n")
    assert IN_FLIGHT - mode._flow._space._value == 0
    assert mode._inbox.get() == b"later\n"
    mode._take_event(Heard(1, Kept(ids[2], 4)))  # too late
    assert IN_FLIGHT - mode._flow._space._value == 0
    mode.room.session.close(10)  # it was started, and ends by itself
    for session in doorway.opened:
        session._waker.close()


def test_who_waits_for_a_page_of_a_room_that_is_left_is_told_that_none_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Session, "ask_earlier", lambda _session, _messages: True)
    out, doorway = io.StringIO(), ManyRooms([])
    console = Console(io.BytesIO(), out, JsonFace(), takes_json=True)
    mode = LineMode(doorway, ANA.person, console, leave_seconds=0, rules=RULES)
    mode._take_line(b'{"command": "earlier", "ref": 7}\n')
    moved = Moved(BIA.person, Standing.KNOWN, OTHER_KEY.room, b"share", 0, live=True)
    mode._take_event(Heard(1, moved))
    mode._take_line(b"/move\n")
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [each["event"] for each in answers if each.get("ref") == 7] == ["error"]
    mode.room.session.close(10)  # it was started, and ends by itself
    for session in doorway.opened:
        session._waker.close()


def test_what_a_room_that_was_left_says_last_ends_nothing() -> None:
    mode = quiet_mode(PlainFace(), io.StringIO())
    last = Disconnected("relay", "room-refused", "", None)
    assert mode._is_the_end(Heard(1, last))
    assert not mode._is_the_end(Heard(0, last))
    forget(mode)


# Who is who.


def test_an_identity_that_is_not_kept_is_told_at_the_start(start: Callable[..., Program]) -> None:
    for option in ("--plain", "--json"):
        ana = start(option, state="/dev/null/nowhere")
        ana.wait("onnected")
        ana.type("TT")
        assert ana.end() == (0, "")
        assert "Your identity is new and will not be kept" in ana.lines[0]


def test_a_namesake_is_told_once_and_the_badge_of_trust_is_kept_with_the_state(
    start: Callable[..., Program], tmp_path: Path
) -> None:
    """Two programs talk, a third bears the name of one; then whoever trusts starts anew."""
    ana = start("--json")
    ana.wait("connected")
    first = start("--json", name="Bia", state=str(tmp_path / "first"))
    ana.wait("joined")
    first.type("it is me", '{"command": "fingerprint"}')
    words = json.loads(first.wait('"event": "fingerprint"'))["fingerprint"]
    assert json.loads(ana.wait("it is me"))["standing"] == "known"
    second = start("--json", name="Bia", state=str(tmp_path / "second"))
    ana.wait("identity_changed")
    second.type("no, me", "me again", '{"command": "fingerprint"}')
    other_words = json.loads(second.wait('"event": "fingerprint"'))["fingerprint"]
    said = json.loads(ana.wait("me again"))
    assert (said["standing"], said["verified"], said["fingerprint"]) == (
        "changed",
        False,
        other_words,
    )
    (warning,) = objects(ana, "warning")
    assert (warning["code"], warning["fingerprint"]) == ("identity_changed", other_words)

    ana.type('{"command": "trust", "name": "Bia"}')
    refusal = json.loads(ana.wait("error"))["text"]
    assert words in refusal
    assert other_words in refusal
    short = "-".join(words.split("-")[:2])
    ana.type(json.dumps({"command": "trust", "name": "Bia", "words": short}))
    trusted = json.loads(ana.wait("trusted"))
    assert trusted == {
        "event": "trusted",
        "name": "Bia",
        "fingerprint": words,
        "standing": "verified",
    }
    ana.type("TT")
    assert ana.end() == (0, "")

    again = start("--json")
    again.wait("connected")
    first.type("still me")
    assert json.loads(again.wait("still me"))["standing"] == "verified"
    assert objects(again, "warning") == []
    fresh = start("--plain", name="Caio", state=str(tmp_path / "fresh"))
    fresh.wait("Connected")
    first.type("and you?")
    assert "✓" not in fresh.wait("and you?")


# Moving to a new key.


def offer(friend: Friend, new_key: RoomKey, *, without: str = "") -> None:
    """Hand a new key to everybody whom a friend has met."""
    others = [each for each in friend.session.acquaintances if each.person.name != without]
    for content in announce(friend.member, new_key.text, others):
        friend.session.say(content)


def test_whoever_moves_goes_on_in_the_new_room_without_a_restart(
    start: Callable[..., Program], friends: Callable[..., Friend]
) -> None:
    new_key = RoomKey.from_text(key_text_of("the new room of this test"))
    bia, bia_there = friends(), friends("Bia", 2, new_key)
    ana = start("--json")
    bia.wait(Arrived)
    offer(bia, new_key)
    moved = json.loads(ana.wait("moved"))
    at = moved.pop("at")
    assert at.endswith("Z")
    assert moved == {
        "event": "moved",
        "from": "Bia",
        "room": new_key.room,
        "fingerprint": room_words(new_key.room),
        "included": True,
        "standing": "known",
        "history": False,
    }
    ana.type("last words", '{"command": "move"}', "Oi")
    assert bia_there.wait(Received).text == "Oi"
    assert [event.text for event in bia.of(Received)] == ["last words"]
    assert room_words(new_key.room) in json.loads(ana.wait("notice"))["text"]
    ana.type("TT")
    assert ana.end() == (0, "")
    again = start("--plain")
    assert bia_there.wait(Arrived, 2).who.name == "Ana"
    again.type("TT")
    assert again.end() == (0, "")


def test_whoever_is_left_out_is_told_and_cannot_move(
    start: Callable[..., Program], friends: Callable[..., Friend]
) -> None:
    bia = friends()
    ana = start("--plain")
    bia.wait(Arrived)
    offer(bia, OTHER_KEY, without="Ana")
    ana.wait("Bia has made a new key for this room and left you out")
    ana.type("/move", "Oi", "TT")
    assert ana.end() == (0, "")
    assert bia.wait(Received).text == "Oi"
    assert "! No new key was offered to you." in ana.lines


def test_an_interrupt_that_python_dropped_ends_it_all_the_same() -> None:
    out = io.StringIO()
    mode = quiet_mode(PlainFace(), out)
    mode.interrupt()
    assert mode.run() == 130
