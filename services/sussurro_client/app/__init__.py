"""The face of a room in a terminal.

It hears a session's events and speaks through the session; it opens no socket,
holds no key and knows nothing of the wire.
"""

from sussurro_client.app.main import run_app
from sussurro_client.app.ports import Entrance, Invitation

__all__ = ["Entrance", "Invitation", "run_app"]
