import pytest

from sussurro_client.app.about import About, Aim, line_for
from sussurro_client.interpreter import perform
from tests.client.app.fakes import ANA, BIA
from tests.client.app.posts import CIRCLE, post
from tests.client.test_commands import Done


@pytest.mark.parametrize("text", ["Oi", "/usr/bin", "//two", "TT", " TT ", "one\nTT", "/say x"])
def test_a_text_that_is_edited_is_said_again_as_it_was(text: str) -> None:
    actions = Done()
    assert perform(line_for(text), actions) is None
    assert actions.done == [f"say {text}"]


def test_the_line_above_the_draft_says_what_it_is_about_harmlessly() -> None:
    what = post(ANA, "one\n\x1b[2Jtwo " + "x" * 100)
    told = About(Aim.REPLY, what).told(CIRCLE)
    assert told.startswith("replying to Ana: one \ufffd[2Jtwo xxx")
    assert len(told) < 120
    assert About(Aim.EDIT, what).told(CIRCLE).startswith("editing: one")
    private = post(ANA, "psst", private=BIA)
    assert About(Aim.REPLY, private).told(CIRCLE) == "replying in private to Ana: psst"
