"""The whole stack, brought up for real."""

import json
import os
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from cryptography.fernet import Fernet

from tests.support.docker import (
    KEY_FILE,
    ROOT,
    Stack,
    give_file,
    inspect,
    run,
    unset_environment,
    wait_for,
)

pytestmark = [pytest.mark.docker, pytest.mark.timeout(300)]

SERVICES = ("client", "key", "prometheus", "relay")
COPY = "/run/secrets/key.key"

MakeStack = Callable[..., Stack]


def new_key() -> str:
    return Fernet.generate_key().decode("ascii") + "\n"


def key_path(stack: Stack) -> Path:
    return Path(stack.settings["SUSSURRO_KEY_FILE"])


def read_copy(stack: Stack) -> str:
    """Return the key as a client's own user gets it."""
    command = ("run", "--rm", "--no-TTY", "--no-deps", "--entrypoint=cat", "client", COPY)
    return stack.compose(*command, stdin=subprocess.DEVNULL).stdout


def start_key(stack: Stack) -> None:
    stack.compose("up", "--detach", "--no-build", "--wait", "key")


def test_the_compose_file_needs_no_setting_and_names_each_image_by_a_variable(
    checkout: Path, make_stack: MakeStack
) -> None:
    stack = make_stack(new_key())
    done = stack.compose("config", "--quiet")
    assert done.stderr == ""
    services = yaml.safe_load((checkout / "docker-compose.yml").read_text())["services"]
    assert services.keys() > set(SERVICES)
    for service in services.values():
        assert re.fullmatch(r"\$\{[A-Z]+_IMAGE:-[^}]+\}", service["image"])


@pytest.mark.usefixtures("engine")
def test_the_example_of_an_env_file_repeats_the_defaults_and_changes_nothing(
    checkout: Path,
) -> None:
    def configured(env_file: str) -> str:
        command = ("docker", "compose", f"--env-file={env_file}", "config")
        return run(*command, cwd=checkout, env=unset_environment()).stdout

    assert configured(str(ROOT / ".env.example")) == configured(os.devnull)


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_has_no_more_than_it_needs(stack: Stack, service: str) -> None:
    known = stack.inspect(service)
    host = known["HostConfig"]
    assert host["ReadonlyRootfs"]
    assert host["CapDrop"] == ["ALL"]
    assert (host["CapAdd"] or []) == (["DAC_READ_SEARCH"] if service == "key" else [])
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert not host["Privileged"]
    assert host["Memory"] > 0
    assert host["PidsLimit"] > 0
    assert (known["Config"]["User"] == "0:10001") == (service == "key")
    assert host["NetworkMode"] == "none" or service != "key"
    done = stack.compose("exec", "--no-TTY", service, "touch", "/written", check=False)
    assert "Read-only file system" in done.stderr


@pytest.mark.usefixtures("engine")
def test_what_is_published_beyond_this_machine_is_the_relay_alone(checkout: Path) -> None:
    """Figures and Prometheus are for who sits here, until somebody decides otherwise."""
    done = run(
        "docker", "compose", "config", "--format=json", cwd=checkout, env=unset_environment()
    )
    ports = {
        (service, port["target"]): port.get("host_ip")
        for service, known in json.loads(done.stdout)["services"].items()
        for port in known.get("ports", [])
    }
    assert ports == {
        ("relay", 5454): None,
        ("relay", 9454): "127.0.0.1",
        ("prometheus", 9090): "127.0.0.1",
    }


def test_the_key_is_in_no_description_environment_or_log_of_a_container(
    stack: Stack, key_text: str
) -> None:
    assert len(stack.containers()) == len(SERVICES) + 2
    for container in stack.containers():
        described = json.dumps(inspect(container))
        logged = run("docker", "logs", container)
        assert key_text not in described + logged.stdout + logged.stderr


def test_the_relay_is_given_its_logs_volume_alone_and_has_no_key(
    stack: Stack, key_text: str
) -> None:
    (mount,) = stack.inspect("relay")["Mounts"]
    assert (mount["Type"], mount["Destination"]) == ("volume", "/var/lib/sussurro")
    search = (
        "grep -rlsF -e \"$1\" / --exclude-dir=proc --exclude-dir=sys; find / -xdev -name '*.key'"
    )
    command = ("exec", "--no-TTY", "relay", "sh", "-c", search, "sh", key_text)
    assert stack.compose(*command, check=False).stdout == ""


def test_the_copy_of_the_key_lies_in_memory_and_only_its_group_can_read_it(stack: Stack) -> None:
    show = f"stat -f -c %T {COPY}; stat -c '%u:%g %a' {COPY}"
    shown = stack.compose("exec", "--no-TTY", "client", "sh", "-c", show).stdout
    assert shown.split() == ["tmpfs", "0:10001", "440"]


def test_a_client_cannot_change_the_key(stack: Stack) -> None:
    write = f"echo >> {COPY} || echo > /run/secrets/other"
    done = stack.compose("exec", "--no-TTY", "client", "sh", "-c", write, check=False)
    assert done.returncode != 0


@pytest.mark.parametrize("owner", [0, 1000])
def test_whoever_owns_the_key_a_client_reads_it_and_it_stays_closed_to_others(
    make_stack: MakeStack, owner: int
) -> None:
    text = new_key()
    stack = make_stack(text)
    give_file(key_path(stack), stack.settings["CLIENT_IMAGE"], owner)
    start_key(stack)
    assert read_copy(stack) == text
    command = ("run", "--rm", "--no-TTY", "--no-deps", "client", "room")
    shown = stack.compose(*command, stdin=subprocess.DEVNULL).stdout
    assert shown.strip()
    assert text.strip() not in shown
    status = key_path(stack).stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o777) == (owner, owner, 0o600)


def test_a_key_that_is_written_over_is_taken_at_once(make_stack: MakeStack) -> None:
    stack = make_stack(new_key())
    start_key(stack)
    other = new_key()
    key_path(stack).write_text(other)
    wait_for(lambda: read_copy(stack) == other, "the other key")


@pytest.mark.parametrize("keep_old", [True, False])
def test_a_key_file_that_is_replaced_is_taken_by_the_next_up(
    make_stack: MakeStack, *, keep_old: bool
) -> None:
    """Whether the old file was moved away or is gone: the container still holds the old one."""
    stack = make_stack(new_key())
    start_key(stack)
    path = key_path(stack)
    if keep_old:
        path.rename(path.with_suffix(".old"))
    else:
        path.unlink()
    other = new_key()
    path.touch(mode=0o600)
    path.write_text(other)
    wait_for(lambda: not stack.inspect("key")["State"]["Running"], "the old key's end")
    assert stack.inspect("key")["State"]["ExitCode"] == 0
    start_key(stack)
    assert read_copy(stack) == other


def test_without_a_key_file_nothing_starts_and_the_file_is_named(make_stack: MakeStack) -> None:
    stack = make_stack("")
    path = key_path(stack)
    path.unlink()
    done = stack.compose("up", "--detach", "--no-build", check=False)
    assert done.returncode != 0
    assert f"bind source path does not exist: {path}" in done.stderr
    assert not path.exists()


@pytest.mark.parametrize(("text", "mode"), [("not a key\n", 0o600), (new_key(), 0o644)])
def test_a_key_that_is_not_sound_or_open_to_all_stops_the_stack_with_a_sentence(
    make_stack: MakeStack, text: str, mode: int
) -> None:
    stack = make_stack(text)
    key_path(stack).chmod(mode)
    done = stack.compose("up", "--detach", "--no-build", "client", check=False)
    assert done.returncode != 0
    assert "exited (2)" in done.stderr
    said = stack.compose("logs", "--no-log-prefix", "key").stdout
    assert KEY_FILE in said
    assert "Traceback" not in said
    assert text.strip() not in said


def test_down_takes_the_copy_of_the_key_away_and_ends_the_relay_in_order_and_in_time(
    make_stack: MakeStack,
) -> None:
    stack = make_stack(new_key())
    stack.compose("up", "--detach", "--no-build", "--wait", "client")
    (relay,) = stack.containers("relay")
    volumes = {mount["Destination"]: mount["Name"] for mount in stack.inspect("client")["Mounts"]}
    grace = stack.inspect("relay")["Config"]["StopTimeout"]
    with subprocess.Popen(["docker", "wait", relay], stdout=subprocess.PIPE, text=True) as waiting:
        began = time.monotonic()
        stack.compose("down")
        took = time.monotonic() - began
        exit_code, _ = waiting.communicate(timeout=10)
    assert exit_code.strip() == "0"
    assert took < grace
    look = ("--network=none", "--entrypoint=ls", f"--volume={volumes['/run/secrets']}:/there:ro")
    image = stack.settings["CLIENT_IMAGE"]
    left = run("docker", "run", "--rm", "--user=0:0", *look, image, "-A", "/there").stdout
    run("docker", "volume", "rm", *volumes.values())
    assert left == ""


def test_what_was_kept_is_there_after_the_relay_was_killed(make_stack: MakeStack) -> None:
    """By default the stack keeps its rooms on a volume, and a client opens with the last messages."""
    whole = make_stack(new_key())
    whole.compose("up", "--detach", "--no-build", "--wait", "relay", "key")
    run_client = ("run", "--rm", "--no-TTY", "--no-deps", "client")
    whole.compose(*run_client, "send", "guarde isto", stdin=subprocess.DEVNULL)
    whole.compose("kill", "relay")
    whole.compose("up", "--detach", "--no-build", "--wait", "relay")
    # What is said now is acknowledged after all that was kept has come.
    heard = whole.compose(*run_client, "chat", "--json", input="e isto\nTT\n")
    events = [json.loads(line) for line in heard.stdout.splitlines() if line.startswith("{")]
    messages = [event for event in events if event["event"] == "message"]
    assert [(each["text"], each["history"]) for each in messages] == [("guarde isto", True)]


def test_prometheus_has_the_figures_of_messages_that_were_sent(stack: Stack) -> None:
    send = ("run", "--rm", "--no-TTY", "--no-deps", "client", "send")
    relayed = "sussurro_relay_frames_relayed_total"
    before = wait_for(lambda: [stack.ask_prometheus(relayed)], "an answer")[0] or 0
    for text in ("Oi", "Olá!", "🤫"):
        stack.compose(*send, text, stdin=subprocess.DEVNULL)
    wait_for(lambda: (stack.ask_prometheus(relayed) or 0) >= before + 3, "3 frames")
    assert stack.ask_prometheus("sussurro_relay_connections") is not None
    assert stack.ask_prometheus('up{job="relay"}') == 1


def test_prometheus_works_out_the_rules_and_finds_nothing_wrong_with_the_stack(
    stack: Stack,
) -> None:
    ratio = "sussurro:memory:ratio"
    wait_for(lambda: stack.ask_prometheus(ratio) is not None, "a rule's figure")
    assert 0 <= (stack.ask_prometheus(ratio) or 0) < 0.5
    firing = 'ALERTS{alertstate="firing"} or vector(0)'
    assert stack.ask_prometheus(firing) == 0
