"""The first run: what is asked, one after the other, until there is a key."""

import asyncio
from collections.abc import Callable
from typing import Any

from textual.app import App

from sussurro_client.app.ports import KeyPlace
from sussurro_client.app.screens.key_answer import KeyAnswerScreen, Question
from sussurro_client.app.screens.key_choice import KeyChoiceScreen, Way
from sussurro_client.app.screens.key_found import KeyFoundScreen
from sussurro_client.errors import ClientError
from sussurro_client.first_key import about_given_key, about_new_key
from sussurro_client.words import _


async def find_key(app: App[Any], place: KeyPlace) -> str:
    """Ask until a key is in its place; return its room. To be run in a worker of the app."""
    flaw = ""
    while True:
        way = await app.push_screen_wait(KeyChoiceScreen(place.path, flaw))
        flaw = ""
        if way is Way.NEW:
            try:
                room = place.make()
            except ClientError as error:
                flaw = str(error)
                continue
            await app.push_screen_wait(KeyFoundScreen(about_new_key(place.path, room)))
            return room
        given = await _ask(app, *_question(way, place))
        if given is not None:
            await app.push_screen_wait(KeyFoundScreen(about_given_key(place.path, given)))
            return given


async def _ask(app: App[Any], question: Question, take: Callable[[str], str]) -> str | None:
    """Ask until the answer leads to a room; None: somebody went back."""
    flaw = ""
    while True:
        answer = await app.push_screen_wait(KeyAnswerScreen(question, flaw))
        if answer is None:
            return None
        try:
            return await asyncio.to_thread(take, answer)
        except ClientError as error:
            flaw = str(error)


def _question(way: Way, place: KeyPlace) -> tuple[Question, Callable[[str], str]]:
    if way is Way.PASTE:
        words, placeholder = _("Paste the key that you were given."), _("The key")
        return Question(words, placeholder, is_secret=True), place.take
    words = _("Where is the picture of the QR code?")
    return Question(words, _("Path of the file"), is_secret=False), place.scan
