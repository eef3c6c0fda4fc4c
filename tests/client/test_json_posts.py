import json

from hypothesis import given
from hypothesis import strategies as st

from sussurro_client.contents import Delete, Edit, File, Reaction, Text, Typing, Unknown
from sussurro_client.events import Person, Received, Standing
from sussurro_client.json_face import EVENTS, JsonFace
from sussurro_client.line_faces import Ref, Why
from sussurro_client.naming import Circle
from sussurro_client.timeline import Timeline
from tests.wire.strategies import steady

ANA, BIA = Person("Ana", b"a" * 32), Person("Bia", b"b" * 32)
CIRCLE = Circle(ANA, lambda _person: Standing.VERIFIED)
OF = b"\1" * 32

_texts = st.text(max_size=40)
_signs = st.text(min_size=1, max_size=32)
_contents = st.one_of(
    st.builds(Text, text=_texts, reply_to=st.sampled_from([b"", OF]), is_action=st.booleans()),
    st.builds(Edit, of=st.just(OF), text=_texts),
    st.builds(Delete, of=st.just(OF)),
    st.builds(Reaction, of=st.just(OF), emoji=_signs, is_on=st.booleans()),
    st.builds(Typing),
    st.builds(Unknown, kind=_signs),
    st.builds(
        File, name=_signs, size=st.integers(0, 2**40 - 1), sha256=st.just(OF), parts=st.just(1),
        key=st.just(b"k" * 32),
    ),
)  # fmt: skip
_people = st.builds(Person, st.text(min_size=1, max_size=40), st.just(b"n" * 32))


@steady
@given(
    _contents,
    _people,
    st.one_of(st.none(), _people),
    st.one_of(st.none(), st.integers(), st.text(max_size=9)),
)
def test_whatever_somebody_does_is_one_object_of_ascii_that_says_it_exactly(
    content: Text, who: Person, private: Person | None, ref: Ref
) -> None:
    event = Received(who, content, OF.hex(), 7, 0, Standing.KNOWN, live=True, private=private)
    face, timeline = JsonFace().answering(ref), Timeline(ANA)
    timeline.hear(event)
    lines = [face.show(event, CIRCLE, timeline)]
    lines += [face.post(post, Why.MATCH, CIRCLE, timeline) for post in timeline]
    for line in lines:
        assert line is not None
        assert line.isascii()
        assert line.isprintable()
        value = json.loads(line)
        assert value["event"] in EVENTS
        assert (value["from"], value.get("ref")) == (who.name, ref)
        assert (value["private"], value["to"]) == (
            private is not None,
            private.name if private else None,
        )
        for name in ("text", "emoji", "name", "kind"):
            said = getattr(content, name, None)
            assert said is None or value.get(name) in (said, None)
        assert "6b6b6b" not in line, "the key of a file is nobody's business"


def test_a_message_that_was_changed_is_told_as_it_is_by_now() -> None:
    timeline, face = Timeline(ANA), JsonFace()

    def post(content: Text | Edit | Delete | Reaction, message_id: bytes) -> dict[str, object]:
        event = Received(BIA, content, message_id.hex(), 7, 0, Standing.KNOWN, live=True)
        timeline.hear(event)
        value: dict[str, object] = json.loads(
            face.post(next(iter(timeline)), Why.EARLIER, CIRCLE, timeline)
        )
        return value

    first = post(Text(text="old"), OF)
    assert (first["event"], first["text"], first["edited"]) == ("message", "old", False)
    assert first["kept"] is True
    edited = post(Edit(of=OF, text="new"), b"\2" * 32)
    assert (edited["text"], edited["edited"]) == ("new", True)
    reacted = post(Reaction(of=OF, emoji="👍"), b"\3" * 32)
    assert reacted["reactions"] == [{"emoji": "👍", "from": ["Bia"]}]
    deleted = post(Delete(of=OF), b"\4" * 32)
    assert (deleted["text"], deleted["deleted"], deleted["reactions"]) == ("", True, [])
