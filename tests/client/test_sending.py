import io
from collections.abc import Callable
from contextlib import redirect_stderr
from pathlib import Path

import pytest

from sussurro_client import sending
from sussurro_client.address import Address
from sussurro_client.contents import Content, File, Part
from sussurro_client.errors import ClientError
from sussurro_client.events import Earlier, Received
from sussurro_client.key import RoomKey
from sussurro_client.member import Member
from sussurro_client.session import Session
from sussurro_client.settings import SendSettings
from tests.client.scenes import Friend, Program, RealRelay, silent_port
from tests.support.programs import running_relay
from tests.support.relay import DEADLINE, RoomSecret


def test_who_is_refused_before_there_was_anything_to_send_hears_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refusal may come faster than the message is handed over."""
    real = Session.say

    def say_late(self: Session, content: Content, timeout: float | None = None) -> str:
        self._thread.join(DEADLINE)
        return real(self, content, timeout)

    monkeypatch.setattr(Session, "say", say_late)
    key = tmp_path / "key.key"
    key.write_text("A" * 43 + "=")
    key.chmod(0o600)
    with running_relay(tmp_path, RELAY_ROOMS=RoomSecret().room) as relay:
        settings = SendSettings(
            relay=relay.address, key=key, state=tmp_path / "state", name="ana", text="Oi"
        )
        with pytest.raises(ClientError, match="room"):
            sending.send(settings)


@pytest.fixture
def send(relay: RealRelay, folder: Path) -> Callable[..., tuple[int, str]]:
    """Run ``sussurro send`` with options; return its exit code and what it complained of."""

    def run(*options: str, text: str = "", **settings: str) -> tuple[int, str]:
        settings = {"relay": f"127.0.0.1:{relay.port}", "name": "Ana"} | settings
        with Program(folder, "send", *options, settings=settings) as program:
            if text:
                program.type(text)
            program.end_input()
            return program.end()

    return run


def test_a_text_for_one_alone_is_sealed_for_whoever_is_here(
    send: Callable[..., tuple[int, str]], friends: Callable[..., Friend]
) -> None:
    bia, caio = friends(), friends("Caio", 3)
    assert send("--to", "Bia", "psst") == (0, "")
    heard = bia.wait(Received)
    assert (heard.text, heard.private) == ("psst", bia.member.person)
    assert send("for everybody") == (0, "")
    assert [event.text for event in (caio.wait(Received),)] == ["for everybody"]


def test_whoever_was_met_before_need_not_be_here(
    send: Callable[..., tuple[int, str]], friends: Callable[..., Friend]
) -> None:
    bia = friends()
    assert send("--to", "Bia", text="from a pipe") == (0, "")
    bia.session.close(2)
    assert send("--to", "Bia", "later") == (0, "")
    again = friends()
    again.session.ask_earlier(10)
    page = again.wait(Earlier)
    told = [event.text for event in page.events if isinstance(event, Received)]
    assert told == ["from a pipe", "later"]


def test_for_whoever_was_never_here_nothing_is_sent(send: Callable[..., tuple[int, str]]) -> None:
    code, complaint = send("--to", "Eve", "psst", leave_seconds="0.5")
    assert (code, complaint) == (2, "Nobody called Eve was met here.\n")


def test_without_a_relay_what_is_for_one_alone_is_told_as_not_delivered(folder: Path) -> None:
    complaints = io.StringIO()
    with silent_port() as port, redirect_stderr(complaints):
        settings = SendSettings(
            relay=Address("127.0.0.1", port),
            key=folder / "key.key",
            state=folder / "state",
            name="ana",
            text="psst",
            to="Bia",
            leave_seconds=0.2,
        )
        code = sending.send(settings)
    assert code == 1
    assert "No relay answers" in complaints.getvalue()
    assert "1 message was not delivered: psst" in complaints.getvalue()


def test_a_file_is_sent_whole_and_after_its_message(
    send: Callable[..., tuple[int, str]], friends: Callable[..., Friend], folder: Path
) -> None:
    bia = friends()
    path = folder / "x.txt"
    path.write_bytes(b"whole\n" * 30_000)
    assert send("--file", str(path), "here it is") == (0, "")
    offer = bia.wait(Received, 2).content
    assert bia.of(Received)[0].text == "here it is"
    assert isinstance(offer, File)
    assert (offer.name, offer.size) == ("x.txt", 180_000)
    parts = Friend(bia.relay, Member(RoomKey.from_secret(offer.key), bia.member.identity, "Bia"))
    parts.session.ask_earlier(100)
    page = parts.wait(Earlier)
    data = b"".join(
        event.content.data
        for event in page.events
        if isinstance(event, Received) and isinstance(event.content, Part)
    )
    parts.session.close(0)
    assert data == path.read_bytes()


def test_a_file_for_one_alone_is_offered_to_nobody_else(
    send: Callable[..., tuple[int, str]], friends: Callable[..., Friend], folder: Path
) -> None:
    bia = friends()
    assert send("--to", "Bia", "--file", str(folder / "key.key")) == (0, "")
    heard = bia.wait(Received)
    assert isinstance(heard.content, File)
    assert heard.private == bia.member.person


def test_what_is_no_file_is_told_with_exit_2(
    send: Callable[..., tuple[int, str]], folder: Path
) -> None:
    code, complaint = send("--file", str(folder / "nothing"))
    assert code == 2
    assert complaint.count("\n") == 1


def test_a_file_that_no_relay_takes_is_told_with_exit_1(
    send: Callable[..., tuple[int, str]], folder: Path
) -> None:
    with silent_port() as port:
        relay = f"127.0.0.1:{port}"
        code, complaint = send("--file", str(folder / "key.key"), relay=relay, leave_seconds="0.2")
    assert code == 1
    assert "No relay answers" in complaint
    assert complaint.endswith("key.key was not sent.\n")
