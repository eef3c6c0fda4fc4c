"""What we say: each message numbered, bound to what we had seen, sealed. Pure."""

from sussurro_client.authorship import Authorship
from sussurro_client.contents import Card, Content, Rekey
from sussurro_client.envelope import Sealed, Sealer
from sussurro_client.heads import Heads
from sussurro_client.letter import NONE_BEFORE, Envelope, Head, Letter
from sussurro_client.member import Member
from sussurro_client.outbox import Draft, Outbox
from sussurro_client.recollection import Mark, Recollection
from sussurro_client.transcript import Name
from sussurro_client.witness import Witness
from sussurro_wire.messages import Ack


class Author:
    """Our own side of a conversation, which owns it. ``now`` is in seconds since the epoch."""

    __slots__ = (
        "_acked_to", "_after", "_authorship", "_before", "_begun", "_counter", "_first_sent", "_heads",
        "_index", "_link", "_member", "_recollection", "_sealer", "name", "outbox", "witness",
    )  # fmt: skip

    def __init__(
        self,
        member: Member,
        run: bytes,
        sealer: Sealer,
        heads: Heads,
        recollection: Recollection,
        authorship: Authorship,
    ) -> None:
        self.outbox = Outbox()
        self.witness = Witness()
        self._member = member
        self.name: Name = (member.person.key, run)  # how this run of ours is told from others
        self._sealer = sealer
        self._heads = heads
        self._recollection = recollection
        self._authorship = authorship
        self._counter = 0
        self._after = b""  # the digest of our last message
        self._link = self._index = 0
        self._before = NONE_BEFORE  # the imprint of our last token on this connection
        self._begun = 0  # what we say on this connection stands from this chunk on
        self._acked_to = 0  # the chunk of its last ACK
        # On which connection each unacknowledged message was first sent, begun at which chunk.
        self._first_sent: dict[int, tuple[int, int]] = {}

    def share_in(self, rekey: Rekey) -> bytes | None:
        """Return what is wrapped for us in a rekeying; None: we are left out."""
        shares = (share for share in rekey.shares if share.to == self._member.person.key)
        share = next(shares, None)
        return share.wrapped if share else None

    def begin(self) -> None:
        """Start over on a new connection."""
        self._link += 1
        self._index = self._acked_to = 0
        self._before = NONE_BEFORE
        self.outbox.connection_lost()

    def enter(self, next_seq: int) -> None:
        """Take note that what we say on this connection stands from chunk ``next_seq`` on."""
        self._begun = next_seq
        self._acked_to = next_seq - 1

    def hear(self, seq: int) -> None:
        """Take note that we are shown chunk ``seq``: what we say from now on stands after it."""
        if not self._index:
            self._begun = max(self._begun, seq + 1)

    def say(self, content: Content, now: float, within: Content | None = None) -> str:
        """Take something to say, and what is sealed ``within``; return the id of the message."""
        self._counter += 1
        envelope = self._write(content, self._counter, now)
        digest = self._sealer.write(envelope, 0, 0).digest
        self._after = digest
        self._heads.expect(digest)
        self.witness.expect(digest)
        self._authorship.note(digest, self.name[0])
        self.outbox.add(Draft(envelope, digest, within))
        return digest.hex()

    def next_token(self, now: float) -> bytes | None:
        """Return the next message's token, or None."""
        draft = self.outbox.take()
        if draft is None:
            return None
        self._index += 1
        self._first_sent.setdefault(draft.envelope.counter, (self._link, self._begun))
        sealed = self._seal(draft.envelope, self._index, now)
        self._before = sealed.imprint
        return sealed.token

    def card(self, now: float) -> str:
        """Return the card that stands for us on this connection."""
        card = self._write(Card(wrap_key=self._member.wrap_key), 0, now)
        return self._seal(card, 0, now).token.decode("ascii")

    def acknowledged(self, ack: Ack) -> list[str]:
        """Take an ACK; return the ids of those that are now known to be kept."""
        drafts = self.outbox.acknowledge(ack.count)
        news: list[str] = []
        for draft in drafts:
            # Only the last one's place is exact: the others are in chunks of ours before it.
            is_last = draft is drafts[-1]
            low = ack.seq if is_last else min(self._acked_to + 1, ack.seq)
            is_news = self._keep(draft, low, ack.seq)
            if is_news:
                news.append(draft.digest.hex())
            if is_news and is_last:
                self._heads.lead(self.name, Head(ack.seq, draft.digest))
        if drafts:
            self._acked_to = ack.seq
            self._recollection.note(Mark(*self.name, self._link, ack.count), ack.seq)
        return news

    def found(self, letter: Letter, seq: int) -> bool:
        """Take note that a message of ours stands in the log; return whether that is news."""
        draft = Draft(letter.envelope, letter.digest)
        self._recollection.note(Mark.of(letter), seq)
        is_news = self._keep(draft, seq, seq)
        if is_news:
            self._heads.lead(self.name, Head(seq, letter.digest))
        return is_news

    def _write(self, content: Content, counter: int, now: float) -> Envelope:
        is_card = isinstance(content, Card)
        return Envelope(
            name=self._member.name,
            key=self.name[0],
            run=self.name[1],
            counter=counter,
            at=int(now * 1000),
            after=b"" if is_card else self._after,
            seen=() if is_card else tuple(head.pack() for head in self._heads.take()),
            since=0 if is_card else self._heads.since,
            content=content,
        )

    def _seal(self, envelope: Envelope, index: int, now: float) -> Sealed:
        begun, before = (self._begun, self._before) if index else (0, NONE_BEFORE)
        letter = self._sealer.write(envelope, self._link, index, begun, before)
        return self._sealer.seal(letter, self._member.identity, int(now))

    def _keep(self, draft: Draft, low: int, high: int) -> bool:
        counter = draft.envelope.counter
        link, begun = self._first_sent.pop(counter, (self._link, low))
        if link != self._link:
            low = min(low, begun)  # it may have been kept then, and nobody told us
        self._heads.place(draft.digest, low, high)
        self.witness.place(draft.digest, low, high)
        return self.outbox.settle(draft)
