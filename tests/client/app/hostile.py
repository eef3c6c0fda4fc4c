"""What somebody may send who wants to have more of a screen than is theirs."""

EVIL = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202egnp.exe\u2066\u200b\r\x08\x00\u2028[red]x[/red]"
FORBIDDEN = frozenset("\x1b\x07\x9b\x00\x08\r\u202e\u2066\u200b\u2028")
LONG = "n" * 10_000
