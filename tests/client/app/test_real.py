"""The app over a real session and a real relay."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from textual.pilot import Pilot

from sussurro_client.address import Address
from sussurro_client.app.app import Outcome, SussurroApp
from sussurro_client.app.ports import Entrance, Invitation, Listener
from sussurro_client.app.widgets.conversation import Conversation
from sussurro_client.app.widgets.status import Status
from sussurro_client.doorway import Doorway
from sussurro_client.events import Moved
from sussurro_client.identity import Identity, load_identity
from sussurro_client.key import RoomKey
from sussurro_client.member import Member
from sussurro_client.rekey import announce
from sussurro_client.session import Session
from sussurro_relay.server import Server
from tests.client.app.play import run, until
from tests.support.relay import HOST, running_relay

KEY = Fernet.generate_key().decode()


@pytest.fixture
def relay() -> Iterator[Server]:
    with running_relay() as server:
        yield server


def member_of(name: str) -> Member:
    return Member(RoomKey.from_text(KEY), Identity.new(), name)


@dataclass(frozen=True)
class OneRoom:
    """A doorway to one room, in which nothing is kept."""

    address: Address

    def open(self, name: str, listener: Listener) -> Session:
        return Session(self.address, member_of(name), listener=listener)

    def open_file(self, key: RoomKey, name: str, listener: Listener, history: int) -> Session:
        raise AssertionError((key, name, listener, history))

    def follow(self, moved: Moved) -> None:
        raise AssertionError(moved)

    def is_muted(self) -> bool:
        return False

    def mute(self, *, is_muted: bool) -> bool:
        raise AssertionError(is_muted)


def app_for(name: str, port: int) -> SussurroApp:
    address = Address(HOST, port)
    return SussurroApp([Entrance(OneRoom(address), Invitation(name, b"own", "", str(address)))])


def shown(app: SussurroApp) -> str:
    return app.screen.query_one(Conversation).text


def status(app: SussurroApp) -> str:
    return app.screen.query_one(Status).render().plain


def test_the_app_talks_with_another_member_through_a_relay(relay: Server) -> None:
    app = app_for("Bia", relay.port)

    async def script(pilot: Pilot[Outcome]) -> None:
        await until(pilot, lambda: "connected · 1 here" in status(app))
        with Session(Address(HOST, relay.port), member_of("João")) as other:
            await until(pilot, lambda: "João is here." in shown(app))
            other.send("Oi, Bia!")
            await until(pilot, lambda: "Oi, Bia!" in shown(app))
            await pilot.press(*"Oi", "enter")
            await until(pilot, lambda: shown(app).endswith("Oi ·"))
        await until(pilot, lambda: "João has left." in shown(app))
        await pilot.press(*"TT", "enter")
        await until(pilot, lambda: app.return_value is not None)

    run(app, script)
    assert app.return_value == Outcome()


def test_move_goes_on_in_the_room_of_the_new_key(relay: Server, tmp_path: Path) -> None:
    address, new_key = Address(HOST, relay.port), RoomKey.from_text(Fernet.generate_key().decode())
    (tmp_path / "key.key").write_text(KEY + "\n")
    (tmp_path / "key.key").chmod(0o600)
    identity = load_identity(tmp_path)
    doorway = Doorway(address, tmp_path / "key.key", tmp_path, identity, None, 20.0, 10)
    invitation = Invitation("Bia", identity.public_key, "", str(address))
    app = SussurroApp([Entrance(doorway, invitation)])
    joao = member_of("João")

    async def script(pilot: Pilot[Outcome]) -> None:
        with (
            Session(address, joao) as old,
            Session(address, Member(new_key, joao.identity, "João")) as new,
        ):
            await until(pilot, lambda: "connected · 2 here" in status(app))
            await until(pilot, lambda: len(old.acquaintances) == 1)
            for content in announce(joao, new_key.text, old.acquaintances):
                old.say(content)
            await until(pilot, lambda: "João has made a new key" in shown(app))
            await pilot.press(*"/move", "enter")
            await until(pilot, lambda: "You are in the new room now" in shown(app))
            await until(pilot, lambda: "connected · 2 here" in status(app))
            new.send("Oi, Bia!")
            await until(pilot, lambda: "Oi, Bia!" in shown(app))
        assert doorway.key.room == new_key.room
        await pilot.press(*"TT", "enter")
        await until(pilot, lambda: app.return_value is not None)

    run(app, script)
    assert app.return_value == Outcome()


def test_what_no_relay_took_is_handed_back_at_leaving() -> None:
    with running_relay() as gone:
        port = gone.port
    app = app_for("Bia", port)

    async def script(pilot: Pilot[Outcome]) -> None:
        await until(pilot, lambda: f"No relay answers at {HOST}:{port}." in shown(app))
        await pilot.press(*"Oi", "enter")
        await until(pilot, lambda: "Oi  sending…" in shown(app))
        await pilot.press(*"/quit", "enter")
        await until(pilot, lambda: app.return_value is not None)

    run(app, script)
    assert app.return_value == Outcome(undelivered=("Oi",))


def test_a_relay_that_does_not_serve_the_room_ends_the_app() -> None:
    elsewhere = RoomKey.from_text(Fernet.generate_key().decode()).room
    with running_relay(rooms=frozenset({elsewhere})) as relay:
        app = app_for("Bia", relay.port)

        async def script(pilot: Pilot[Outcome]) -> None:
            await until(pilot, lambda: app.return_value is not None)

        run(app, script)
    assert app.return_value is not None
    assert "does not serve this room" in app.return_value.refusal
