"""What of one room is forgotten, where it may hold so many bytes and no more.

JetStream bounds a stream, and not the bytes of a subject. So each message says
how many bytes the room had come to with it; from that it is found where the
newest ones begin that fit.
"""

from sussurro_relay.log.feed import Feed
from sussurro_relay.log.nats_stream import Stream

_SHARE = 16  # it may be over its limit by about this part of it


def is_due(feed: Feed, room_bytes: int) -> bool:
    """Return whether it is time to look; 0 bytes: any number may be kept."""
    return bool(room_bytes) and feed.total - feed.looked_at >= room_bytes // _SHARE


async def trim(stream: Stream, feed: Feed, room_bytes: int) -> None:
    """Have forgotten what is over the limit; raises one of BUS_ERRORS."""
    feed.looked_at = feed.total
    surplus = feed.total - room_bytes
    if surplus <= 0:
        return
    low, high = (await stream.first(feed.room)).number, feed.head
    while low < high:
        middle = (low + high) // 2
        kept = await stream.first(feed.room, middle)
        if kept.number and kept.total <= surplus:
            low = kept.number + 1
        else:
            high = middle
    await stream.forget_below(feed.room, low)
    await look(stream, feed)


async def look(stream: Stream, feed: Feed) -> None:
    """Take note of the oldest message, where others have gone before it."""
    first = await stream.first(feed.room)
    _, _, lines = first.payload.partition(b"\n")
    feed.oldest = first.number if first.total > len(lines) else 0
