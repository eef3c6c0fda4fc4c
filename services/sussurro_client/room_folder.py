"""Where a client's memory of a room is kept: a few files in a folder of the room's name.

Several runs may use one folder at once: what is written is added to what is
there, under a lock of the file system.
"""

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sussurro_client.acquaintances import Acquaintance
from sussurro_client.display import looks_of
from sussurro_client.errors import ClientError
from sussurro_client.events import Person
from sussurro_client.memory import Snapshot
from sussurro_client.recollection import MAX_MARKS, Mark
from sussurro_client.words import _

_PEOPLE, _HEARD, _WISHES, _LOCK = "people.json", "heard.json", "wishes.json", "lock"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, ser_json_bytes="base64", val_json_bytes="base64")


class _Person(_Part):
    name: str
    key: bytes
    is_owner: bool
    is_verified: bool
    wrap_key: bytes = b""


class _People(_Part):
    people: tuple[_Person, ...] = ()


class _Heard(_Part):
    """``relay``: whose numbers these are; another relay's begin anew."""

    relay: str = ""
    position: int = Field(0, ge=0)
    marks: tuple[tuple[bytes, bytes, int, int], ...] = ()


class _Wishes(_Part):
    """What is wished of this room alone."""

    is_muted: bool = False


_File = TypeVar("_File", _People, _Heard, _Wishes)


class RoomFolder:
    """The memory of one room at one relay. Any thread: the file system has the lock."""

    def __init__(self, state: Path, room: str, relay: str) -> None:
        self._folder = state / "rooms" / room
        self._relay = relay

    def load(self) -> Snapshot:
        """Return what was kept; raises ClientError when it is damaged or unreadable."""
        people = tuple(_acquaintance(each) for each in self._read(_PEOPLE, _People).people)
        heard = self._read(_HEARD, _Heard)
        if heard.relay != self._relay:
            return Snapshot(people)
        return Snapshot(people, heard.position, tuple(Mark(*mark) for mark in heard.marks))

    def save(self, now: Snapshot) -> bool:
        """Keep a snapshot, and what others have kept there; return whether that was possible."""
        return self.save_latest(lambda: now)

    def save_latest(self, look: Callable[[], Snapshot]) -> bool:
        """Keep what ``look`` returns when it is our turn to write, as `save` does.

        So of two threads the one that writes last has also looked last.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._locked():
                there = self.load()
                both = _merge(there, look())
                if both.people != there.people:
                    people = tuple(_person(each) for each in both.people)
                    self._write(_PEOPLE, _People(people=people))
                marks = tuple((m.key, m.run, m.link, m.index) for m in both.marks)
                self._write(_HEARD, _Heard(relay=self._relay, position=both.position, marks=marks))
        except (OSError, ClientError):
            return False
        return True

    def is_muted(self) -> bool:
        """Return whether the room is to be silent; raises ClientError as `load` does."""
        return self._read(_WISHES, _Wishes).is_muted

    def mute(self, *, is_muted: bool) -> bool:
        """Keep whether the room is to be silent; return whether that was possible."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._locked():
                self._write(_WISHES, _Wishes(is_muted=is_muted))
        except OSError:
            return False
        return True

    def _read(self, name: str, kind: type[_File]) -> _File:
        path = self._folder / name
        try:
            return kind.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return kind()
        except (OSError, ValidationError):
            raise ClientError(
                _(
                    "What was kept in {path} is damaged or unreadable; move it away to begin anew."
                ).format(path=path)
            ) from None

    def _write(self, name: str, content: BaseModel) -> None:
        """Put a whole file in the place of the old one: a reader never sees half of it."""
        new = self._folder / f"{name}.new"
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content.model_dump_json().encode())
        new.replace(self._folder / name)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self._folder / _LOCK).open("wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _merge(there: Snapshot, ours: Snapshot) -> Snapshot:
    """Add what another run has kept to what we know; where they differ, we are right."""
    marks = {mark.stream: mark for mark in there.marks}
    for mark in ours.marks:
        known = marks.pop(mark.stream, mark)
        marks[mark.stream] = max(mark, known, key=lambda each: each.index)
    position = max(there.position, ours.position)
    people = _merge_people(there.people, ours.people)
    return Snapshot(people, position, tuple(marks.values())[-MAX_MARKS:])


def _merge_people(
    there: Iterable[Acquaintance], ours: Iterable[Acquaintance]
) -> tuple[Acquaintance, ...]:
    """Return both; whoever was verified once stays so, and the name stays with the verified."""
    people = {each.person: each for each in ours}
    for each in there:
        known = people.get(each.person)
        if known is None or (each.is_verified and not known.is_verified):
            people[each.person] = each
    owners: dict[str, Person] = {}
    for each in sorted(people.values(), key=lambda each: not each.is_verified):
        if each.is_owner:
            owners.setdefault(looks_of(each.person.name), each.person)
    return tuple(
        replace(each, is_owner=owners.get(looks_of(each.person.name)) == each.person)
        for each in people.values()
    )


def _person(each: Acquaintance) -> _Person:
    return _Person(
        name=each.person.name,
        key=each.person.key,
        is_owner=each.is_owner,
        is_verified=each.is_verified,
        wrap_key=each.wrap_key,
    )


def _acquaintance(each: _Person) -> Acquaintance:
    person = Person(each.name, each.key)
    return Acquaintance(person, each.is_owner, each.is_verified, each.wrap_key)
