"""A member's whole conversation with a relay that lies, and with members who do."""

from collections.abc import Callable

from sussurro_client.contents import Text
from sussurro_client.conversation import Conversation
from sussurro_client.events import Earlier, Event, Kept, Received
from sussurro_wire.chunk import TOKEN_START, check_chunk
from sussurro_wire.codec import decode, encode
from sussurro_wire.errors import Reason, WireError
from sussurro_wire.messages import (
    Ack,
    At,
    Bye,
    Count,
    Gone,
    Hello,
    Here,
    Message,
    PastEnd,
    Ping,
    Pong,
    Side,
    Welcome,
    WhoEnd,
)
from tests.fuzz.choices import Choices
from tests.fuzz.pool import ANA, NOW, RUN, SEALER, pool, spoken
from tests.fuzz.shown import assert_shown

_SESSIONS = ("me", "s1", "s2", "s3")
_LONGEST = 64  # steps of one input: each may cost a signature


def fuzz_conversation(data: bytes) -> None:
    """Only a WireError comes out, nothing is shown twice or unsaid, nothing of ours gets lost."""
    choices = Choices(data)
    talk = _Talk(history=choices.below(3))
    for _ in range(_LONGEST):
        if not choices:
            break
        _STEPS[choices.below(len(_STEPS))](talk, choices)
        talk.check()
    talk.reconnect(Choices(b""))
    talk.check()


class _Talk:
    """One conversation, and everything that was said on both sides of it."""

    def __init__(self, history: int) -> None:
        self.events: list[Event] = []
        self.said: dict[str, str] = {}
        self.conversation = Conversation(
            ANA, RUN, "relay.example:5454", self.events.append, history=history
        )
        self._shown: set[tuple[bytes, str]] = set()
        self._kept: set[str] = set()
        self.conversation.begin()
        self.receive(encode(Hello(1, "bm9uY2U")))
        self.receive(encode(Welcome("me", 1, 5, 2)))

    def receive(self, data: bytes) -> None:
        """Hear the relay; at a fault the session connects anew."""
        try:
            self.conversation.receive(data, NOW)
        except WireError as error:
            assert error.reason in Reason
            self.conversation.begin()

    def reconnect(self, choices: Choices) -> None:
        """Begin anew, and be let in at any place."""
        self.conversation.begin()
        self.receive(encode(Hello(1, "bm9uY2U")))
        oldest, following = choices.number() >> 1, choices.number() >> 1
        self.receive(encode(Welcome("me", oldest, following, choices.below(4))))

    def say(self, choices: Choices) -> None:
        """Say something."""
        text = f"{len(self.said)} {choices.sized().decode('utf-8', 'replace')}"
        identity = self.conversation.say(Text(text=text), NOW)
        assert identity not in self.said
        self.said[identity] = text

    def speak(self, choices: Choices) -> None:
        """Write what is to be written, in the words of the protocol."""
        data = self.conversation.outgoing(NOW, choices.below(256) * 16)
        assert not data or data.endswith(b"\n")
        for line in data.split(b"\n")[:-1]:
            if line.startswith(TOKEN_START):
                assert check_chunk(line + b"\n").count == 1
                content = SEALER.open(line).envelope.content
                assert isinstance(content, Text)
                assert content.text in self.said.values()
            else:
                decode(line, Side.CLIENT)

    def check(self) -> None:
        """Check what was told since the last time."""
        for event in self.events:
            assert_shown(event)
            if isinstance(event, Received):
                message = (event.sender.key, event.id)
                assert message not in self._shown
                self._shown.add(message)
                assert (event.sender.key, event.content) in spoken()
            elif isinstance(event, Earlier):
                for told in event.events:
                    assert_shown(told)
            elif isinstance(event, Kept):
                assert event.id in self.said.keys() - self._kept
                self._kept.add(event.id)
        self.events.clear()
        waiting = self.conversation.unacknowledged
        assert sorted(waiting) == sorted(
            text for identity, text in self.said.items() if identity not in self._kept
        )


def _number(choices: Choices) -> int:
    return choices.number() >> 1


_VERBS: tuple[Callable[[Choices], Message], ...] = (
    lambda choices: At(_number(choices)),
    lambda choices: Ack(choices.below(8), _number(choices)),
    lambda choices: Ack(_number(choices), _number(choices)),
    lambda choices: Here(_session(choices), pool().cards[choices.below(len(pool().cards))]),
    lambda choices: Gone(_session(choices), "left"),
    lambda choices: WhoEnd(_number(choices)),
    lambda choices: Count(_number(choices)),
    lambda choices: PastEnd(_number(choices)),
    lambda _: Ping("a"),
    lambda _: Pong("a"),
    lambda choices: Bye("drain", choices.below(3) or None),
    lambda choices: Welcome("me", _number(choices), _number(choices), _number(choices)),
    lambda choices: Hello(choices.below(2), "bm9uY2U"),
)


def _session(choices: Choices) -> str:
    return _SESSIONS[choices.below(len(_SESSIONS))]


def _hear_verb(talk: _Talk, choices: Choices) -> None:
    talk.receive(encode(_VERBS[choices.below(len(_VERBS))](choices)))


def _hear_token(talk: _Talk, choices: Choices) -> None:
    tokens = pool().tokens
    talk.receive(tokens[choices.below(len(tokens))] + b"\n")


def _hear_past(talk: _Talk, choices: Choices) -> None:
    """Ask for what was before, and be answered, well or not."""
    tokens = pool().tokens
    talk.conversation.ask_earlier(choices.below(4))
    for seq in range(choices.below(4)):
        talk.receive(encode(At(seq + 1)))
        talk.receive(tokens[choices.below(len(tokens))] + b"\n")
    talk.receive(encode(PastEnd(choices.below(8))))


def _hear_chunk(talk: _Talk, choices: Choices) -> None:
    """Hear as most chunks come: a number a little higher than the last, and a few tokens."""
    tokens = pool().tokens
    talk.receive(encode(At(choices.below(32))))
    for _ in range(choices.below(4)):
        talk.receive(tokens[choices.below(len(tokens))] + b"\n")


TOKENS, CARDS, VERBS = len(pool().tokens), len(pool().cards), len(_VERBS)
_STEPS: tuple[Callable[[_Talk, Choices], None], ...] = (
    lambda talk, choices: talk.receive(choices.sized()),
    _hear_verb,
    _hear_token,
    _hear_chunk,
    _Talk.say,
    _Talk.speak,
    _Talk.reconnect,
    lambda talk, _: talk.conversation.ask_who(),
    lambda talk, _: talk.conversation.ping("alive"),
    lambda talk, _: talk.conversation.leave(),
    _hear_past,
)
