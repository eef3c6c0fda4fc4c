"""What was said in a room, in its order, with whatever was done to it. Pure.

Both faces show what is in here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sussurro_client.changes import Changes, target_of
from sussurro_client.contents import Reaction
from sussurro_client.events import Person, Received
from sussurro_client.posts import Post, changed, post_of, weight_of

_MAX_REACTIONS = 200_000  # of all people beside all posts together


class Timeline:
    """All posts of a room that are loaded, oldest first. Owned by the thread of its face."""

    __slots__ = ("_changes", "_me", "_order", "_posts", "_reactions", "weight")

    def __init__(self, me: Person) -> None:
        self._me = me
        self._order: list[str] = []
        self._posts: dict[str, Post] = {}
        self._changes = Changes()
        self.weight = 0  # of all posts, as `weight_of` has it
        self._reactions = 0  # of all people beside all posts

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[Post]:
        """Go through all posts, oldest first."""
        return (self._posts[each] for each in tuple(self._order))

    def __reversed__(self) -> Iterator[Post]:
        """Go through all posts, newest first."""
        return (self._posts[each] for each in reversed(tuple(self._order)))

    def get(self, message_id: str) -> Post | None:
        """Return the post with an id, if it is loaded."""
        return self._posts.get(message_id)

    def tagged(self, tag: str) -> list[Post]:
        """Return the posts with a tag, newest first, as people type it: ``#`` or not, in any case.

        Anybody can make a message that has the tag of another.
        """
        wanted = "#" + tag.strip().casefold().removeprefix("#")
        return [post for post in reversed(self) if post.tag == wanted]

    def newest(self, *, mine: bool) -> Post | None:
        """Return the newest post that is not deleted, of oneself or of somebody else."""
        fitting = (
            post
            for post in reversed(self)
            if (post.who.key == self._me.key) is mine and not post.is_deleted
        )
        return next(fitting, None)

    def search(self, words: str) -> list[Post]:
        """Return the posts with all of the words in text or name, in any case, newest first."""
        wanted = words.casefold().split()
        if not wanted:
            return []
        return [post for post in reversed(self) if holds(post, wanted)]

    def say(self, post: Post) -> Post:
        """Take something of one's own that is on its way; return it as it is shown."""
        return self._add(replace(post, is_kept=False))

    def hear(self, received: Received) -> Post | None:
        """Take a message or a change, one's own too; return the post that is new or other."""
        target = target_of(received)
        if target:
            self._changes.note(target, received)
            return self._change(target, received)
        post = post_of(received, self._me)
        return self._add(post) if post and post.id not in self._posts else None

    def keep(self, message_id: str, seq: int) -> Post | None:
        """Take note that something of one's own is in the log; return the post, if it is one."""
        post = self._posts.get(message_id)
        if post is None or post.is_kept:
            return None
        self._posts[message_id] = kept = replace(post, is_kept=True, seq=seq)
        return kept

    def prepend(self, page: Iterable[Received]) -> list[Post]:
        """Take what was said before all that is here, oldest first; return the new posts."""
        added: list[str] = []
        for received in reversed(tuple(page)):
            target = target_of(received)
            post = post_of(received, self._me)
            if target:
                if self._changes.note(target, received, is_old=True):
                    self._change(target, received, is_old=True)
            elif post and post.id not in self._posts:
                self._put(post)
                added.append(post.id)
        added.reverse()
        self._order[:0] = added
        return [self._posts[each] for each in added]

    def forget(self, count: int) -> None:
        """Drop the oldest posts."""
        for message_id in self._order[:count]:
            post = self._posts.pop(message_id)
            self._reactions -= _reactions_of(post)
            self.weight -= weight_of(post)
        del self._order[:count]

    def _add(self, post: Post) -> Post:
        self._order.append(post.id)
        return self._put(post)

    def _put(self, post: Post) -> Post:
        """Take a post, and do to it what was done before it came."""
        self._posts[post.id] = post
        self.weight += weight_of(post)
        for change in self._changes.of(post.id):
            self._change(post.id, change)
        return self._posts[post.id]

    def _change(self, message_id: str, change: Received, *, is_old: bool = False) -> Post | None:
        """Do one change; return the post, if it is here."""
        # All are not done anew each time: others would make that as much as they like.
        post = self._posts.get(message_id)
        content = change.content
        is_more = isinstance(content, Reaction) and content.is_on
        if post is None or (is_more and self._reactions >= _MAX_REACTIONS):
            return post
        after = changed(post, change, is_old=is_old)
        self._reactions += _reactions_of(after) - _reactions_of(post)
        self.weight += weight_of(after) - weight_of(post)
        self._posts[message_id] = after
        return after


def _reactions_of(post: Post) -> int:
    return sum(len(each.people) for each in post.reactions)


def holds(post: Post, wanted: Sequence[str]) -> bool:
    """Return whether all of the words, casefolded, stand in a post's text or name."""
    text = f"{post.text}\n{post.who.name}".casefold()
    return all(word in text for word in wanted)
