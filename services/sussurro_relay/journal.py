"""Structured events, one JSON object a line on stderr.

An event has a name and numbers or words of the relay's own; never anything that
a client sent, and never an address, a room, a name or a key.
"""

import json
import logging
import sys
from datetime import UTC, datetime

_logger = logging.getLogger("sussurro_relay")


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of JSON."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)


def open_journal(level: str) -> None:
    """Write events of ``level`` (debug, info, warning, error) and above; called once at start."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines())
    _logger.handlers[:] = [handler]
    _logger.propagate = False
    _logger.setLevel(level.upper())


def note(event: str, **facts: float | str | bool) -> None:
    """Write down that something happened; any thread."""
    _logger.info(event, extra={"facts": facts})


def warn(event: str, **facts: float | str | bool) -> None:
    """Write down something that an operator should look at; any thread."""
    _logger.warning(event, extra={"facts": facts})


def fail(event: str, fault: BaseException | None = None) -> None:
    """Write down a fault of the relay's own, with its traceback; by itself in an except clause."""
    _logger.error(event, exc_info=fault or True)
