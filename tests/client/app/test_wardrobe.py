import pytest
from rich.color import Color, ColorSystem
from textual.pilot import Pilot
from textual.theme import Theme

from sussurro_client.app import themes
from sussurro_client.app.abilities import Abilities
from sussurro_client.app.app import Outcome
from sussurro_client.app.contrast import contrast
from sussurro_client.app.palette import DARK, HUES, LIGHT
from sussurro_client.events import Standing
from sussurro_client.wishes import THEMES, Wishes
from tests.client.app.fakes import ANA, BIA, JOAO, Stage, said, stage
from tests.client.app.play import drafted, painted, play, shown, until

COLOURED = [theme for theme in themes.ALL.values() if theme is not themes.PLAIN]


def styles(scene: Stage) -> list[tuple[str, str]]:
    """Return every piece of text on the screen, with how it looks."""
    return [
        (segment.text, str(segment.style))
        for strip in scene.app.screen._compositor.render_strips()
        for segment in strip
        if segment.text.strip() or "reverse" in str(segment.style)
    ]


# What can be read.


def test_every_name_is_a_theme() -> None:
    assert tuple(themes.ALL) == THEMES
    assert all(theme.name == name for name, theme in themes.ALL.items())


@pytest.mark.parametrize("theme", COLOURED, ids=lambda theme: theme.name)
def test_every_persons_colour_can_be_read_on_the_background(theme: Theme) -> None:
    for dark, light in HUES:
        assert contrast(dark if theme.dark else light, theme.background or "") >= 4.5


@pytest.mark.parametrize("theme", COLOURED, ids=lambda theme: theme.name)
def test_whatever_the_app_writes_in_can_be_read(theme: Theme) -> None:
    written = (
        theme.primary,
        theme.warning,
        theme.error,
        theme.success,
        theme.accent,
        theme.foreground,
        theme.variables["faint"],
    )
    for colour in written:
        assert contrast(colour or "", theme.background or "") >= 4.5


def test_in_the_strongest_theme_everything_stands_out() -> None:
    theme = themes.CONTRAST
    for colour in (theme.primary, theme.warning, theme.error, theme.success, theme.accent):
        assert contrast(colour or "", theme.background or "") >= 7
    assert contrast(theme.variables["faint"], theme.background or "") >= 7


def test_every_persons_colour_is_the_same_on_a_256_colour_terminal() -> None:
    for hue in HUES:
        for colour in hue:
            shown = Color.parse(colour).downgrade(ColorSystem.EIGHT_BIT)
            assert shown.get_truecolor().hex == colour


# Changing.


def test_f2_goes_between_the_dark_and_the_light_theme_of_last() -> None:
    scene = stage(wishes=Wishes(theme="tokyo-night"))

    async def script(pilot: Pilot[Outcome]) -> None:
        assert scene.app.theme == "tokyo-night"
        await pilot.press("f2")
        assert scene.app.theme == LIGHT.name
        await pilot.press(*"/theme catppuccin-latte", "enter", "f2")
        assert scene.app.theme == "tokyo-night"
        await pilot.press("f2")
        assert scene.app.theme == "catppuccin-latte"

    play(scene, script)


def test_theme_alone_lists_them_and_with_a_name_changes_and_says_how_to_keep_it() -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press(*"/theme", "enter")
        await pilot.pause()
        text = " ".join(shown(scene).split())
        assert all(name in text for name in THEMES)
        assert f"Now it is {DARK.name}." in text
        await pilot.press(*"/theme gru", "tab")
        assert drafted(scene) == "/theme gruvbox"
        await pilot.press("enter")
        await pilot.pause()
        assert scene.app.theme == "gruvbox"
        assert 'put into config.toml: theme = "gruvbox"' in shown(scene)
        await pilot.press(*"/theme [red]x", "enter")
        await pilot.pause()
        assert "Now it is gruvbox." in " ".join(shown(scene).split())

    play(scene, script, size=(160, 30))


@pytest.mark.parametrize("name", THEMES)
def test_every_theme_shows_the_same_words(name: str) -> None:
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.let_in(ANA, BIA)
        scene.session.tell(said(ANA, "Oi"))
        await pilot.pause()
        before = shown(scene)
        scene.app.theme = name
        await pilot.pause()
        await until(pilot, lambda: "Oi" in painted(scene))
        assert shown(scene) == before
        await pilot.press("f1")
        await until(pilot, lambda: "What you can do" in painted(scene))
        await pilot.press("escape", "f3")
        await until(pilot, lambda: "/help" in painted(scene))

    play(scene, script)


# Without colours.


@pytest.mark.parametrize(
    ("wishes", "abilities"),
    [
        (Wishes(theme="sussurro-plain"), Abilities()),
        (Wishes(theme="gruvbox"), Abilities(has_colours=False)),
        (Wishes(), Abilities(has_colours=False)),
    ],
)
def test_without_colours_everything_is_told_apart_by_signs_bold_and_reverse(
    wishes: Wishes, abilities: Abilities
) -> None:
    scene = stage(wishes=wishes, abilities=abilities)

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.let_in(ANA, BIA, JOAO)
        scene.session.trust(JOAO)
        scene.session.tell(said(ANA, "Oi"))
        scene.session.tell(said(JOAO, "E eu", 1, Standing.VERIFIED))
        await pilot.press(*"mine", "enter", *"/t")
        await until(pilot, lambda: "/trust" in painted(scene))
        looks = styles(scene)
        assert {look for _text, look in looks} <= {
            "default on default",
            "bold default on default",
            "italic default on default",
            "reverse default on default",
        }
        assert any("Ana" in text and "bold" in look for text, look in looks)
        assert any("✓" in text and "bold" in look for text, look in looks)
        assert any("reverse" in look for _text, look in looks), "the cursor"
        assert "sending…" in painted(scene)
        await pilot.press("escape", "ctrl+c")
        await until(pilot, lambda: "Leave the room?" in painted(scene))
        chosen = [text.strip() for text, look in styles(scene) if "reverse" in look]
        assert "Stay" in chosen
        assert "Leave" not in chosen
        await pilot.press("escape", "f3")
        await until(pilot, lambda: "/help" in painted(scene))
        chosen = [text.strip() for text, look in styles(scene) if "underline" in look]
        assert "/help" in chosen
        assert "/who" not in chosen

    play(scene, script)


def test_without_colours_one_sees_what_is_selected_and_where_the_cursor_is() -> None:
    scene = stage(wishes=Wishes(theme="sussurro-plain"))

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press(*"abcdef", "shift+left", "shift+left", "shift+left")
        await pilot.pause()
        reversed_ = "".join(text for text, look in styles(scene) if "reverse" in look)
        assert "ef" in reversed_
        assert "abc" not in reversed_

    play(scene, script)


def test_a_terminal_without_colours_keeps_its_theme() -> None:
    scene = stage(abilities=Abilities(has_colours=False))

    async def script(pilot: Pilot[Outcome]) -> None:
        await pilot.press("f2", *"/theme gruvbox", "enter")
        await pilot.pause()
        assert scene.app.theme == "sussurro-plain"
        assert "This terminal shows no colours" in shown(scene)

    play(scene, script)


def test_no_color_in_the_environment_is_no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    scene = stage()

    async def script(pilot: Pilot[Outcome]) -> None:
        scene.session.let_in(ANA, BIA)
        scene.session.tell(said(ANA, "Oi"))
        await until(pilot, lambda: "Oi" in painted(scene))

    play(scene, script)
