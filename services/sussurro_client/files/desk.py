"""What commands do with files, the same in all faces."""

from collections.abc import Callable

from sussurro_client.contents import Content, Delete, File
from sussurro_client.errors import ClientError
from sussurro_client.events import Person
from sussurro_client.files.downloading import Wanted
from sussurro_client.files.progress import Progress
from sussurro_client.files.transfers import Transfers
from sussurro_client.posts import Post
from sussurro_client.speaking import Speaker, Spoken
from sussurro_client.targets import is_file, named, offered
from sussurro_client.timeline import Timeline
from sussurro_client.words import _

# Does something in the face's thread and returns what came of it, or raises it.
InFace = Callable[[Callable[[], str]], str]


class FileDesk:
    """The files of one room. All but `close` belongs to the thread of the face.

    What transfers say stands in the timeline like all else, so it is said in that
    thread too: ``in_face`` is called by theirs.
    """

    def __init__(
        self,
        transfers: Transfers,
        timeline: Timeline,
        speaker: Speaker,
        me: Person,
        in_face: InFace,
        show: Callable[[Post], None] = lambda _post: None,
    ) -> None:
        """``show`` is called with each offer as it was said, and as it is once taken back."""
        self._transfers = transfers
        self._timeline = timeline
        self._speaker = speaker
        self._me = me
        self._in_face = in_face
        self._show = show

    def send(self, path: str, to: Person | None = None) -> int:
        """Send a file to everybody, or to one person alone; return its transfer's number."""

        def say(content: Content) -> str:
            return self._in_face(lambda: self._say(content, to))

        return self._transfers.send(path, say)

    def save(self, tag: str, path: str) -> int:
        """Save a file, by default the newest of somebody else; return its transfer's number."""
        return self.save_post(offered(self._timeline, self._me, tag), path)

    def save_post(self, post: Post, path: str) -> int:
        """Save the file that a message offers; raises ClientError where it offers none."""
        if not isinstance(post.content, File) or post.is_deleted:
            raise ClientError(_("That message offers no file."))
        return self._transfers.save(Wanted(post.id, post.who.key, post.content), path)

    def cancel(self, tag: str) -> None:
        """Stop the newest transfer, or that of the file with a tag."""
        self._transfers.cancel(named(self._timeline, tag, is_file).id if tag else "")

    def cancel_id(self, message_id: str) -> None:
        """Stop the newest transfer, or that of a message."""
        self._transfers.cancel(message_id)

    def retract(self, post: Post) -> None:
        """Stop sending the file of an offer that was deleted, if it is on its way."""
        if isinstance(post.content, File):
            self._transfers.retract(post.id)

    def close(self, timeout: float) -> tuple[Progress, ...]:
        """End all transfers, as `Transfers.close` does; not in the face's thread, which they need."""
        return self._transfers.close(timeout)

    def _say(self, content: Content, to: Person | None) -> str:
        if isinstance(content, File):
            return self._shown(self._speaker.post(content, to))
        if isinstance(content, Delete):
            post = self._timeline.get(content.of.hex())
            if post is not None and post.is_deleted:
                return ""  # by a person, which is why it is not sent any more
            if post is not None:
                return self._shown(self._speaker.change(post, content))
        raise ClientError(_("That message offers no file."))

    def _shown(self, spoken: Spoken) -> str:
        self._show(spoken.post)
        return spoken.id
