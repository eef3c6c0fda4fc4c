"""What is in the images, and what is not."""

import io
import tarfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.docker import ROOT, Images, inspect, run, run_in_image
from tests.support.imports import LOADED, forbidden_among_loaded

pytestmark = [pytest.mark.docker, pytest.mark.timeout(300)]

# Asked inside the image: everything that the relay's own code brings in.
_IMPORT_EVERYTHING = """
import importlib, pkgutil, sys
import sussurro_relay, sussurro_wire
for package in (sussurro_relay, sussurro_wire):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
print(*sys.modules, sep="\\n")
"""
_TRY_IMPORTS = """
import importlib, sys
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except ImportError:
        continue
    print(name)
"""
_CHECK_SIGNATURE = """
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
signer = Ed25519PrivateKey.generate()
signature = signer.sign(b"Oi")
signer.public_key().verify(signature, b"Oi")
try:
    signer.public_key().verify(signature, b"oi")
except InvalidSignature:
    print("refused")
"""


@pytest.fixture(params=["relay", "client"])
def image(request: pytest.FixtureRequest, images: Images) -> str:
    return str(getattr(images, request.param))


def blobs(image: str, folder: Path) -> Iterator[tuple[str, bytes]]:
    """Return everything that whoever pulls the image gets: each layer and each description."""
    saved = folder / "image.tar"
    run("docker", "save", "--output", str(saved), image)
    with tarfile.open(saved) as outer:
        for member in outer:
            file = outer.extractfile(member) if member.isfile() else None
            if file:
                yield member.name, file.read()


def names_in(blob: bytes) -> list[str]:
    """Return the names of the files in a layer; none for what is not one."""
    try:
        with tarfile.open(fileobj=io.BytesIO(blob)) as layer:
            return layer.getnames()
    except tarfile.ReadError:
        return []


def test_no_layer_of_an_image_holds_a_key(image: str, key_text: str, tmp_path: Path) -> None:
    """Not even where it lay in the folder that the image was built from."""
    seen = 0
    for name, blob in blobs(image, tmp_path):
        assert key_text.encode() not in blob, f"the key is in {name}"
        files = names_in(blob)
        seen += len(files)
        assert [file for file in files if file.endswith(".key")] == []
    assert seen > 1000, "the layers were not opened"


def test_the_server_image_holds_no_client_code_and_nothing_that_only_clients_need(
    images: Images,
) -> None:
    names = ("sussurro_client", "msgpack", "textual", "rich", "segno")
    brought = run_in_image(images.relay, "python", "-", *names, input=_TRY_IMPORTS).stdout
    assert brought.split() == []
    (names_of_code,) = [
        run_in_image(images.relay, "ls", "/opt/sussurro/services").stdout.split(),
    ]
    assert names_of_code == ["sussurro_relay", "sussurro_wire"]


def test_the_client_image_holds_no_relay_code(images: Images) -> None:
    listed = run_in_image(images.client, "ls", "/opt/sussurro/services").stdout.split()
    assert listed == ["sussurro_client", "sussurro_wire"]


def test_nothing_in_the_server_image_decrypts(images: Images) -> None:
    """No cipher is there to be imported, and the relay in it loads without one."""
    primitives = "cryptography.hazmat.primitives"
    names = ("ciphers", "ciphers.aead", "hpke", "keywrap", "serialization", "asymmetric.x25519")
    others = ("cryptography.fernet", "cryptography.cobblestone", "cryptography.hazmat.decrepit")
    ciphers = (*others, *(f"{primitives}.{name}" for name in names))
    there = run_in_image(images.relay, "python", "-", *ciphers, input=_TRY_IMPORTS).stdout
    assert there.split() == []
    loaded = run_in_image(images.relay, "python", "-", input=_IMPORT_EVERYTHING).stdout.split()
    assert "sussurro_relay.__main__" in loaded
    assert forbidden_among_loaded(loaded) == []


def test_of_the_library_the_server_image_has_what_the_relay_loads(images: Images) -> None:
    """Nothing else of it can be imported; the compiled binding alone cannot be divided."""
    search = ("/opt/sussurro/packages/cryptography", "-name", "*.py", "-printf", "%P\\n")
    listed = run_in_image(images.relay, "find", *search).stdout.split()
    modules = {
        ".".join(("cryptography", *path.removesuffix(".py").split("/"))).removesuffix(".__init__")
        for path in listed
    }
    assert modules == LOADED - {"cryptography.hazmat.bindings._rust"}


def test_no_program_in_the_server_image_decrypts(images: Images) -> None:
    tools = "openssl gpg gpg2 age ccrypt mcrypt"
    found = run_in_image(
        images.relay, "sh", "-c", f"for tool in {tools}; do command -v $tool; done; true"
    )
    assert found.stdout == ""


def test_a_signature_is_still_checked_in_the_server_image(images: Images) -> None:
    done = run_in_image(images.relay, "python", "-", input=_CHECK_SIGNATURE)
    assert done.stdout == "refused\n"


def test_an_image_runs_as_a_numeric_user_that_is_not_root(image: str) -> None:
    assert inspect(image)["Config"]["User"] == "10001:10001"
    assert run_in_image(image, "id", "-u").stdout.strip() == "10001"


def test_an_image_ends_on_sigterm_and_says_how_it_is_and_what_it_is(image: str) -> None:
    config = inspect(image)["Config"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    labels = config["Labels"]
    assert config["StopSignal"] == "SIGTERM"
    assert config["Healthcheck"]["Test"][:2] == ["CMD", "python"]
    assert labels["org.opencontainers.image.version"] == project["version"]
    assert labels["org.opencontainers.image.licenses"] == project["license"]
    assert labels["org.opencontainers.image.title"]
    assert labels["org.opencontainers.image.description"]


def test_the_code_in_an_image_knows_its_version(image: str) -> None:
    asked = "from importlib.metadata import version; print(version('sussurro'))"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert run_in_image(image, "python", "-c", asked).stdout.strip() == project["version"]


def test_nothing_in_an_image_installs_or_builds(image: str) -> None:
    tools = "pip pip3 uv gcc cc g++ c++ make ld as cargo git"
    found = run_in_image(image, "sh", "-c", f"for tool in {tools}; do command -v $tool; done; true")
    assert found.stdout == ""
    modules = ("pip", "ensurepip", "setuptools")
    assert run_in_image(image, "python", "-", *modules, input=_TRY_IMPORTS).stdout == ""


def test_the_user_of_an_image_can_write_none_of_its_code(image: str) -> None:
    search = ("/opt", "-writable", "-not", "-type", "l")
    assert run_in_image(image, "find", *search).stdout == ""


def test_all_code_of_an_image_is_compiled_when_it_is_built(image: str) -> None:
    """A read-only file system would otherwise compile it at every start."""
    every = run_in_image(image, "find", "/opt/sussurro/services", "-name", "*.py*").stdout.split()
    sources = [Path(name) for name in every if name.endswith(".py")]
    compiled = [Path(name) for name in every if name.endswith(".pyc")]
    assert len(sources) == len(compiled) > 0
