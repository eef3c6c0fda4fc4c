"""What must be true of a schedule when it has come to rest."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sussurro_client.events import Alarm

if TYPE_CHECKING:
    from tests.simulation.client import Client
    from tests.simulation.world import World


@dataclass(frozen=True, slots=True)
class Said:
    """A message where the log has it first, as far as one client is concerned."""

    seq: int
    id: str
    text: str


def judge(world: "World") -> None:
    """Fail where a client was not shown exactly what the log held for it, in its order."""
    for client in (*world.gone, *world.clients):
        _judge_shown(world, client)
        for identity in client.kept:
            if not is_in_log(world, identity):
                world.fail(f"{identity} was acknowledged to {client.name}, and is lost")
    for client in world.clients:
        if client.said != client.kept and sorted(client.said) != sorted(client.kept):
            world.fail(f"{client.name} said {client.said} and was acknowledged {client.kept}")
    for peer in world.relay.peers:
        cursor = peer.connection._cursor
        if cursor is None or cursor.unkept_bytes:
            world.fail(f"{peer.connection.session} counts as unkept what is kept")


def is_in_log(world: "World", identity: str) -> bool:
    """Return whether a message was ever kept."""
    while len(world.ever_kept) < len(world.log.everything):
        record = world.log.everything[len(world.ever_kept)]
        tokens = record.lines.split(b"\n")[:-1]
        world.ever_kept.append({world.key.sealed[token].id for token in tokens})
    return any(identity in ids for ids in reversed(world.ever_kept))


def _messages(world: "World", but_run: bytes = b"") -> Iterator[Said]:
    """Go through what the log was ever given, again where it was sent again, but for one run."""
    for record in world.log.everything:
        for token in record.lines.split(b"\n")[:-1]:
            letter = world.key.sealed[token]
            if letter.envelope.run != but_run:
                yield Said(record.seq, letter.id, world.texts[letter.id])


def _judge_shown(world: "World", client: "Client") -> None:
    shown = [Said(event.seq, event.id, event.text) for event in client.shown]
    if len({said.id for said in shown}) != len(shown):
        world.fail(f"{client.name} was shown something twice: {shown}")
    if client.begins_at is None:
        if shown:
            world.fail(f"{client.name} was shown {shown} before it was let in")
        return
    everything = list(_messages(world, client.run))
    first: dict[str, Said] = {}
    for said in everything:
        first.setdefault(said.id, said)
    begins_at = min([client.begins_at, *(said.seq for said in shown[:1])])
    due = [said for said in first.values() if said.seq >= begins_at]
    if client not in world.clients:
        due = _up_to_the_last(due, set(shown))
    _judge_missing(world, client, due, set(shown))
    # What is from before a client's time may reach it when it is sent again: once, or not at all.
    # So may what was let go in its first place and is still kept in another.
    may_repeat = [said for said in everything if first[said.id].seq < begins_at]
    allowed = set(everything) if world.log.forgotten else {*due, *may_repeat}
    if not allowed.issuperset(shown):
        world.fail(f"{client.name} was shown {shown}, of which the log holds only {due}")
    owed, seen = set(due), set(shown)
    in_order = [said for said in due if said in seen] == [said for said in shown if said in owed]
    if not in_order or shown != sorted(shown, key=lambda said: said.seq):
        world.fail(f"{client.name} was shown {shown} in another order than the log's, {due}")


def _up_to_the_last(due: list[Said], shown: set[Said]) -> list[Said]:
    """Return what was due to a run that ended, up to the last of it that was shown."""
    ends = [index + 1 for index, said in enumerate(due) if said in shown]
    return due[: max(ends, default=0)]


def _judge_missing(world: "World", client: "Client", due: list[Said], shown: set[Said]) -> None:
    is_told = any(alert.alarm is Alarm.GAP for alert in client.alarms)
    for said in due:
        if said in shown:
            continue
        if said.seq > world.log.forgotten:
            world.fail(f"{client.name} was never shown {said}")
        if not is_told:
            world.fail(f"{client.name} was never told that {said} is missing")
