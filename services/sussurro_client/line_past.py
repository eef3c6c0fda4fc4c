"""What the line mode shows and searches of the past, page by page."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from sussurro_client.events import Alert, Earlier, Moved, Received
from sussurro_client.line_faces import Face, Why
from sussurro_client.posts import Post
from sussurro_client.timeline import Timeline
from sussurro_client.words import _

MOST_LOADED = 10_000  # posts
_SPARE = 1_000  # posts that are dropped together
_MOST_CHARACTERS = 64 * 1024 * 1024  # of all texts, and bytes of pictures
_FEW = 10  # posts that are dropped together where they are long
_SEARCH_PAGE = 1_000
_MOST_FOUND = 1_000


@dataclass(frozen=True, slots=True)
class _Wish:
    """A page of ``count`` that somebody waits for, or the ``words`` that they look for."""

    face: Face
    count: int
    words: str = ""


class Past:
    """Older messages of one room, into its timeline. Owned by the thread of its face.

    What is asked for is done in its turn, as the relay answers one question at a time.
    ``ask`` asks for a page and returns whether an `Earlier` will come; ``show_post``
    shows a message, and ``show_event`` whatever else stands between them.
    """

    def __init__(
        self,
        timeline: Timeline,
        ask: Callable[[int], bool],
        show_post: Callable[[Post, Why, Face], None],
        show_event: Callable[[Alert | Moved], None],
        write: Callable[[str | None], None],
    ) -> None:
        self.is_connected = False  # or else nothing can be asked for
        self._timeline = timeline
        self._ask = ask
        self._show_post = show_post
        self._show_event = show_event
        self._write = write
        self._wishes: deque[_Wish] = deque()  # a page is due for the first of them
        self._unshown = 0  # the oldest posts that are loaded, which only a search has seen
        self._has_forgotten = False
        self._searched = 0
        self._found: deque[Post] = deque()  # newest first

    def earlier(self, count: int, face: Face) -> None:
        """Show a page of what was said before all that was shown, in its turn."""
        self._add(_Wish(face, count))

    def search(self, words: str, face: Face) -> None:
        """Show what is loaded with all of these words, oldest first."""
        found = self._timeline.search(words)
        for post in reversed(found[:_MOST_FOUND]):
            self._show_post(post, Why.MATCH, face)
        self._write(face.searched(words, len(found), len(self._timeline), everything=False))

    def search_all(self, words: str, face: Face) -> None:
        """Search all that the relay keeps in its turn, and show it once that is through."""
        self._add(_Wish(face, _SEARCH_PAGE, words))

    def take(self, page: Earlier) -> None:
        """Take a page that came."""
        posts = self._timeline.prepend(
            [event for event in page.events if isinstance(event, Received)]
        )
        wish = self._wishes[0] if self._wishes else None
        if wish is None or wish.words:
            self._unshown += len(posts)
            self._show_events(page)
            is_due = wish is not None and self._go_on_searching(wish, posts, page)
        elif not posts and page.more and self._ask(wish.count):
            self._show_events(page)
            is_due = True
        else:
            self._show_page(wish.face, posts, page)
            is_due = False
        if not is_due and self._wishes:
            self._wishes.popleft()
            self._start()
        if not self._wishes:
            self.trim()

    def lose(self) -> None:
        """Take note that the connection is lost, and whatever was asked for with it."""
        self.is_connected = False
        for wish in self._wishes:
            sentence = _(
                "The connection was lost before the earlier messages came. Ask again later."
            )
            self._write(wish.face.error(sentence))
        self._wishes.clear()

    def trim(self) -> None:
        """Drop the oldest of what is loaded, where it is too much."""
        if len(self._timeline) > MOST_LOADED + _SPARE:
            self._forget(len(self._timeline) - MOST_LOADED)
        while self._timeline.weight > _MOST_CHARACTERS and len(self._timeline) > _FEW:
            self._forget(_FEW)

    def _forget(self, count: int) -> None:
        self._timeline.forget(count)
        self._has_forgotten = True
        self._unshown = max(0, self._unshown - count)

    def _add(self, wish: _Wish) -> None:
        self._wishes.append(wish)
        if len(self._wishes) == 1:
            self._start()

    def _start(self) -> None:
        """Do what is to be done next, and what comes after it, up to where a page is due."""
        while self._wishes:
            wish = self._wishes[0]
            if self._begin_search(wish) if wish.words else self._begin_page(wish):
                return
            self._wishes.popleft()

    def _begin_page(self, wish: _Wish) -> bool:
        """Show a page, or ask for it; return whether it is due."""
        if self._unshown:
            self._show_loaded(wish.count, wish.face)
            return False
        if self._ask(wish.count):
            return True
        self._write(wish.face.error(self._why_not()))
        return False

    def _begin_search(self, wish: _Wish) -> bool:
        """Search what is loaded, and ask for more; return whether it is due."""
        self._searched = len(self._timeline)
        self._found = deque(self._timeline.search(wish.words)[:_MOST_FOUND])
        if self._ask(wish.count):
            sentence = _("Searching all that the relay keeps. This may take a while.")
            self._write(wish.face.notice(sentence))
            return True
        if self.is_connected:
            self._end_search(wish, everything=not self._has_forgotten)
        else:
            self._write(wish.face.error(self._why_not()))
        return False

    def _why_not(self) -> str:
        if not self.is_connected:
            return _("There is no connection; wait for it, and ask again.")
        if self._has_forgotten:
            return _(
                "No more messages can be loaded. To read older ones, start again with --history."
            )
        return _("Nothing older is kept.")

    def _show_loaded(self, count: int, face: Face) -> None:
        end, self._unshown = self._unshown, max(0, self._unshown - count)
        posts = list(self._timeline)[self._unshown : end]
        self._write(face.page_begins(len(posts)))
        for post in posts:
            self._show_post(post, Why.EARLIER, face)
        self._write(face.page_ends(more=bool(self._unshown) or self._has_forgotten))

    def _show_page(self, face: Face, posts: list[Post], page: Earlier) -> None:
        new = {post.id: post for post in posts}
        self._write(face.page_begins(len(new)))
        for event in page.events:
            if not isinstance(event, Received):
                self._show_event(event)
            elif event.id in new:
                self._show_post(new[event.id], Why.EARLIER, face)
        self._write(face.page_ends(more=page.more))

    def _show_events(self, page: Earlier) -> None:
        for event in page.events:
            if not isinstance(event, Received):
                self._show_event(event)

    def _go_on_searching(self, wish: _Wish, posts: list[Post], page: Earlier) -> bool:
        """Search a page, and ask for the next one; return whether it is due."""
        self._searched += len(posts)
        new = {post.id for post in posts}
        found = [post for post in self._timeline.search(wish.words) if post.id in new]
        self._found.extend(found[: _MOST_FOUND - len(self._found)])
        self.trim()
        if page.more and self._ask(wish.count):
            return True
        self._end_search(wish, everything=not page.more)
        return False

    def _end_search(self, wish: _Wish, *, everything: bool) -> None:
        for post in reversed(self._found):
            self._show_post(post, Why.MATCH, wish.face)
        found = len(self._found)
        self._write(wish.face.searched(wish.words, found, self._searched, everything=everything))
        self._found.clear()
