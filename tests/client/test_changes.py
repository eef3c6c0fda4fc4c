import pytest

from sussurro_client import changes as module
from sussurro_client.changes import Changes, target_of
from sussurro_client.contents import Content, Delete, Edit, Reaction, Text
from sussurro_client.events import Person, Received, Standing

ANA, BIA = Person("Ana", b"a" * 32), Person("Bia", b"b" * 32)
OF = b"d" * 32
ID = OF.hex()


def heard(content: Content, who: Person = ANA, private: Person | None = None) -> Received:
    return Received(who, content, "00", 1, 5, Standing.KNOWN, live=True, private=private)


def edit(text: str, who: Person = ANA, private: Person | None = None) -> Received:
    return heard(Edit(of=OF, text=text), who, private)


def react(emoji: str, who: Person = ANA, *, is_on: bool = True) -> Received:
    return heard(Reaction(of=OF, emoji=emoji, is_on=is_on), who)


def test_edits_deletions_and_reactions_change_a_message_and_a_text_does_not() -> None:
    assert target_of(edit("x")) == target_of(heard(Delete(of=OF))) == target_of(react("x")) == ID
    assert target_of(heard(Text(text="x", reply_to=OF))) == ""


def test_of_what_one_person_does_again_the_last_counts_in_its_place() -> None:
    changes = Changes()
    for change in (edit("one"), react("👍", BIA), edit("two"), edit("three", BIA)):
        changes.note(ID, change)
    assert changes.of(ID) == (react("👍", BIA), edit("two"), edit("three", BIA))
    changes.note(ID, react("👍", BIA, is_on=False))
    assert changes.of(ID)[-1] == react("👍", BIA, is_on=False)


def test_what_is_done_in_private_and_with_another_emoji_is_another_thing() -> None:
    changes = Changes()
    for change in (edit("one"), edit("psst", private=BIA), react("👍"), react("🎉")):
        changes.note(ID, change)
    assert len(changes.of(ID)) == 4


def test_an_old_change_stands_before_newer_ones_and_yields_to_them() -> None:
    changes = Changes()
    changes.note(ID, edit("new"))
    changes.note(ID, edit("old"), is_old=True)
    changes.note(ID, react("👍"), is_old=True)
    assert changes.of(ID) == (react("👍"), edit("new"))


def test_nothing_was_done_to_a_message_of_which_nothing_came() -> None:
    assert Changes().of(ID) == ()


def test_a_message_keeps_its_latest_changes_when_there_are_too_many() -> None:
    changes = Changes()
    people = [Person("x", number.to_bytes(32, "big")) for number in range(2_001)]
    for person in people:
        changes.note(ID, edit("x", person))
    assert len(changes.of(ID)) == 2_000
    assert changes.of(ID)[-1].sender == people[-1]


def test_no_number_of_reactions_puts_an_edit_or_a_deletion_out() -> None:
    changes = Changes()
    changes.note(ID, edit("x"))
    changes.note(ID, heard(Delete(of=OF)))
    for number in range(2_100):
        changes.note(ID, react(f"{number}", BIA))
    assert changes.of(ID)[:2] == (edit("x"), heard(Delete(of=OF)))
    assert changes.of(ID)[-1] == react("2099", BIA)
    assert len(changes.of(ID)) == 2_000


def test_many_changes_of_many_messages_are_no_more_than_may_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_MAX_ALL", 100)
    changes = Changes()
    for number in range(20):
        for emoji in range(10):
            changes.note(f"{number:064x}", react(str(emoji)))
    assert [len(changes.of(f"{number:064x}")) for number in range(20)] == [0] * 10 + [10] * 10


def test_made_up_messages_and_long_texts_take_no_more_memory_than_they_may() -> None:
    changes = Changes()
    for number in range(300):
        changes.note(f"{number:064x}", edit("x" * 65_536))
    kept = [number for number in range(300) if changes.of(f"{number:064x}")]
    assert kept == list(range(300 - module._MAX_CHARACTERS // 65_536, 300))
