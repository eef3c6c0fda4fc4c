"""What a message says, in its styles: what it is, its text, and what became of it."""

from textual.content import Content

from sussurro_client.app.entries import Said
from sussurro_client.app.hanging import LONGEST
from sussurro_client.app.markdown_light import Look as Mark
from sussurro_client.app.markdown_light import spans_of
from sussurro_client.contents import File, Text
from sussurro_client.display import safe_line, safe_name, safe_text
from sussurro_client.events import Person, Standing
from sussurro_client.files.progress import percent_of, progress_bar
from sussurro_client.files.safe_file_name import safe_file_name
from sussurro_client.files.told import size_words
from sussurro_client.naming import Circle, label, word
from sussurro_client.posts import Post
from sussurro_client.words import _

_STYLES = {
    Mark.BOLD: "bold",
    Mark.ITALIC: "italic",
    Mark.CODE: "$warning",
    Mark.LINK: "underline $primary",
    Mark.MARK: "$faint",
}
_MAX_EMOJI_SHOWN = 20
_QUOTED = 200  # characters


def body(said: Said, circle: Circle) -> Content:
    """Return all that stands in a message's own lines."""
    post = said.post
    parts: list[Content] = []
    if post.standing is Standing.CHANGED:
        parts.append(Content.styled(word(post.standing) + "  ", "$warning bold"))
    if post.private is not None:
        parts.append(Content.styled(privacy(post, circle) + "  ", "$accent bold"))
    parts.append(_content(said))
    if post.is_edited and not post.is_deleted:
        parts.append(Content.styled("  " + _("(edited)"), "$faint"))
    if not post.is_kept:
        parts.append(Content.styled("  " + _("sending…"), "$primary italic"))
    elif post.standing is None and not post.is_deleted:
        parts.append(Content.styled(" ·", "$faint"))
    return Content("").join(parts)


def privacy(post: Post, circle: Circle) -> str:
    """Return in words that a message is for one person alone, and for whom if not for oneself."""
    if post.private is None or post.private.key == circle.me.key:
        return _("private")
    return _("private · for {name}").format(name=circle.label(post.private))


def quoted(said: Said) -> Content:
    """Return whom a message answers, and the first words of that."""
    quote = said.quote
    if quote is None or quote.who is None:
        return Content.styled(_("an earlier message"), "$faint italic")
    name = label(quote.who, quote.standing or Standing.KNOWN)
    words = safe_line(quote.text[:_QUOTED])
    return Content.styled(f"{name}: {words}", "$faint")


def reactions(post: Post, me: Person) -> Content:
    """Return each emoji beside a message, how many put it there, and whether oneself did."""
    parts: list[Content] = []
    for each in post.reactions[:_MAX_EMOJI_SHOWN]:
        is_mine = any(person.key == me.key for person in each.people)
        text = f"{safe_name(each.emoji)} {len(each.people)}"
        if is_mine:
            text += " " + _("(you)")
        parts.append(Content.styled(text, "$accent bold" if is_mine else "$faint"))
    if len(post.reactions) > _MAX_EMOJI_SHOWN:
        parts.append(Content.styled("…", "$faint"))
    return Content("  ").join(parts)


def progress(said: Said, cells: int) -> Content:
    """Return a bar, how many of a hundred parts are done, and what happens."""
    how = said.progress
    if how is None:
        return Content("")
    full, rest = progress_bar(how.done, how.total, cells)
    bar = Content.assemble((full, "$primary"), (rest, "$line"))
    percent = percent_of(how.done, how.total)
    return bar + Content.styled(f" {percent:3}%  {safe_name(how.state)}", "$faint")


def _content(said: Said) -> Content:
    post = said.post
    if post.is_deleted:
        return Content.styled(_("deleted"), "$faint italic")
    match post.content:
        case Text(text=text, is_action=is_action):
            return _text(text, said, is_action=is_action)
        case File() as file:
            return Content.assemble(
                (safe_file_name(file.name), "bold"),
                (f"  {size_words(file.size)}  ", "$faint"),
                (_("to keep it: /save {tag}").format(tag=post.tag), "$faint italic"),
            )
        case _:
            return Content.styled(
                _("said something that this version cannot show; update Sussurro."),
                "$faint italic",
            )


def _text(text: str, said: Said, *, is_action: bool) -> Content:
    # Wrapping costs time by the line; nobody may take that from all others.
    shown = "\n".join(safe_text(text).split("\n")[: LONGEST + 1])
    content = Content(shown)
    if not said.post.is_kept:
        content = content.stylize("$faint")
    elif said.is_mention:
        content = content.stylize("$accent")
    for span in spans_of(shown):
        content = content.stylize(_STYLES[span.look], span.start, span.end)
    return content.stylize("italic") if is_action else content
