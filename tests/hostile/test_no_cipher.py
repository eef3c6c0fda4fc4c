import shutil
from pathlib import Path

import pytest

from sussurro_wire.limits import MAX_NUMBER
from sussurro_wire.messages import Ack, Leave, Past, PastEnd
from tests.support.imports import ALLOWED, LOADED, forbidden_among_loaded, forbidden_in_source
from tests.support.relay import SERVICES, Member, RelayProcess, RoomSecret, token

_PACKAGES = ("sussurro_relay", "sussurro_wire")
# Runs the relay in a folder, and tells at its end what it has loaded until then.
_TELL = """
import atexit, sys
sys.path[0] = {services!r}
atexit.register(lambda: print(*sys.modules, sep="\\n"))
from sussurro_relay.__main__ import main
sys.exit(main())
"""
# Ways to bring a cipher into a module.
_PLANTED = {
    "fernet": "from cryptography.fernet import Fernet",
    "the module": "from cryptography import fernet",
    "ciphers": "import cryptography.hazmat.primitives.ciphers.aead as boxes",
    "later": "def open_token():\n    from cryptography.hazmat.primitives.ciphers import Cipher",
    "all of it": "from cryptography.hazmat.primitives.asymmetric.ed25519 import *",
    "binding": "from cryptography.hazmat.bindings._rust import openssl",
    "newer": "from cryptography.cobblestone import Cobblestone128Decryptor",
    "hpke": "from cryptography.hazmat.primitives import hpke",
    "another key": "from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey",
    "client": "from sussurro_client.envelope import Sealer",
    "envelope": "import msgpack",
    "library": "import ctypes\nctypes.CDLL('libcrypto.so.3')",
    "by name": "import importlib\nimportlib.import_module('cryptography.' + 'fernet')",
    "hidden": "__import__('cryptography.fernet')",
    "program": "import subprocess\nsubprocess.run(['openssl', 'enc', '-d'])",
}


def loaded_by_a_relay(folder: Path, services: Path = SERVICES) -> list[str]:
    """Return every module that a relay has loaded once it has served a member."""
    secret = RoomSecret()
    program = _TELL.format(services=str(services))
    with RelayProcess(program=program, RELAY_LOG=f"sqlite:///{folder}/log.db") as relay:
        port = int(relay.listening()["port"])
        with Member(port) as member:
            member.join(secret)
            member.send(token(1))
            member.hear(Ack)
            member.say(Past(MAX_NUMBER, 1))
            member.hear(PastEnd)
            member.say(Leave())
            member.hear_rest()
        relay.process.terminate()
        code, output, journal = relay.end()
    assert code == 0, journal
    return output.split()


def copy_with(line: str, module: str, folder: Path) -> Path:
    """Copy the code of the services, with a line more in one module; return where it is."""
    copy = folder / "services"
    leave = shutil.ignore_patterns("__pycache__")
    for package in (*_PACKAGES, "sussurro_client"):
        shutil.copytree(SERVICES / package, copy / package, ignore=leave)
    path = copy / module
    path.write_text(f"{path.read_text()}\n{line}\n")
    return copy


@pytest.mark.parametrize("package", _PACKAGES)
def test_the_relay_is_written_with_nothing_that_could_decrypt(package: str) -> None:
    assert forbidden_in_source(SERVICES / package) == []


def test_a_relay_that_serves_has_loaded_nothing_that_could_decrypt(tmp_path: Path) -> None:
    """Of the library it has the check of a signature; the compiled part of it cannot be divided."""
    loaded = loaded_by_a_relay(tmp_path)
    assert {"sussurro_relay.connection", "sussurro_relay.log.sqlite"} <= set(loaded)
    assert forbidden_among_loaded(loaded) == []
    # A list that allowed more than is needed would one day let something in.
    assert set(loaded) >= LOADED


def test_what_the_relay_may_take_from_the_library_is_what_it_takes() -> None:
    source = (SERVICES / "sussurro_relay" / "admission.py").read_text()
    names = (name.rpartition(".") for name in ALLOWED)
    assert all(f"from {module} import {name}" in source for module, _, name in names)


@pytest.mark.parametrize("line", _PLANTED.values(), ids=_PLANTED)
@pytest.mark.parametrize("module", ["sussurro_relay/connection.py", "sussurro_wire/room.py"])
def test_an_import_that_is_planted_in_the_source_is_found(
    line: str, module: str, tmp_path: Path
) -> None:
    package, _, name = module.partition("/")
    found = forbidden_in_source(copy_with(line, module, tmp_path) / package)
    assert found
    assert all(each.startswith(f"{name}: ") for each in found)


@pytest.mark.parametrize("planted", ["fernet", "ciphers", "hpke", "client", "by name"])
def test_an_import_that_is_planted_in_a_relay_that_serves_is_found(
    planted: str, tmp_path: Path
) -> None:
    services = copy_with(_PLANTED[planted], "sussurro_relay/connection.py", tmp_path)
    assert forbidden_among_loaded(loaded_by_a_relay(tmp_path, services))
