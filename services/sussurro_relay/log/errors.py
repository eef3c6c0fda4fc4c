"""What can be wrong with a log before it starts."""


class LogError(Exception):
    """The log cannot be used; the text is a sentence that says what to do."""
