"""The relay and the client as programs, within TLS, and where only one of them speaks it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client.scenes import key_text_of
from tests.support.certificates import Authority, Pair, self_signed
from tests.support.programs import SECONDS, Chat, Relay, clean_environment, running_relay

KEY = key_text_of("within TLS")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tls")


@pytest.fixture(scope="module")
def authority(folder: Path) -> Authority:
    return Authority(folder)


@pytest.fixture(scope="module")
def pair(authority: Authority) -> Pair:
    return authority.issue("relay")


@pytest.fixture(scope="module")
def relay(folder: Path, pair: Pair) -> Iterator[Relay]:
    with running_relay(folder, **pair.settings, RELAY_HANDSHAKE_SECONDS="1") as process:
        yield process


def send(
    folder: Path, relay: str, *arguments: str, **settings: str
) -> subprocess.CompletedProcess[str]:
    key = folder / "key.key"
    key.write_text(KEY)
    key.chmod(0o600)
    return subprocess.run(
        [sys.executable, "-m", "sussurro_client", "send", "Oi", "--relay", relay, *arguments],
        check=False,
        cwd=folder,
        env=clean_environment(SUSSURRO_STATE=str(folder / "state"), **settings),
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )


def test_two_programs_talk_one_by_the_authority_and_one_by_the_pin(
    relay: Relay, authority: Authority, pair: Pair, tmp_path: Path
) -> None:
    host, on = f"localhost:{relay.port}", "true"
    ca = str(authority.path)
    ana = Chat(tmp_path / "ana", KEY, "ana", host, SUSSURRO_TLS=on, SUSSURRO_TLS_CA=ca)
    bia = Chat(tmp_path / "bia", KEY, "bia", host, SUSSURRO_TLS=on, SUSSURRO_TLS_PIN=pair.pin)
    try:
        ana.wait_event("connected")
        bia.wait_event("connected")
        ana.say(*(f"text {number}" for number in range(200)))
        bia.wait(lambda _: len(bia.texts()) >= 200, "all texts")
        assert bia.texts() == [f"text {number}" for number in range(200)]
        bia.say("x" * 60_000)
        ana.wait(lambda _: bool(ana.texts()), "a long text")
        assert ana.texts() == ["x" * 60_000]
        assert (ana.leave(), bia.leave()) == (0, 0)
    finally:
        ana.close()
        bia.close()


def test_a_message_is_sent_with_options_alone(
    relay: Relay, pair: Pair, authority: Authority, tmp_path: Path
) -> None:
    colons = ":".join(pair.pin[at : at + 2] for at in range(0, 64, 2)).upper()
    for option in (("--tls-pin", colons), ("--tls-ca", str(authority.path))):
        done = send(tmp_path, relay.address, "--tls", *option)
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("case", ["system", "authority", "pin", "name"])
def test_a_relay_that_does_not_prove_itself_ends_with_two_and_what_to_do(
    relay: Relay, authority: Authority, tmp_path: Path, case: str
) -> None:
    other = self_signed(tmp_path, "other")
    options = {
        "system": (),
        "authority": ("--tls-ca", str(other.certificate)),
        "pin": ("--tls-pin", other.pin),
        "name": ("--tls-ca", str(authority.path)),
    }[case]
    if case == "name":
        with running_relay(
            tmp_path, **authority.issue("named", ("elsewhere.example",)).settings
        ) as elsewhere:
            done = send(tmp_path, f"127.0.0.1:{elsewhere.port}", "--tls", *options)
    else:
        done = send(tmp_path, relay.address, "--tls", *options)
    assert done.returncode == 2
    assert "--tls-ca or --tls-pin" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_client_with_tls_says_that_the_relay_has_none(
    authority: Authority, tmp_path: Path
) -> None:
    with running_relay(tmp_path) as plain:
        done = send(tmp_path, plain.address, "--tls", "--tls-ca", str(authority.path))
    assert done.returncode == 2
    assert "does not speak TLS" in done.stderr


def test_a_client_without_tls_says_that_the_relay_expects_it(relay: Relay, tmp_path: Path) -> None:
    done = send(tmp_path, relay.address)
    assert done.returncode == 2
    assert "start with --tls" in done.stderr


@pytest.mark.parametrize(
    ("settings", "named", "words"),
    [
        ({"SUSSURRO_TLS_CA": "ca.pem"}, "SUSSURRO_TLS_CA (--tls-ca): ", "set that too"),
        ({"SUSSURRO_TLS_PIN": "ab" * 32}, "SUSSURRO_TLS_PIN (--tls-pin): ", "set that too"),
        (
            {"SUSSURRO_TLS": "true", "SUSSURRO_TLS_PIN": "ab"},
            "SUSSURRO_TLS_PIN (--tls-pin): ",
            "64 digits",
        ),
        (
            {"SUSSURRO_TLS": "true", "SUSSURRO_TLS_CA": "absent.pem"},
            "SUSSURRO_TLS_CA (--tls-ca): ",
            "cannot be read",
        ),
        ({"SUSSURRO_TLS": "perhaps"}, "SUSSURRO_TLS (--tls): ", "boolean"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_and_nothing_is_sent_in_the_clear(
    tmp_path: Path, settings: dict[str, str], named: str, words: str
) -> None:
    with running_relay(tmp_path) as plain:
        done = send(tmp_path, plain.address, **settings)
        assert plain.metric("sussurro_relay_connections_total") == 0
    assert done.returncode == 2
    assert done.stderr.startswith(named)
    assert words in done.stderr


def test_an_authority_and_a_pin_together_are_refused(
    relay: Relay, authority: Authority, pair: Pair, tmp_path: Path
) -> None:
    both = ("--tls-ca", str(authority.path), "--tls-pin", pair.pin)
    done = send(tmp_path, relay.address, "--tls", *both)
    assert done.returncode == 2
    assert done.stderr.startswith("SUSSURRO_TLS_PIN (--tls-pin): ")
