"""What people and programs do with messages in the line mode, through a real relay."""

import json
import re
from collections.abc import Callable

from sussurro_client.contents import Delete, Edit, File, Reaction, Text, Typing, Unknown
from sussurro_client.events import Kept, Person, Received
from sussurro_client.fingerprint import words_of
from sussurro_client.posts import tag_of
from tests.client.scenes import Friend, Program, objects, silent_port, wait_until

Start = Callable[..., Program]
Friends = Callable[..., Friend]


def known(friend: Friend, name: str) -> Person:
    """Return whom a friend has met by a name."""

    def found() -> list[Person]:
        met = (each.person for each in friend.session.acquaintances)
        return [person for person in met if person.name == name]

    wait_until(lambda: bool(found()))
    return found()[0]


def contents(friend: Friend, count: int) -> list[object]:
    friend.wait(Received, count)
    return [event.content for event in friend.of(Received)]


def without_times(lines: list[str]) -> list[str]:
    return [re.sub(r"(\d{4}-\d\d-\d\d )?\d\d:\d\d", "12:00", line) for line in lines]


def say_apart(friend: Friend, *texts: str) -> None:
    """Say each text in a chunk of its own, which the relay gives out by itself."""
    for number, text in enumerate(texts, start=1):
        friend.session.send(text)
        friend.wait(Kept, number)


# People.


def test_whatever_others_do_is_one_line_that_says_it_in_words(
    start: Start, friends: Friends
) -> None:
    ana = start("--plain")
    ana.wait("Connected")
    bia = friends()
    ana.wait("Bia is here")
    session = bia.session
    first = session.send("Shall we meet?")
    of = bytes.fromhex(first)
    session.say(Text(text="Yes!", reply_to=of))
    session.say(Text(text="waves", is_action=True))
    session.say(Edit(of=of, text="Shall we meet\ntoday?"))
    session.say(Reaction(of=of, emoji="👍"))
    session.say(Reaction(of=of, emoji="👍"))  # once more changes nothing
    session.say(Reaction(of=of, emoji="👍", is_on=False))
    session.say(Typing())
    session.say(Unknown(kind="hologram"))
    session.say(File(name="x.png", size=2_345_678, sha256=of, parts=1, key=of))
    session.say(Delete(of=of))
    session.whisper(known(bia, "Ana"), Text(text="Between us"))
    ana.wait("Between us")
    ana.type("TT")
    assert ana.end() == (0, "")
    tag, file_tag = tag_of(first), tag_of(bia.of(Kept)[-3].id)
    assert without_times(ana.lines[2:]) == [
        "[12:00] Bia: Shall we meet?",
        "[12:00 answer] Bia: to Bia (Shall we meet?): Yes!",
        "[12:00 action] Bia: waves",
        f"* [12:00] Bia changed {tag}: Shall we meet",
        "    today?",
        f"* [12:00] Bia reacted to {tag} (Shall we meet today?) with 👍 (thumbs up)",
        f"* [12:00] Bia took back 👍 (thumbs up) from {tag} (Shall we meet today?)",
        "[12:00 unknown] Bia: says something that only a newer version of this program shows.",
        f"[12:00 file] Bia: offers a file of 2.3 MB (to save it: /save {file_tag}): x.png",
        f"* [12:00] Bia deleted {tag}, which was said at 12:00.",
        "[12:00 private] Bia: Between us",
    ]


def test_every_command_does_what_it_says_before_everybody_or_one_alone(
    start: Start, friends: Friends
) -> None:
    ana = start("--plain")
    ana.wait("Connected")
    bia = friends()
    bia_said = bia.session.send("Shall we meet?")
    ana.wait("Shall we meet?")
    ana.type("/reply Yes", "/edit Yes!", "/react :heart:", "/me waves", "/delete", "/msg Bia psst")
    reply, edit, reaction, act, deletion, aside = contents(bia, 6)
    ids = [event.id for event in bia.of(Received)]
    assert reply == Text(text="Yes", reply_to=bytes.fromhex(bia_said))
    assert edit == Edit(of=bytes.fromhex(ids[0]), text="Yes!")
    assert reaction == Reaction(of=bytes.fromhex(bia_said), emoji="❤️")
    assert act == Text(text="waves", is_action=True)
    assert deletion == Delete(of=bytes.fromhex(ids[3]))
    assert aside == Text(text="psst")
    assert [event.private for event in bia.of(Received)][-1] == bia.member.person
    assert ana.wait("alone") == f"* Sent as {tag_of(ids[5])} to Bia alone."
    bia.session.whisper(known(bia, "Ana"), Text(text="what?"))
    ana.wait("what?")
    ana.type("/reply nothing", "/reply #babab x", "/edit", "TT")
    assert ana.end() == (0, "")
    assert bia.wait(Received, 7).private == bia.member.person
    assert [line for line in ana.lines if line.startswith("! ")] == [
        "! No message with the tag #babab is loaded. Load older ones, and try again.",
        "! There is no text; write one after the command.",
    ]


def test_with_tags_every_message_has_the_word_by_which_it_is_meant(
    start: Start, friends: Friends
) -> None:
    ana = start("--plain", "--tags")
    ana.wait("Connected")
    bia = friends()
    said = bia.session.send("Oi")
    assert f" {tag_of(said)}] Bia: Oi" in ana.wait("Bia: Oi")
    ana.type(f"/reply {tag_of(said)} Hello")
    own = bia.wait(Received)
    assert ana.wait("Sent as") == f"* Sent as {tag_of(own.id)}."
    ana.type("/list 5", "TT")
    assert ana.end() == (0, "")
    listed = [line for line in without_times(ana.lines) if line.startswith("[12:00 ")]
    assert listed[-2] == f"[12:00 {tag_of(said)}] Bia: Oi"
    assert listed[-1].endswith(f"answer {tag_of(own.id)}] Ana: to Bia (Oi): Hello")


def test_earlier_messages_come_page_by_page_between_two_sentences(
    start: Start, friends: Friends
) -> None:
    bia = friends()
    say_apart(bia, *(f"line {number}" for number in range(12)))
    bia.session.say(Edit(of=bytes.fromhex(bia.of(Kept)[3].id), text="line three"))
    bia.wait(Kept, 13)
    ana = start("--plain", history="4")
    ana.wait("line 11")
    ana.type("/earlier 5", "/earlier", "/earlier", "/earlier x")
    ana.wait("Nothing older is kept")
    ana.type("TT")
    assert ana.end() == (0, "")
    lines = [re.sub(r" #\w+\]", "]", line) for line in without_times(ana.lines)]
    more = "* This was the end of the earlier messages. For older ones: /earlier"
    page_of_5 = [f"[12:00] Bia: line {number}" for number in (4, 5, 6, 7, 8)]
    page_of_4 = [f"[12:00] Bia: line {number}" for number in (0, 1, 2)]
    assert lines[lines.index("[12:00] Bia: line 11") + 2 :] == [
        "! Write a number from 1 to 10000.",
        "* 5 earlier messages:",
        *page_of_5,
        more,
        "* 4 earlier messages:",
        *page_of_4,
        "[12:00 changed] Bia: line three",
        more,
        "* This was the end of the earlier messages. Nothing older is kept.",
    ]


def test_a_search_says_what_it_went_through_and_finds_it_in_all_that_is_kept(
    start: Start, friends: Friends
) -> None:
    bia = friends()
    say_apart(bia, *(f"{'straw' if number % 10 else 'needle'} {number}" for number in range(30)))
    ana = start("--plain", history="5")
    ana.wait("straw 29")
    ana.type("/search needle", "/search straw 29", "/searchall Needle")
    ana.wait("in all")
    ana.type("/earlier 3", "TT")
    assert ana.end() == (0, "")
    lines = without_times(ana.lines)
    more = "To search all that the relay keeps: /searchall"
    assert [line for line in lines if " found in " in line] == [
        f"* 0 messages found in the 5 that are loaded. {more}",
        f"* 1 message found in the 5 that are loaded. {more}",
        "* 3 messages found in all 30 that the relay keeps.",
    ]
    needles = [line.rpartition("] ")[2] for line in lines if "needle" in line]
    assert needles == ["Bia: needle 0", "Bia: needle 10", "Bia: needle 20"]
    assert "* 3 earlier messages:" in lines


def test_help_has_a_line_for_each_command_in_the_language_of_the_user(start: Start) -> None:
    ana = start("--plain", lang="pt_BR")
    ana.wait("Conectado")
    ana.type("/help", "TT")
    assert ana.end() == (0, "")
    help_lines = [line for line in ana.lines if line.startswith("    ")]
    assert any(line.startswith("    /reply [#etiqueta] texto: ") for line in help_lines)
    assert any(line.startswith("    /earlier [número]: ") for line in help_lines)
    assert any(line.startswith("    TT: ") for line in help_lines)


def test_what_comes_through_a_pipe_waits_for_its_turn_whatever_it_is(
    start: Start, friends: Friends
) -> None:
    bia = friends()
    said = bia.session.send("Oi")
    bia.wait(Kept)
    ana = start("--plain")
    ana.wait("Bia: Oi")
    ana.type(*(f"/reply {tag_of(said)} {number}" for number in range(1000)))
    ana.type(*("/react 👍" for _ in range(1000)))
    ana.end_input()
    assert ana.end() == (0, "")
    bia.wait(Received, 2000)
    heard = [event.content for event in bia.of(Received)]
    replies = [content.text for content in heard if isinstance(content, Text)]
    assert replies == [str(number) for number in range(1000)]
    reactions = [content.is_on for content in heard if isinstance(content, Reaction)]
    assert reactions == [True, False] * 500


def test_changes_that_were_not_delivered_are_counted_with_exit_1(start: Start) -> None:
    with silent_port() as port:
        ana = start("--json", relay=f"127.0.0.1:{port}", leave_seconds="0.2")
        ana.type('{"command": "typing"}', '{"command": "typing"}', "Oi")
        ana.end_input()
        assert ana.end() == (1, "")
    assert [error["text"] for error in objects(ana, "error")] == [
        "1 message was not delivered: Oi",
        "2 changes of messages were not delivered.",
    ]


# Programs.


def test_a_program_hears_every_kind_as_an_object(start: Start, friends: Friends) -> None:
    ana = start("--json")
    ana.wait("connected")
    bia = friends()
    ana.wait("joined")
    session = bia.session
    first = session.send("Oi")
    of = bytes.fromhex(first)
    session.say(Text(text="waves", reply_to=of, is_action=True))
    session.say(Edit(of=of, text="new"))
    session.say(Reaction(of=of, emoji="👍"))
    session.say(Typing())
    session.say(Unknown(kind="hologram"))
    session.say(File(name="x.png", size=5, sha256=of, parts=1, key=of))
    session.whisper(known(bia, "Ana"), Text(text="psst"))
    session.say(Delete(of=of))
    ana.wait("deleted")
    ana.type("TT")
    assert ana.end() == (0, "")
    plain, act, aside = objects(ana, "message")
    assert (plain["kind"], plain["reply_to"], plain["action"]) == ("text", None, False)
    assert (act["reply_to"], act["action"]) == (first, True)
    assert (aside["private"], aside["to"], plain["private"], plain["to"]) == (
        True, "Ana", False, None,
    )  # fmt: skip
    (edited,), (deleted,), (reaction,) = (
        objects(ana, kind) for kind in ("edited", "deleted", "reaction")
    )
    assert (edited["of"], edited["text"], deleted["of"]) == (first, "new", first)
    assert (reaction["of"], reaction["emoji"], reaction["on"]) == (first, "👍", True)
    (file,), (typing,), (unknown,) = (objects(ana, kind) for kind in ("file", "typing", "unknown"))
    assert (file["name"], file["size"], file["sha256"]) == ("x.png", 5, first)
    assert "key" not in file
    assert (typing["from"], unknown["kind"]) == ("Bia", "hologram")


def test_every_command_of_a_program_is_answered_with_its_ref(
    start: Start, friends: Friends
) -> None:
    ana = start("--json")
    ana.wait("connected")
    bia = friends()
    first = bia.session.send("Oi")
    ana.wait("message")
    commands = [
        {"text": "Hello", "reply_to": first, "ref": "reply"},
        {"text": "psst", "to": "Bia", "ref": "aside"},
        {"text": "?", "to": "Bia", "words": words_of(bia.member.person.key), "ref": "sure"},
        {"text": "?", "to": "Bia", "words": "babab", "ref": "wrong"},
        {"text": "?", "to": "Eve", "ref": "nobody"},
        {"command": "react", "id": first, "emoji": ":heart:", "ref": 7},
        {"command": "edit", "id": first, "text": "x", "ref": "theirs"},
        {"command": "delete", "id": "00", "ref": "none"},
        {"command": "who", "ref": "who"},
        {"command": "list", "messages": 1, "ref": "list"},
        {"command": "search", "text": "oi", "ref": "search"},
        {"command": "earlier", "ref": "earlier"},
    ]
    ana.type(*map(json.dumps, commands))
    ana.wait('"ref": "earlier"')
    ana.wait('"ref": "who"')
    sent = {each["ref"]: each for each in objects(ana, "sent")}
    ana.type(json.dumps({"command": "edit", "id": sent["reply"]["id"], "text": "Hi", "ref": "e"}))
    ana.type(json.dumps({"command": "delete", "id": sent["aside"]["id"], "ref": "d"}))
    ana.wait('"ref": "d"')
    bia.wait(Received, 6)
    ana.type("TT")
    assert ana.end() == (0, "")
    assert (sent["aside"]["to"], "to" in sent["reply"]) == ("Bia", False)
    assert set(sent) == {"reply", "aside", "sure", 7}
    acked = {each["id"] for each in objects(ana, "acked")}
    assert {each["id"] for each in objects(ana, "sent")} == acked
    refused = [each["ref"] for each in objects(ana, "error")]
    assert refused == ["wrong", "nobody", "theirs", "none"]
    (listed,), (match,), (searched,) = (
        objects(ana, kind) for kind in ("listed", "match", "searched")
    )
    assert (listed["id"], listed["ref"]) == (sent["sure"]["id"], "list")
    assert (match["id"], match["reactions"]) == (first, [{"emoji": "❤️", "from": ["Ana"]}])
    assert searched == {
        "event": "searched", "text": "oi", "found": 1, "among": 4, "everything": False,
        "ref": "search",
    }  # fmt: skip
    heard = [(type(event.content), event.private) for event in bia.of(Received)]
    me = bia.member.person
    assert heard == [
        (Text, None), (Text, me), (Text, me), (Reaction, None), (Edit, None), (Delete, me),
    ]  # fmt: skip


def test_a_program_reads_the_past_between_two_objects(start: Start, friends: Friends) -> None:
    bia = friends()
    say_apart(bia, *(f"line {number}" for number in range(10)))
    ana = start("--json", history="1")
    ana.wait("line 9")
    ana.type('{"command": "earlier", "messages": 50, "ref": 1}', '{"command": "earlier"}')
    ana.wait('"more": false')
    ana.type("TT")
    assert ana.end() == (0, "")
    begin, end, _, last = objects(ana, "earlier")
    assert begin == {"event": "earlier", "part": "begin", "messages": begin["messages"], "ref": 1}
    assert end == {"event": "earlier", "part": "end", "more": True, "ref": 1}
    assert last == {"event": "earlier", "part": "end", "more": False}
    page = [each for each in objects(ana, "message") if each.get("ref") == 1]
    assert [each["text"] for each in page] == [f"line {n}" for n in range(begin["messages"])]
    assert all(each["history"] and not each["edited"] for each in page)
