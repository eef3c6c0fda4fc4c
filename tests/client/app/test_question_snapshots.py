"""What the questions before and after a room look like; ``pytest --snapshot-update`` accepts more."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from sussurro_client import words
from sussurro_client.app.app import Outcome
from sussurro_client.app.screens.key_answer import KeyAnswerScreen, Question
from sussurro_client.app.screens.key_choice import KeyChoiceScreen
from sussurro_client.app.screens.key_found import KeyFoundScreen
from sussurro_client.app.screens.leave import LeaveScreen
from sussurro_client.app.screens.name import NameScreen
from sussurro_client.first_key import about_new_key
from sussurro_client.words import _
from tests.client.app.fakes import ROOM_WORDS, stage
from tests.client.app.play import until
from tests.client.scenes import KEY

Compare = Callable[..., bool]
KEY_PATH = Path("key.key")


def _answer() -> KeyAnswerScreen:
    question = Question(_("Paste the key that you were given."), _("The key"), is_secret=True)
    return KeyAnswerScreen(question)


SCREENS: dict[str, Callable[[], Screen[Any]]] = {
    "choice": lambda: KeyChoiceScreen(KEY_PATH),
    "answer": _answer,
    "found": lambda: KeyFoundScreen(about_new_key(KEY_PATH, KEY.room)),
    "name": lambda: NameScreen(ROOM_WORDS),
    "leave": lambda: LeaveScreen(1),
}


@pytest.fixture(autouse=True)
def _language_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_translations", words._translations)


@pytest.mark.parametrize("is_light", [False, True])
@pytest.mark.parametrize("language", ["en", "pt_BR"])
@pytest.mark.parametrize("name", SCREENS)
def test_a_question_looks_as_it_did(
    snap_compare: Compare, name: str, language: str, *, is_light: bool
) -> None:
    words.use_language(language)
    scene = stage("")  # no room behind it, which may come to look otherwise

    async def prepare(pilot: Pilot[Outcome]) -> None:
        if is_light:
            await pilot.press("f2")
        screen = SCREENS[name]()
        scene.app.push_screen(screen)
        await until(pilot, lambda: screen.is_mounted)
        for field in screen.query("Input"):
            field.cursor_blink = False  # type: ignore[attr-defined]  # an Input's
        await pilot.pause()

    assert snap_compare(scene.app, terminal_size=(72, 24), run_before=prepare)


@pytest.mark.parametrize("name", SCREENS)
def test_a_narrow_question_looks_as_it_did(snap_compare: Compare, name: str) -> None:
    scene = stage("")  # no room behind it, which may come to look otherwise

    async def prepare(pilot: Pilot[Outcome]) -> None:
        screen = SCREENS[name]()
        scene.app.push_screen(screen)
        await until(pilot, lambda: screen.is_mounted)
        for field in screen.query("Input"):
            field.cursor_blink = False  # type: ignore[attr-defined]  # as above
        await pilot.pause()

    assert snap_compare(scene.app, terminal_size=(20, 10), run_before=prepare)
