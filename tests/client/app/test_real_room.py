"""What is done with messages, over a real session and a real relay."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from cryptography.fernet import Fernet
from textual.pilot import Pilot

from sussurro_client.address import Address
from sussurro_client.app.app import Outcome, SussurroApp
from sussurro_client.app.ports import Entrance, Invitation, Listener
from sussurro_client.app.screens.search import SearchScreen
from sussurro_client.app.widgets.conversation import Conversation
from sussurro_client.contents import Edit, Reaction, Text
from sussurro_client.events import Connected, Moved, Received
from sussurro_client.identity import Identity
from sussurro_client.key import RoomKey
from sussurro_client.member import Member
from sussurro_client.session import Session
from sussurro_relay.server import Server
from tests.client.app.play import painted_app, run, until
from tests.client.scenes import Ears
from tests.support.relay import HOST, running_relay

KEY = Fernet.generate_key().decode()
BIA = Member(RoomKey.from_text(KEY), Identity.new(), "Bia")


@pytest.fixture
def relay() -> Iterator[Server]:
    with running_relay() as server:
        yield server


@dataclass(frozen=True)
class OneRoom:
    """A doorway to one room, in which nothing is kept, with a little of its history."""

    address: Address

    def open(self, name: str, listener: Listener) -> Session:
        assert name == "Bia"
        return Session(self.address, BIA, listener=listener, history=20)

    def follow(self, moved: Moved) -> None:
        raise AssertionError(moved)

    def open_file(self, key: RoomKey, name: str, listener: Listener, history: int) -> Session:
        raise AssertionError(key, name, listener, history)

    def is_muted(self) -> bool:
        return False

    def mute(self, *, is_muted: bool) -> bool:
        raise AssertionError(is_muted)


class Friend(Ears):
    """João, in the test's own process."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.member = Member(RoomKey.from_text(KEY), Identity.new(), "João")
        self.session = Session(Address(HOST, port), self.member, listener=self)
        self.session.start()
        self.wait(Connected)

    def close(self) -> None:
        self.session.close(2)


@pytest.fixture
def joao(relay: Server) -> Iterator[Friend]:
    friend = Friend(relay.port)
    yield friend
    friend.close()


def app_for(relay: Server) -> SussurroApp:
    address = Address(HOST, relay.port)
    key = BIA.person.key
    return SussurroApp([Entrance(OneRoom(address), Invitation("Bia", key, "", str(address)))])


def shown(app: SussurroApp) -> str:
    return app.screen_stack[1].query_one(Conversation).text


def test_a_private_talk_reaches_the_two_who_have_it_and_is_edited_in_private(
    relay: Server, joao: Friend
) -> None:
    app = app_for(relay)

    async def script(pilot: Pilot[Outcome]) -> None:
        await until(pilot, lambda: "João" in shown(app) or "João" in painted_app(app))
        await pilot.press(*"/msg João psst", "enter")
        await until(pilot, lambda: "private · for João  psst ·" in shown(app))
        heard = joao.wait(Received)
        assert heard.content == Text(text="psst")
        assert heard.private == joao.member.person
        await pilot.press(*"/edit hush", "enter")
        edit = joao.wait(Received, 2)
        assert edit.content == Edit(of=bytes.fromhex(heard.id), text="hush")
        assert edit.private is not None
        joao.session.whisper(heard.sender, Reaction(of=bytes.fromhex(heard.id), emoji="👍"))
        await until(pilot, lambda: "+ 👍 1" in shown(app))

    run(app, script, size=(120, 30))


def test_a_long_history_is_fetched_by_scrolling_and_searched_whole(
    relay: Server, joao: Friend
) -> None:
    for number in range(300):
        joao.session.send(f"message <{number}>")
    assert joao.session.wait_acknowledged(20)
    app = app_for(relay)

    async def script(pilot: Pilot[Outcome]) -> None:
        await until(pilot, lambda: "<299>" in shown(app))
        assert "<200>" not in shown(app)
        await pilot.press("pageup", "pageup", "pageup")
        await until(pilot, lambda: "<200>" in shown(app))
        assert "<10>" not in shown(app)
        await pilot.press(*"/searchall <7>", "enter")
        await until(pilot, lambda: "1 found in everything that is kept" in painted_app(app))
        assert isinstance(app.screen, SearchScreen)
        await pilot.press("enter")
        await until(pilot, lambda: "message <7>" in painted_app(app))
        text = shown(app)
        assert [f"<{number}>" in text for number in range(300)] == [True] * 300
        assert "!" not in text, "no warning comes of it"

    run(app, script, size=(100, 30))
