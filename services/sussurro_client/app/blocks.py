"""What stands in the conversation, in its order: days, messages in groups, and notes. Pure.

A message is held by its id only: what it says now is the timeline's to know.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime

from textual.strip import Strip

from sussurro_client.app.column import Column
from sussurro_client.app.entries import Day, Line, Noted
from sussurro_client.app.lines import guess_height
from sussurro_client.contents import Text
from sussurro_client.posts import Post, weight_of
from sussurro_client.timeline import Timeline

_GROUP_MILLISECONDS = 5 * 60 * 1000


class Block:
    """A message (by its id) or something else, and its lines while they are kept."""

    __slots__ = ("begins", "day", "entry", "id", "is_gone", "size", "strips")

    def __init__(self, entry: Noted | Day | Line | None, day: date, message_id: str = "") -> None:
        self.entry = entry
        self.day = day
        self.id = message_id
        self.begins = True  # a group of messages
        self.is_gone = False
        self.size = 0  # characters of its text, and bytes of its picture
        self.strips: list[Strip] | None = None


class Blocks:
    """The blocks, how high they are, and where they stand. Owned by the app's thread."""

    def __init__(self, timeline: Timeline, local: Callable[[int], datetime]) -> None:
        self.column = Column()
        self.characters = 0  # of all texts together, and bytes of pictures
        self._items: list[Block] = []
        self._timeline = timeline
        self._local = local
        self._by_id: dict[str, Block] = {}
        self._width = 0
        self._edge: Block | None = None  # below it the past goes on

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Block]:
        return iter(self._items)

    def __getitem__(self, index: int) -> Block:
        return self._items[index]

    def index(self, block: Block, near: int = -1) -> int:
        """Return where a block stands, perhaps at ``near``; raises ValueError if it does not."""
        if 0 <= near < len(self._items) and self._items[near] is block:
            return near
        return self._items.index(block)

    def find(self, message_id: str) -> Block | None:
        """Return the block of a message."""
        return self._by_id.get(message_id)

    def post(self, block: Block) -> Post | None:
        """Return the message of a block, if it is one."""
        return self._timeline.get(block.id) if block.id else None

    def add(self, item: Post | Noted | Line, day: date | None = None) -> Block:
        """Put something at the end, under its day."""
        block = self._block(item, day)
        last = self._items[-1] if self._items else None
        if last is None or last.day != block.day:
            self._append(Block(Day(block.day), block.day))
        block.begins = self._begins(self._items[-1], block)
        self._append(block)
        return block

    def prepend(self, items: Sequence[Post | Noted]) -> int:
        """Put in what was before all that was said; return how many blocks came of it.

        It stands below what was told before anything was said.
        """
        at = self.past
        above = self._items[at - 1] if at else None
        added: list[Block] = []
        for item in items:
            block = self._block(item)
            if above is None or above.day != block.day:
                above = Block(Day(block.day), block.day)
                added.append(above)
            block.begins = self._begins(above, block)
            added.append(block)
            above = block
        self._insert(at, added)
        below = at + len(added)
        if added and below < len(self._items):
            return len(added) + self._join(below)
        return len(added)

    @property
    def past(self) -> int:
        """Where the past goes in: above the first message and its day."""
        if self._edge is not None:
            return self._items.index(self._edge) + 1
        first = next((at for at, block in enumerate(self._items) if block.id), len(self._items))
        is_day = (
            first and first < len(self._items) and isinstance(self._items[first - 1].entry, Day)
        )
        return first - 1 if is_day else first

    def show_edge(self, line: Line) -> None:
        """Say how far back it goes, above the first message."""
        if self._edge is None:
            at = self.past
            day = self._items[min(at, len(self._items) - 1)].day if self._items else date.min
            edge = Block(line, self._items[at - 1].day if at else day)
            self._insert(at, [edge])
            self._edge = edge
        self._edge.entry = line
        self._edge.strips = None

    def remove(self, block: Block) -> None:
        """Take a block out that is no message."""
        at = self._items.index(block)
        block.is_gone = True
        del self._items[at]
        self.column.remove(at)
        self.characters -= block.size

    def drop_last(self, count: int) -> bool:
        """Take so many of the last blocks away, if all are notes; return whether that is so."""
        if not all(isinstance(block.entry, Noted) for block in self._items[-count:]):
            return False
        for _time in range(count):
            block = self._items.pop()
            self.column.remove(len(self._items))
            self.characters -= block.size
        return True

    def change(self, block: Block) -> None:
        """Take note that a message reads otherwise now: it is to be drawn again."""
        block.strips = None
        post = self.post(block)
        if post is not None:
            size = weight_of(post)
            self.characters += size - block.size
            block.size = size

    def forget(self, most: int, characters: int) -> int:
        """Drop the oldest above these limits, from the timeline too; return how many rows."""
        count = posts = 0
        while count < len(self._items) - 1 and (
            len(self._items) - count > most or self.characters > characters
        ):
            block = self._items[count]
            block.is_gone = True
            self.characters -= block.size
            if block.id:
                del self._by_id[block.id]
                posts += 1
            if block is self._edge:
                self._edge = None
            count += 1
        if not count:
            return 0
        del self._items[:count]
        self._timeline.forget(posts)
        return self.column.drop(count)

    def guess(self, width: int) -> None:
        """Draw nothing, and guess how high everything is at a width."""
        self._width = width
        self.column.clear()
        for block in self._items:
            block.strips = None
        self.column.insert(0, [self._guess(block) for block in self._items])

    def _block(self, item: Post | Noted | Line, day: date | None = None) -> Block:
        match item:
            case Post():
                block = Block(None, self._local(item.at).date(), item.id)
                self._by_id[item.id] = block
                block.size = weight_of(item)
            case Noted():
                block = Block(item, item.at.date())
                block.size = len(item.text)
            case Line():
                block = Block(item, day or date.min)
        self.characters += block.size
        return block

    def _append(self, block: Block) -> None:
        self._items.append(block)
        self.column.append(self._guess(block))

    def _insert(self, at: int, blocks: list[Block]) -> None:
        self._items[at:at] = blocks
        self.column.insert(at, [self._guess(block) for block in blocks])

    def _join(self, at: int) -> int:
        """Let what is above ``at`` go over into what is below; return how many blocks more."""
        above, below = self._items[at - 1], self._items[at]
        if isinstance(below.entry, Day):
            if below.day != above.day:
                return 0
            self.remove(below)
            more = -1
        elif below.day != above.day:
            self._insert(at, [Block(Day(below.day), below.day)])
            return 1
        else:
            more = 0
        if at < len(self._items) and (begins := self._begins(above, self._items[at])) is not (
            self._items[at].begins
        ):
            self._items[at].begins = begins
            self._items[at].strips = None
        return more

    def _begins(self, above: Block, block: Block) -> bool:
        """Return whether a message begins a group: with its author's name."""
        before, post = self.post(above), self.post(block)
        if before is None or post is None:
            return True
        is_same = (before.who, before.standing, before.private) == (
            post.who,
            post.standing,
            post.private,
        )
        is_action = _is_action(before) or _is_action(post)  # which names its author in its text
        is_soon = abs(post.at - before.at) <= _GROUP_MILLISECONDS
        return not (is_same and is_soon) or is_action or above.day != block.day

    def _guess(self, block: Block) -> int:
        item = block.entry or self.post(block)
        return guess_height(item, self._width, begins=block.begins) if item else 1


def _is_action(post: Post) -> bool:
    return isinstance(post.content, Text) and post.content.is_action
