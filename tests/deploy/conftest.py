"""One build of the images and one running stack for every test that looks at them."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.support.docker import (
    KEY_FILE,
    Images,
    Stack,
    copy_checkout,
    new_stack,
    run,
    why_no_engine,
)

# Where a person may have left the key, and where a careless build would take it from.
_PLANTED = (KEY_FILE, f"services/{KEY_FILE}", "services/sussurro_client/left.key")
_PLANTED_IN_RELAY = "services/sussurro_relay/left.key"


@pytest.fixture(scope="session")
def engine() -> None:
    """Skip, with a line that says why, where no engine answers."""
    reason = why_no_engine()
    if reason:
        pytest.skip(reason)


@pytest.fixture(scope="session")
def key_text() -> str:
    return Fernet.generate_key().decode("ascii")


@pytest.fixture(scope="session")
def checkout(key_text: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the project in which the key lies about in several places."""
    folder = copy_checkout(tmp_path_factory.mktemp("checkout"))
    for name in (*_PLANTED, _PLANTED_IN_RELAY):
        planted = folder / name
        planted.write_text(key_text + "\n")
        planted.chmod(0o600)
    return folder


@pytest.fixture(scope="session")
def images(engine: None, checkout: Path) -> Iterator[Images]:  # noqa: ARG001 - skips for us
    """Build both as `docker compose up` would, under names of their own."""
    tag = secrets.token_hex(4)
    built = Images(f"sussurro-test-relay:{tag}", f"sussurro-test-client:{tag}")
    try:
        new_stack(checkout, built).compose("build", "--quiet", timeout=900)
        yield built
    finally:
        run("docker", "image", "rm", "--force", built.relay, built.client, check=False)


@pytest.fixture(scope="session")
def stack(checkout: Path, images: Images) -> Iterator[Stack]:
    """Return the whole stack, running, with three clients that nobody has named."""
    whole = new_stack(checkout, images)
    try:
        whole.compose("up", "--detach", "--no-build", "--wait", "--scale", "client=3")
        yield whole
    finally:
        whole.down()


@pytest.fixture
def make_stack(checkout: Path, images: Images, tmp_path: Path) -> Iterator[Callable[..., Stack]]:
    """Return a maker of stacks, not yet started, whose key file holds the given text."""
    made: list[Stack] = []

    def make(text: str, **settings: str) -> Stack:
        path = tmp_path / KEY_FILE
        path.write_text(text)
        path.chmod(0o600)
        made.append(new_stack(checkout, images, SUSSURRO_KEY_FILE=str(path), **settings))
        return made[-1]

    yield make
    for each in made:
        each.down()
