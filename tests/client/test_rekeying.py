"""`sussurro rekey` with a real relay, real clients in the room, and one who is away."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sussurro_client.address import Address
from sussurro_client.doorway import Doorway
from sussurro_client.errors import ClientError
from sussurro_client.events import Arrived, Connected, Moved, Present, Received, Standing
from sussurro_client.identity import load_identity
from sussurro_client.rekeying import rekey
from sussurro_client.session import Session
from sussurro_client.settings import RekeySettings
from tests.client.scenes import KEY, Ears, RealRelay, silent_port


@pytest.fixture
def relay() -> Iterator[RealRelay]:
    with RealRelay() as relay:
        yield relay


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "key.key"
    path.write_text(KEY.text)
    path.chmod(0o600)
    return path


class Home:
    """One person's place: a folder of their own, the group's key, and ears."""

    def __init__(self, name: str, port: int, key_file: Path) -> None:
        self.name = name
        self.state = key_file.parent / name
        address = Address("127.0.0.1", port)
        identity = load_identity(self.state)
        self.door = Doorway(address, key_file, self.state, identity, None, 20.0, history=50)

    def enter(self) -> tuple[Session, Ears]:
        """Go in, and wait until it is known who is there."""
        ears = Ears()
        session = self.door.open(self.name, ears)
        session.start()
        ears.wait(Connected)
        ears.wait(Present)
        return session, ears

    def rekey(self, key_file: Path, *names: str) -> int:
        settings = RekeySettings(
            relay=self.door.address,
            key=key_file,
            state=self.state,
            name=self.name,
            without=list(names),
        )
        return rekey(settings)


def homes(relay: RealRelay, key_file: Path, *names: str) -> list[Home]:
    return [Home(name, relay.port, key_file) for name in names]


def test_who_remains_moves_and_who_is_left_out_reads_nothing_of_the_new_room(
    relay: RealRelay, key_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ana, bia, eve = homes(relay, key_file, "Ana", "Bia", "Eve")
    (bia_old, bia_ears), (eve_old, eve_ears) = bia.enter(), eve.enter()
    assert ana.rekey(key_file, "Eve") == 0
    told = capsys.readouterr().out
    assert "Handed to: Bia (" in told
    assert "Left out: Eve (" in told
    offer, nothing = bia_ears.wait(Moved), eve_ears.wait(Moved)
    assert nothing.share is None
    assert offer.standing is Standing.KNOWN
    with pytest.raises(ClientError, match="not given"):
        eve.door.follow(nothing)
    bia.door.follow(offer)
    assert ana.door.key.room == bia.door.key.room == offer.room
    assert eve.door.key.room == KEY.room
    bia_old.close()
    (ana_new, ana_ears), (bia_new, _) = ana.enter(), bia.enter()
    bia_new.send("Only for those who remain")
    heard = ana_ears.wait(Received)
    assert heard.text == "Only for those who remain"
    assert not [event for event in eve_ears.heard if isinstance(event, Received)]
    for session in (ana_new, bia_new, eve_old):
        session.close()


def test_who_is_away_finds_the_new_key_on_coming_back(relay: RealRelay, key_file: Path) -> None:
    ana, bia = homes(relay, key_file, "Ana", "Bia")
    (ana_old, ears), (bia_old, _) = ana.enter(), bia.enter()
    ears.wait(Arrived)
    bia_old.close()
    ana_old.close()
    assert ana.rekey(key_file) == 0
    back, ears = bia.enter()
    offer = ears.wait(Moved)
    assert not offer.live
    bia.door.follow(offer)
    back.close()
    assert bia.door.key.room == ana.door.key.room != KEY.room


def test_whom_we_knew_in_the_old_room_we_know_in_the_new_one(
    relay: RealRelay, key_file: Path
) -> None:
    ana, bia = homes(relay, key_file, "Ana", "Bia")
    (ana_old, ears), (bia_old, _) = ana.enter(), bia.enter()
    ears.wait(Arrived)
    ana_old.trust(bia_old.member.person)
    ana_old.close()
    assert ana.rekey(key_file) == 0
    ana_new, _ = ana.enter()
    assert ana_new.standing(bia_old.member.person) is Standing.VERIFIED
    for session in (ana_new, bia_old):
        session.close()


def test_an_impostor_is_not_handed_the_key(
    relay: RealRelay, key_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ana, bia = homes(relay, key_file, "Ana", "Bia")
    impostor = Home("Other", relay.port, key_file)
    impostor.name = "Bia"
    (ana_old, ana_ears), (bia_old, _) = ana.enter(), bia.enter()
    ana_ears.wait(Arrived)
    false_bia, ears = impostor.enter()
    ana_old.close()
    assert ana.rekey(key_file) == 0
    assert "not certain who they are: Bia (" in capsys.readouterr().out
    assert ears.wait(Moved).share is None
    for session in (bia_old, false_bia):
        session.close()


def test_a_name_that_nobody_bears_changes_nothing(relay: RealRelay, key_file: Path) -> None:
    (ana,) = homes(relay, key_file, "Ana")
    with pytest.raises(ClientError, match="Nobody called Bea"):
        ana.rekey(key_file, "Bea")
    assert ana.door.key.room == KEY.room


def test_without_a_relay_nothing_changes_and_that_is_told(
    key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sussurro_client.rekeying._MEETING_SECONDS", 0.3)
    with silent_port() as port:
        ana = Home("Ana", port, key_file)
        with pytest.raises(ClientError, match="No relay answers"):
            ana.rekey(key_file)
    assert ana.door.key.room == KEY.room
