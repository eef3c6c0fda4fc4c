import pytest
from hypothesis import given
from hypothesis import strategies as st

from sussurro_client.display import NAME_LIMIT, safe_name
from sussurro_client.names import name_flaw
from tests.client.scenes import Voice, member
from tests.wire.strategies import steady

SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


@pytest.mark.parametrize(
    "name", ["Ana", "João", "李小龍", "محمد", "Ana & Bia", "👩🏽\u200d🚀", SCOTLAND]
)
def test_an_ordinary_name_will_do(name: str) -> None:
    assert name_flaw(name) is None


@pytest.mark.parametrize(
    ("name", "flaw"),
    [
        ("", "write a name"),
        ("\u200d", "write a name"),
        ("x" * (NAME_LIMIT + 1), f"at most {NAME_LIMIT}"),
        (SCOTLAND * NAME_LIMIT, f"at most {NAME_LIMIT}"),
        ("\x1b]0;x\x07", "cannot be shown"),
        ("a\nb", "cannot be shown"),
        ("a\u202eb", "cannot be shown"),
        ("a\ufffdb", "cannot be shown"),
        ("\ud800", "cannot be shown"),
    ],
    ids=[
        "empty",
        "invisible",
        "too long to see",
        "too long to seal",
        "escapes",
        "lines",
        "bidi",
        "unknown",
        "half a pair",
    ],
)
def test_a_name_that_will_not_do_is_refused_with_the_reason(name: str, flaw: str) -> None:
    sentence = name_flaw(name)
    assert sentence is not None
    assert flaw in sentence


@steady
@given(st.text(st.characters() | st.sampled_from("\u0301\u200d\ufe0f👩🏽é "), max_size=80))
def test_a_name_that_will_do_is_shown_as_it_is_and_can_be_sealed(name: str) -> None:
    if name_flaw(name) is None:
        assert safe_name(name) == name
        assert Voice(member(name, 1)).card()
