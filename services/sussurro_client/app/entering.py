"""Going in: what is not given is asked for, key by key, and then the name."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from textual.app import App

from sussurro_client.app.assistant import find_key
from sussurro_client.app.outcome import Outcome
from sussurro_client.app.ports import Entrance
from sussurro_client.app.screens.name import NameScreen
from sussurro_client.errors import ClientError
from sussurro_client.names import name_flaw
from sussurro_client.naming import room_words


class Entering:
    """Leads into rooms, all with the first one's name. Lives in the app's thread."""

    def __init__(
        self,
        app: App[Any],
        entrances: Sequence[Entrance],
        enter: Callable[[Iterable[Entrance]], None],
    ) -> None:
        """``enter`` goes in, once everything is known; raises ClientError, which ends the app."""
        self._app = app
        self._entrances = tuple(entrances)
        self._enter = enter

    def begin(self) -> None:
        """Ask for keys and a name where they are not given, then go in."""
        if any(entrance.key_place for entrance in self._entrances):
            self._app.run_worker(self._find_keys())
        else:
            self._ask_name()

    async def _find_keys(self) -> None:
        found = []
        for entrance in self._entrances:
            invitation = entrance.invitation
            if entrance.key_place is not None:
                room = await find_key(self._app, entrance.key_place)
                invitation = replace(invitation, room_words=room_words(room))
            found.append(replace(entrance, invitation=invitation, key_place=None))
        self._entrances = tuple(found)
        self._ask_name()

    def _ask_name(self) -> None:
        invitation = self._entrances[0].invitation
        name = invitation.name.strip()
        flaw = name_flaw(name)
        if flaw is None:
            self._go_in(name)
        else:
            screen = NameScreen(invitation.room_words, flaw if name else "")
            self._app.push_screen(screen, self._go_in)

    def _go_in(self, name: str | None) -> None:
        if name is None:
            return
        try:
            self._enter(
                replace(entrance, invitation=replace(entrance.invitation, name=name))
                for entrance in self._entrances
            )
        except ClientError as error:
            self._app.exit(Outcome(refusal=str(error)))
