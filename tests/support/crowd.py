"""A room full of people who speak at a steady rate, and an account of every message."""

import json
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from cryptography.fernet import Fernet

from tests.support.crowd_worker import CATCH_UP_SECONDS, ENTER_SECONDS
from tests.support.history import Account, Shown, Verdict, judge
from tests.support.programs import clean_environment

MEMBERS = 20
RATE = 20.0  # messages a second that each says
_PROCESSES = 2


@dataclass(frozen=True, slots=True)
class Report:
    """What became of everything that was said. ``waiting``: said, and never acknowledged."""

    messages: int
    deliveries: int
    verdict: Verdict
    warnings: tuple[str, ...]
    waiting: int
    silence: float

    @property
    def is_clean(self) -> bool:
        """Whether every promise was kept, and nobody was warned of anything."""
        return self.verdict.is_clean and not self.warnings and not self.waiting


class Crowd:
    """The members, in a room of their own, at whatever listens on a port; a with block."""

    def __init__(self, port: int, members: int = MEMBERS, rate: float = RATE) -> None:
        key = Fernet.generate_key().decode()
        names = [f"member-{number}" for number in range(members)]
        self._processes = [
            subprocess.Popen(
                [
                    *(sys.executable, "-m", "tests.support.crowd_worker"),
                    *(str(port), key, str(rate), *names[share::_PROCESSES]),
                ],
                env=clean_environment(PYTHONPATH=":".join(path for path in sys.path if path)),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for share in range(_PROCESSES)
        ]

    def __enter__(self) -> Self:
        """Wait until everybody is in, and let them speak."""
        try:
            assert all(self._hear_all()), f"not everybody was in after {ENTER_SECONDS:.0f} s"
        except BaseException:
            self._kill()
            raise
        self._say_all("go")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._kill()

    def let_talk(self, seconds: float) -> None:
        """Let them speak for so long; fail when a process of theirs ends meanwhile."""
        with suppress(subprocess.TimeoutExpired):
            code = self._processes[0].wait(seconds)
            raise AssertionError(f"a part of the crowd has ended with {code}")

    def finish(self) -> Report:
        """Let them finish, give everybody the time to catch up, and judge."""
        self._say_all("stop")
        words = [word for words in self._hear_all() for word in words]
        self._say_all(json.dumps(words))
        told = [each for accounts in self._hear_all() for each in accounts]
        accounts = [_account(each) for each in told]
        return Report(
            messages=sum(len(account.said) for account in accounts),
            deliveries=sum(len(account.shown) for account in accounts),
            verdict=judge(accounts),
            warnings=tuple(f"{each['name']}: {one}" for each in told for one in each["warnings"]),
            waiting=sum(len(set(a.said) - a.acknowledged) for a in accounts),
            silence=max(each["silence"] for each in told),
        )

    def _say_all(self, line: str) -> None:
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.write(f"{line}\n")
            process.stdin.flush()

    def _hear_all(self) -> list[Any]:
        """Return what each says next; each has a deadline of its own, and ends without."""
        told = []
        for process in self._processes:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, f"a part of the crowd has ended within {CATCH_UP_SECONDS:.0f} s"
            told.append(json.loads(line))
        return told

    def _kill(self) -> None:
        for process in self._processes:
            process.kill()
            process.communicate()


def _account(told: dict[str, Any]) -> Account:
    """Everybody was in before anybody spoke, so everything is promised to everybody."""
    return Account(
        name=told["name"],
        said=tuple(told["said"]),
        acknowledged=frozenset(told["acknowledged"]),
        shown=tuple(Shown(text, seq) for text, seq in told["shown"]),
    )
