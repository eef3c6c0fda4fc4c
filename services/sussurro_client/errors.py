"""What can go wrong in the client; everything foreign is turned into these."""

from enum import StrEnum


class ClientError(Exception):
    """Something that the user must be told; the text is a finished sentence."""


class KeyFileError(ClientError):
    """The key file cannot be used."""


class NotSentError(ClientError):
    """A text was not taken: too long, too much is waiting, or the session has ended."""


class Flaw(StrEnum):
    """What is wrong with a token."""

    UNDECRYPTABLE = "undecryptable"
    FORGED = "forged"


class EnvelopeError(Exception):
    """A token that is not a good envelope; it says which flaw, and no more."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw
