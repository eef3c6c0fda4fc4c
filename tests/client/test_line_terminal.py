"""The line mode in a terminal, as somebody with a screen reader goes through it."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pexpect
import pytest

from sussurro_client.contents import Text
from sussurro_client.events import Kept, Person, Received
from sussurro_client.fingerprint import words_of
from sussurro_client.key import RoomKey
from tests.client.scenes import PATIENCE, Friend, RealRelay, clean_environment, member, wait_until


@dataclass(frozen=True)
class Words:
    """What is heard, in one language."""

    ask_name: str
    connected: str
    earlier: str
    end_of_earlier: str
    here: str
    trusted: str
    warning: str
    private: str
    found: str
    help: str


ENGLISH = Words(
    ask_name="Your name: ",
    connected=r"\* Connected to ",
    earlier=r"\* 2 earlier messages:",
    end_of_earlier=r"\* This was the end of the earlier messages\.",
    here=r"\* 2 here:",
    trusted=r"\* You trust Bia, whose fingerprint is ",
    warning=r"! Bia has another identity than before: ",
    private="private",
    found=r"\* 1 message found in all \d+ that the relay keeps\.",
    help="/reply \\[#tag\\] text: ",
)
PORTUGUESE = Words(
    ask_name="Seu nome: ",
    connected=r"\* Conectado a ",
    earlier=r"\* 2 mensagens anteriores:",
    end_of_earlier=r"\* Fim das mensagens anteriores\.",
    here=r"\* 2 aqui:",
    trusted=r"\* Você confia em Bia, cuja impressão digital é ",
    warning=r"! Bia tem outra identidade ",
    private="privada",
    found=r"\* 1 mensagem encontrada em todas as \d+ que o servidor guarda\.",
    help="/reply \\[#etiqueta\\] texto: ",
)
LINE_END = "\r\n"


@contextmanager
def terminal(relay: RealRelay, folder: Path, language: str) -> Iterator["pexpect.spawn[str]"]:
    environment = clean_environment() | {
        "SUSSURRO_RELAY": f"127.0.0.1:{relay.port}",
        "SUSSURRO_STATE": str(folder / "state"),
        "SUSSURRO_HISTORY": "2",
        "TERM": "xterm-256color",
    }
    child = pexpect.spawn(
        sys.executable,
        ["-m", "sussurro_client", "chat", "--plain", "--lang", language],
        cwd=str(folder),
        env=environment,
        encoding="utf-8",
        timeout=PATIENCE,
    )
    try:
        yield child
    finally:
        child.close(force=True)


@pytest.mark.parametrize(
    ("language", "words"), [("en", ENGLISH), ("pt_BR", PORTUGUESE)], ids=["en", "pt_BR"]
)
def test_somebody_who_hears_the_screen_can_do_all_that_others_do(
    relay: RealRelay,
    folder: Path,
    key: RoomKey,
    friends: Callable[..., Friend],
    language: str,
    words: Words,
) -> None:
    bia = friends()
    for number in range(1, 5):
        bia.session.send(f"old {number}")
        bia.wait(Kept, number)
    with terminal(relay, folder, language) as ana:
        heard = _Hearing(ana)
        heard.expect(words.ask_name)
        ana.sendline("Ana")
        heard.expect(words.connected)
        heard.expect(r"\] Bia: old 3\r\n\[[^]]*\] Bia: old 4\r\n")

        ana.sendline("/earlier 2")
        heard.expect(words.earlier + LINE_END)
        heard.expect(r"\] Bia: old 1\r\n\[[^]]*\] Bia: old 2\r\n")
        heard.expect(words.end_of_earlier)

        ana.sendline("/who")
        heard.expect(words.here + LINE_END)
        heard.expect(r" {4}  \S+ +Ana\r\n {4} +\S+ +Bia\r\n")
        ana.sendline(f"/trust Bia {words_of(bia.member.person.key)}")
        heard.expect(words.trusted + words_of(bia.member.person.key))

        me = ana_as_met_by(bia)
        bia.session.whisper(me, Text(text="between us\nthree"))
        heard.expect(rf"\r\n\[\d\d:\d\d ✓ {words.private}\] Bia: between us\r\n    three\r\n")
        ana.sendline("/reply yes, us three")
        answer = bia.wait(Received)
        assert (answer.text, answer.private) == ("yes, us three", bia.member.person)

        poser = Friend(relay, member("Bia", 9, key))
        heard.expect(words.warning)
        poser.session.close(0)

        ana.sendline("/searchall old 2")
        heard.expect(r"\[2\d\d\d-\d\d-\d\d \d\d:\d\d ✓ #\w+\] Bia: old 2\r\n")
        heard.expect(words.found)
        ana.sendline("/help")
        heard.expect(words.help)
        ana.sendline("TT")
        heard.expect(pexpect.EOF)
        ana.wait()
        assert ana.exitstatus == 0
    assert not re.search(r"[^\n\r -~\u00a0-\uffff]", heard.everything), "only plain text"
    assert "\r" not in heard.everything.replace(LINE_END, ""), "the cursor moves on only"
    assert heard.everything.count("] Bia: old 3") == 1, "nothing is heard twice"


class _Hearing:
    """What came out of a terminal so far."""

    def __init__(self, child: "pexpect.spawn[str]") -> None:
        self._child = child
        self.everything = ""

    def expect(self, pattern: str | type[pexpect.EOF]) -> None:
        self._child.expect(pattern)
        after = self._child.after if isinstance(self._child.after, str) else ""
        self.everything += (self._child.before or "") + after


def ana_as_met_by(friend: Friend) -> Person:
    def found() -> list[Person]:
        met = (each.person for each in friend.session.acquaintances)
        return [person for person in met if person.name == "Ana"]

    wait_until(lambda: bool(found()))
    return found()[0]
