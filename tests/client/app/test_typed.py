from sussurro_client.app.typed import MAX_CHARACTERS, MAX_TEXTS, Typed


def test_up_goes_to_what_was_typed_before_and_down_comes_back_to_the_draft() -> None:
    typed = Typed()
    typed.add("one")
    typed.add("two")
    assert typed.older("half") == "two"
    assert typed.older("two") == "one"
    assert typed.older("one") is None
    assert typed.newer("one") == "two"
    assert typed.newer("two") == "half"
    assert typed.newer("half") is None


def test_what_is_changed_on_the_way_stays_changed_until_something_is_sent() -> None:
    typed = Typed()
    typed.add("one")
    typed.add("two")
    typed.older("half")
    typed.older("two, changed")
    assert typed.newer("one") == "two, changed"
    typed.add("two, changed")
    assert typed.older("") == "two, changed"
    assert typed.older("") == "half"
    assert typed.older("") == "two"


def test_a_draft_that_was_left_for_an_older_text_is_the_next_to_go_back_to() -> None:
    typed = Typed()
    typed.add("one")
    typed.older("half a thought")
    typed.add("one")
    assert typed.older("") == "one"
    assert typed.older("") == "half a thought"


def test_a_text_twice_in_a_row_and_an_empty_one_are_not_kept() -> None:
    typed = Typed()
    for text in ("one", "one", " \n"):
        typed.add(text)
    assert typed.older("") == "one"
    assert typed.older("") is None


def test_only_so_many_texts_and_characters_are_kept() -> None:
    typed = Typed()
    for number in range(MAX_TEXTS + 10):
        typed.add(f"{number}")
    found = list(iter(lambda: typed.older(""), None))
    assert (len(found), found[-1]) == (MAX_TEXTS, "10")
    typed.add("x" * (MAX_CHARACTERS - 1))
    assert len(list(iter(lambda: typed.older(""), None))) == 1
    typed.add("y" * (MAX_CHARACTERS + 1))
    assert typed.older("") is None
