import io

import pytest

from sussurro_client.errors import ClientError
from sussurro_client.json_face import JsonFace
from sussurro_client.line_faces import Face
from sussurro_client.plain_face import PlainFace
from tests.client.test_line_mode import forget, quiet_mode


@pytest.mark.parametrize("face", [PlainFace(), JsonFace()])
def test_help_names_every_command(face: Face) -> None:
    out = io.StringIO()
    mode = quiet_mode(face, out)
    mode._actions.help()
    for word in ("TT", "/who", "/trust", "/fingerprint", "/move"):
        assert word in out.getvalue()
    forget(mode)


@pytest.mark.parametrize("face", [PlainFace(), JsonFace()])
def test_what_is_of_use_in_the_app_alone_says_so(face: Face) -> None:
    out = io.StringIO()
    mode = quiet_mode(face, out)
    mode._actions.mute()
    mode._actions.theme("gruvbox")
    told, coloured = out.getvalue().splitlines()
    assert "there is nothing to mute" in told
    assert "no colours" in coloured
    forget(mode)


def test_a_search_for_nothing_is_refused() -> None:
    mode = quiet_mode(PlainFace(), io.StringIO())
    for search in (mode._actions.search, mode._actions.search_all):
        with pytest.raises(ClientError, match="Write the words that you look for"):
            search(" ")
    forget(mode)
