import pytest

from sussurro_client.asides import Aside
from sussurro_client.command_arguments import asides_with_paths, only_tag, path_of, tag_and_path
from sussurro_client.errors import ClientError
from sussurro_client.interpreter import perform
from tests.client.test_commands import Done


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (" a b.png ", "a b.png"),
        ("'a b.png'", "a b.png"),
        ('"a"', "a"),
        ("'", "'"),
        ("'a\"", "'a\""),
        ("", ""),
    ],
)
def test_a_path_is_what_was_meant_without_the_quotes_of_a_terminal(text: str, path: str) -> None:
    assert path_of(text) == path
    assert tag_and_path(f"#lusab {text}") == ("#lusab", path)


def test_what_is_no_tag_is_a_path() -> None:
    assert tag_and_path("'#lusab'") == ("", "#lusab")


def test_a_name_may_have_spaces_before_a_path_too() -> None:
    assert asides_with_paths("Ana 'a.png'") == (Aside("Ana", "a.png"), Aside("Ana 'a.png'", ""))


def test_where_only_a_tag_may_stand_nothing_else_is_taken() -> None:
    assert [only_tag(text) for text in ("", " #lusab ")] == ["", "#lusab"]
    for text in ("that one", "#lusab that one"):
        with pytest.raises(ClientError, match="That is no tag"):
            only_tag(text)


def test_what_is_no_tag_deletes_nothing() -> None:
    actions = Done()
    with pytest.raises(ClientError, match="That is no tag"):
        perform("/delete that one", actions)
    assert actions.done == []
