import pytest

from sussurro_client.json_commands import perform_json
from tests.client.test_commands import Done


@pytest.mark.parametrize(
    ("line", "done"),
    [
        ('{"text": "TT"}', ["say TT"]),
        ('{"command": "who"}', ["who"]),
        ('{"command": "trust", "name": "Ana"}', ["trust Ana+"]),
        ('{"command": "trust", "name": "Ana b", "words": "fabip"}', ["trust Ana b+fabip"]),
        ('{"command": "fingerprint"}', ["fingerprint "]),
        ('{"command": "fingerprint", "name": "Ana"}', ["fingerprint Ana"]),
        ('{"command": "move"}', ["move "]),
        ('{"command": "move", "words": "fabip"}', ["move fabip"]),
        ('{"command": "leave"}', ["leave"]),
    ],
)
def test_an_object_does_what_it_says(line: str, done: list[str]) -> None:
    actions = Done()
    assert perform_json(line, actions) is None
    assert actions.done == done


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "{}",
        '{"text": 1}',
        '{"command": "dance"}',
        '{"command": "trust"}',
        '{"command": "trust", "name": "Ana", "words": 5}',
        '{"command": "fingerprint", "name": null}',
        '{"command": "move", "words": ["fabip"]}',
        '{"a":' * 5000,
    ],
)
def test_what_means_nothing_does_nothing_and_is_answered_with_a_sentence(line: str) -> None:
    actions = Done()
    sentence = perform_json(line, actions)
    assert sentence is not None
    assert sentence.endswith(".")
    assert actions.done == []
