"""Files in the line mode: real programs, over a real relay."""

import json
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from sussurro_client.contents import File
from sussurro_client.events import Received
from sussurro_client.key import RoomKey
from tests.client.files.play import names_in, some_bytes
from tests.client.scenes import OTHER_KEY, Friend, Program, RealRelay, objects

SIZE = 400_000


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "my photo.bin"
    path.write_bytes(some_bytes(SIZE))
    return path


def test_people_send_and_save_a_file_and_read_how_far_it_is(
    start: Callable[..., Program], photo: Path, tmp_path: Path
) -> None:
    ana = start("--plain", name="Ana")
    ana.wait("Connected")
    bia = start(
        "--plain", name="Bia", state=str(tmp_path / "bia"), downloads=str(tmp_path / "saved")
    )
    bia.wait("Connected")
    ana.type(f"/send '{photo}'")
    ana.wait("* my photo.bin is sent: 400 kB.")
    assert "offers a file of 400 kB" in bia.wait("my photo.bin")
    bia.type("/save")
    saved = bia.wait("* my photo.bin is saved as")
    assert saved.endswith("/saved/my photo.bin")
    assert (tmp_path / "saved" / "my photo.bin").read_bytes() == photo.read_bytes()
    assert any("% of 400 kB" in line for line in ana.lines)
    for program in (ana, bia):
        program.type("TT")
        assert program.end() == (0, "")


def test_a_file_in_a_pipe_is_whole_before_the_program_ends(
    start: Callable[..., Program], friends: Callable[..., Friend], photo: Path
) -> None:
    bia = friends()
    ana = start("--plain")
    ana.type(f"/send {photo}")
    ana.end_input()
    assert ana.end() == (0, "")
    offer = bia.wait(Received).content
    assert isinstance(offer, File)
    assert offer.size == SIZE


def test_programs_send_and_save_by_id_and_are_told_every_step(
    start: Callable[..., Program], photo: Path, tmp_path: Path
) -> None:
    ana, bia = start("--json"), start("--json", name="Bia", state=str(tmp_path / "bia"))
    ana.wait("connected")
    bia.wait("connected")
    ana.type(json.dumps({"command": "send_file", "path": str(photo), "ref": 5}))
    begun = json.loads(ana.wait('"transfer"'))
    assert begun == {"event": "transfer", "number": 1, "ref": 5}
    ana.wait('"state": "done"')
    offer = json.loads(bia.wait('"event": "file"'))
    sent = [each for each in objects(ana, "progress") if each["state"] == "done"]
    assert sent[0]["id"] == offer["id"]
    target = tmp_path / "copy.bin"
    bia.type(json.dumps({"command": "save", "id": offer["id"], "path": str(target)}))
    done = json.loads(bia.wait('"state": "done"'))
    assert done["path"] == str(target)
    assert (done["done"], done["total"]) == (SIZE, SIZE)
    assert target.read_bytes() == photo.read_bytes()
    progress = [each["done"] for each in objects(bia, "progress")]
    assert progress == sorted(progress)


def test_a_file_for_one_is_offered_to_that_one_alone(
    start: Callable[..., Program], photo: Path, tmp_path: Path
) -> None:
    ana, bia, eve = (
        start("--plain", name=name, state=str(tmp_path / name)) for name in ("Ana", "Bia", "Eve")
    )
    for program in (ana, bia, eve):
        program.wait("Connected")
    ana.type("/who")
    ana.wait("Eve")
    ana.type(f"/sendto Bia {photo}")
    ana.wait("is sent")
    ana.type("after it")
    eve.wait("after it")
    assert not any("photo" in line for line in eve.lines)
    bia.wait("private", "my photo.bin")
    bia.type("/save .")
    assert Path(bia.wait("is saved as").rpartition(" as ")[2]).name == "my photo (2).bin"


def test_what_cannot_be_done_is_said(start: Callable[..., Program]) -> None:
    ana = start("--plain")
    ana.wait("Connected")
    ana.type("/send", "/send nothing.png", "/save", "/save #lusab")
    ana.wait("! file was not sent. Say which file")
    ana.wait("! nothing.png was not sent. There is no file nothing.png.")
    ana.wait("! Nobody else has offered a file yet.")
    ana.type("/cancel")
    ana.wait("! No such file is on its way.")
    ana.wait("! No message with the tag #lusab")
    ana.type("TT")
    assert ana.end() == (0, "")


def test_a_relay_that_serves_listed_rooms_only_is_said_to_carry_no_files(
    start: Callable[..., Program], photo: Path, key: RoomKey
) -> None:
    with RealRelay(rooms=f"{key.room},{OTHER_KEY.room}") as process:
        ana = start("--plain", relay=f"127.0.0.1:{process.port}")
        ana.wait("Connected")
        ana.type(f"/send {photo}")
        assert "RELAY_ROOMS" in ana.wait("was not sent")


def test_ctrl_c_leaves_no_part_of_a_file_behind(
    start: Callable[..., Program], friends: Callable[..., Friend], tmp_path: Path
) -> None:
    bia = friends()
    ana = start("--json", downloads=str(tmp_path / "saved"))
    ana.wait("connected")
    offer = File(name="a", size=5, sha256=bytes(32), parts=1, key=bytes(32))
    message_id = bia.session.say(offer)
    ana.wait('"event": "file"')
    ana.type(json.dumps({"command": "save", "id": message_id}))
    ana.wait('"state": "connecting"')
    assert names_in(tmp_path / "saved") == [".a.part"]
    ana.process.send_signal(signal.SIGINT)
    assert ana.end()[0] == 130
    assert names_in(tmp_path / "saved") == []


def test_when_nobody_reads_any_more_no_part_of_a_file_stays_behind(
    start: Callable[..., Program], friends: Callable[..., Friend], tmp_path: Path
) -> None:
    bia = friends()
    ana = start("--json", downloads=str(tmp_path / "saved"), lines_read=5)
    ana.wait("connected")
    offer = File(name="a", size=5, sha256=bytes(32), parts=1, key=bytes(32))
    message_id = bia.session.say(offer)
    ana.wait('"event": "file"')
    ana.type(json.dumps({"command": "save", "id": message_id}))
    ana.wait('"state": "connecting"')
    ana.wait_unread()
    assert names_in(tmp_path / "saved") == [".a.part"]
    bia.session.send("Is anybody there?")
    assert ana.end() == (1, "")
    assert names_in(tmp_path / "saved") == []
