"""What is done with messages: by keys on one that is chosen, and by commands."""

import struct
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from sussurro_client.app.app import Outcome
from sussurro_client.app.screens.confirm import ConfirmScreen
from sussurro_client.app.screens.react import ReactScreen
from sussurro_client.contents import Delete, Edit, File, Reaction, Text
from sussurro_client.events import Kept, Person, Received
from tests.client.app.fakes import ANA, BIA, JOAO, Stage, own_id, said, stage
from tests.client.app.play import drafted, painted, play, room, shown, until

FIRST, SECOND = said(ANA, "first"), said(JOAO, "second", 1)


def digest(heard: Received) -> bytes:
    return bytes.fromhex(heard.id)


async def hear_two(scene: Stage, pilot: Pilot[Outcome]) -> None:
    scene.session.let_in(ANA, JOAO, BIA)
    scene.session.tell(FIRST)
    scene.session.tell(SECOND)
    await until(pilot, lambda: "second" in painted(scene))


def chosen(scene: Stage) -> str:
    post = room(scene).conversation.selected
    return post.text if post else ""


def test_alt_up_and_down_choose_messages_and_escape_goes_back_to_the_draft() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await hear_two(scene, pilot)
        await pilot.press("a", "alt+up")
        assert chosen(scene) == "second"
        await until(pilot, lambda: room(scene).timeline.get(SECOND.id).tag in painted(scene))  # type: ignore[union-attr]  # it is there
        await until(pilot, lambda: "r reply" in painted(scene))
        await pilot.press("alt+up", "ctrl+up")
        assert chosen(scene) == "first", "there is nothing above the first"
        await pilot.press("down")
        assert chosen(scene) == "second"
        await pilot.press("alt+down", "up")
        assert chosen(scene) == "first"
        await pilot.press("escape", "b")
        assert (chosen(scene), drafted(scene)) == ("", "ab")
        await until(pilot, lambda: "Enter send" in painted(scene))

    play(scene, script)


def test_with_nothing_said_nothing_is_chosen() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press("alt+up", "alt+down", "a")
        assert drafted(scene) == "a"

    play(scene, script)


def test_a_message_out_of_sight_comes_into_sight_when_it_is_chosen() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.let_in(ANA, BIA)
        for number in range(60):
            scene.session.tell(said(ANA, f"<{number}>"))
        await until(pilot, lambda: "<59>" in painted(scene))
        await pilot.press("alt+up", *["up"] * 40)
        assert chosen(scene) == "<19>"
        await until(pilot, lambda: "<19>" in painted(scene))

    play(scene, script)


def test_r_answers_what_is_chosen_and_says_so_above_the_draft() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await hear_two(scene, pilot)
        await pilot.press("alt+up", "alt+up", "r")
        await until(pilot, lambda: "replying to Ana: first · Esc" in painted(scene))
        await pilot.press(*"Oi", "enter")
        assert scene.session.said == [Text(text="Oi", reply_to=digest(FIRST))]
        assert "↪ Ana: first" in shown(scene)
        await until(pilot, lambda: "replying" not in painted(scene))
        await pilot.press(*"plain", "enter")
        assert scene.session.sent == ["plain"]

    play(scene, script)


def test_escape_ends_an_answer_and_keeps_what_was_written() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await hear_two(scene, pilot)
        await pilot.press("alt+up", "r", *"Oi")
        await pilot.press("escape", "enter")
        assert scene.session.sent == ["Oi"]

    play(scene, script)


def test_a_command_works_while_an_answer_is_written() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await hear_two(scene, pilot)
        await pilot.press("alt+up", "r", *"/nope", "enter")
        assert "There is no such command." in shown(scene)
        await until(pilot, lambda: "replying to João" in painted(scene))

    play(scene, script)


def test_e_edits_ones_own_text_and_gives_the_draft_back_afterwards() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press(*"/say /usr", "enter")
        await pilot.press(*"draft", "alt+up", "e")
        assert drafted(scene) == "/say /usr"
        await until(pilot, lambda: "editing: /usr · Esc" in painted(scene))
        await pilot.press(*"/bin", "enter")
        assert scene.session.said == [Edit(of=bytes.fromhex(own_id("sent 1")), text="/usr/bin")]
        assert "/usr/bin  (edited)" in shown(scene)
        assert drafted(scene) == "draft"

    play(scene, script)


def test_escape_ends_an_edit_and_gives_the_draft_back() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press(*"Oi", "enter", *"draft", "alt+up", "e", "x", "escape")
        assert drafted(scene) == "draft"
        assert scene.session.said == []

    play(scene, script)


def test_what_somebody_else_said_cannot_be_edited_or_deleted() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await hear_two(scene, pilot)
        await pilot.press("alt+up", "e", "d")
        await pilot.pause()
        assert shown(scene).count("That message is somebody else's") == 2
        assert len(scene.app.screen_stack) == 2
        assert scene.session.said == []

    play(scene, script)


def test_d_deletes_ones_own_after_a_question_only() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press(*"Oi", "enter", "alt+up", "d")
        assert isinstance(scene.app.screen, ConfirmScreen)
        await pilot.press("enter")  # what is offered first is to keep it
        await pilot.pause()
        assert scene.session.said == []
        await pilot.press("alt+up", "d", "tab", "enter")
        await until(pilot, lambda: bool(scene.session.said))
        assert scene.session.said == [Delete(of=bytes.fromhex(own_id("sent 1")))]
        await until(pilot, lambda: "deleted" in shown(scene))
        assert "Oi" not in shown(scene)

    play(scene, script)


def test_x_puts_an_emoji_beside_a_message_and_the_same_again_takes_it_back() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await hear_two(scene, pilot)
        await pilot.press("alt+up", "x")
        assert isinstance(scene.app.screen, ReactScreen)
        await pilot.press("q", "enter")
        await until(pilot, lambda: "Write one emoji" in painted(scene))
        await pilot.press("backspace", "1", "enter")
        await until(pilot, lambda: "+ 👍 1 (you)" in shown(scene))
        await pilot.press("alt+up", "plus", *":+1:", "enter")
        await until(pilot, lambda: "👍" not in shown(scene))
        assert scene.session.said == [
            Reaction(of=digest(SECOND), emoji="👍"),
            Reaction(of=digest(SECOND), emoji="👍", is_on=False),
        ]
        await pilot.press("alt+up", "x", "escape", "escape", "a")
        assert drafted(scene) == "a"

    play(scene, script)


def test_c_copies_the_text() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.tell(said(ANA, "one\x1b two"))
        await pilot.pause()
        await pilot.press("alt+up", "c")
        await pilot.pause()
        assert scene.app.clipboard == "one\ufffd two"
        assert chosen(scene) == ""

    play(scene, script)


def test_writing_on_ends_the_choice_of_a_message() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await hear_two(scene, pilot)
        await pilot.press("alt+up")
        await pilot.click("Composer")
        await pilot.press("a")
        assert (chosen(scene), drafted(scene)) == ("", "a")

    play(scene, script)


# Commands.


def test_commands_mean_the_newest_or_the_one_with_the_tag() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await hear_two(scene, pilot)
        first = room(scene).timeline.get(FIRST.id)
        assert first is not None
        await pilot.press(*"/reply Oi", "enter", *f"/reply {first.tag} Oi", "enter")
        await pilot.press(*"/react :heart:", "enter", *"/me waves", "enter")
        await pilot.press(*"/edit nods", "enter", *"/delete", "enter")
        action = bytes.fromhex(own_id("said 4"))
        assert scene.session.said == [
            Text(text="Oi", reply_to=digest(SECOND)),
            Text(text="Oi", reply_to=digest(FIRST)),
            Reaction(of=digest(SECOND), emoji="❤️"),
            Text(text="waves", is_action=True),
            Edit(of=action, text="nods"),
            Delete(of=action),
        ]

    play(scene, script)


def test_reply_and_edit_without_a_text_begin_one() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await hear_two(scene, pilot)
        await pilot.press(*"/reply", "enter")
        await until(pilot, lambda: "replying to João: second" in painted(scene))
        assert drafted(scene) == ""
        await pilot.press(*"Oi", "enter", *"/edit", "enter")
        assert drafted(scene) == "Oi"
        await pilot.press("!", "enter")
        assert drafted(scene) == ""
        assert scene.session.said == [
            Text(text="Oi", reply_to=digest(SECOND)),
            Edit(of=bytes.fromhex(own_id("said 1")), text="Oi!"),
        ]

    play(scene, script)


def test_what_cannot_be_done_is_a_sentence_and_the_line_stays() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        for line, sentence in (
            ("/reply Oi", "Nobody else has said anything yet."),
            ("/edit Oi", "You have said nothing yet."),
            ("/delete #lusab", "No message with the tag #lusab is loaded."),
            ("/msg Eve Oi", "Nobody called Eve was met here."),
            ("/me ", "There is no text"),
        ):
            await pilot.press(*line, "enter")
            assert sentence in " ".join(shown(scene).split())
            assert drafted(scene) == line
            await pilot.press("ctrl+u")
        assert scene.session.said == []

    play(scene, script, size=(160, 30))


def test_a_private_word_is_shown_as_one_until_it_is_kept_and_after() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.let_in(ANA, BIA)
        await pilot.press(*"/msg Ana psst", "enter")
        assert scene.session.whispered == [(ANA, Text(text="psst"))]
        assert "◆ private · for Ana  psst  sending…" in shown(scene)
        scene.session.tell(Kept(own_id("said 1"), 1))
        await pilot.pause()
        assert "◆ private · for Ana  psst ·" in shown(scene)

    play(scene, script)


def test_nothing_that_is_done_with_a_private_word_is_said_aloud() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.let_in(ANA, BIA)
        scene.session.tell(replace(said(ANA, "secret"), private=BIA))
        await pilot.pause()
        await pilot.press("alt+up", "r", *"hush", "enter")
        await pilot.press("alt+up", "e", "!", "enter")
        await pilot.press("alt+up", "up", "x", "1", "enter")
        await until(pilot, lambda: len(scene.session.said) == 3)
        await pilot.press(*"/delete", "enter")
        assert [person for person, _content in scene.session.whispered] == [ANA] * 4
        assert len(scene.session.said) == 4
        assert scene.session.sent == []

    play(scene, script)


def test_nothing_private_goes_to_whoever_has_the_name_of_another() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        twin = Person("Bia", b"t" * 32)
        scene.session.let_in(twin, BIA)
        await pilot.press(*"/msg Bia psst", "enter")
        assert "Nothing was sent: Bia has another identity" in " ".join(shown(scene).split())
        assert scene.session.whispered == []
        assert drafted(scene) == "/msg Bia psst"

    play(scene, script)


# What others do.


def test_what_others_change_is_seen_at_once_and_only_on_their_own() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await hear_two(scene, pilot)
        of = digest(FIRST)
        scene.session.tell(replace(said(ANA, "1"), content=Edit(of=of, text="First")))
        scene.session.tell(replace(said(JOAO, "2"), content=Edit(of=of, text="forged")))
        scene.session.tell(replace(said(JOAO, "3"), content=Reaction(of=of, emoji="👍")))
        await until(pilot, lambda: "First  (edited)" in shown(scene))
        assert "+ 👍 1" in shown(scene)
        assert "forged" not in shown(scene)
        scene.session.tell(replace(said(ANA, "4"), content=Delete(of=of)))
        await until(pilot, lambda: "deleted" in shown(scene))
        assert "First" not in shown(scene)

    play(scene, script)


def test_the_progress_of_a_file_is_shown_below_it() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        offer = File(name="a.txt", size=100, sha256=b"s" * 32, parts=1, key=b"k" * 32)
        heard = replace(said(ANA, "file"), content=offer)
        scene.session.tell(heard)
        await until(pilot, lambda: "a.txt  100 B" in painted(scene))
        room(scene).conversation.show_progress(heard.id, 50, 100, "receiving")
        room(scene).conversation.show_progress("not here", 50, 100, "receiving")
        await until(pilot, lambda: "50%  receiving" in painted(scene))

    play(scene, script)


@pytest.mark.parametrize(("variable", "rows"), [("NO_COLOR", 0), ("SOME_COLOR", 1)])
def test_a_picture_is_shown_only_where_there_are_colours(
    monkeypatch: pytest.MonkeyPatch, variable: str, rows: int
) -> None:
    monkeypatch.setenv(variable, "1")
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        preview = struct.pack(">II", 16, 2) + bytes(96)
        offer = File(
            name="a.png", size=9, sha256=b"s" * 32, parts=1, key=b"k" * 32, preview=preview
        )
        scene.session.tell(replace(said(ANA, "file"), content=offer))
        await until(pilot, lambda: "a.png" in painted(scene))
        assert shown(scene).count("▀" * 16) == rows

    play(scene, script)
