"""``/metrics``, ``/livez`` and ``/readyz`` over HTTP, on a port of their own.

Alive: the relay's threads run; restart it if not. Ready: it takes connections
and its log keeps chunks; send it nobody new if not.
"""

import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

_TIMEOUT_SECONDS = 5
_TEXT = "text/plain; charset=utf-8"

Check = Callable[[], bool]


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"
    timeout = _TIMEOUT_SECONDS
    server_version = "sussurro"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer one of the three paths."""
        match self.path.partition("?")[0]:
            case "/metrics":
                encode, content_type = choose_encoder(self.headers.get("Accept", ""))
                self._answer(HTTPStatus.OK, encode(self.server.registry), content_type)
            case "/livez":
                self._answer_check(self.server.is_alive())
            case "/readyz":
                self._answer_check(self.server.is_ready())
            case _:
                self._answer(HTTPStatus.NOT_FOUND, b"try /metrics, /livez or /readyz\n", _TEXT)

    def _answer_check(self, good: bool) -> None:  # noqa: FBT001 - private, one meaning
        if good:
            self._answer(HTTPStatus.OK, b"ok\n", _TEXT)
        else:
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE, b"not now\n", _TEXT)

    def _answer(self, status: HTTPStatus, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - the library's signature
        """Write nothing: probes come every few seconds, and lines hold addresses."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(
        self,
        address: tuple[str, int],
        registry: CollectorRegistry,
        is_alive: Check,
        is_ready: Check,
    ) -> None:
        self.registry = registry
        self.is_alive = is_alive
        self.is_ready = is_ready
        super().__init__(address, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Let a scraper that went away go."""


class HealthServer:
    """Serves the three paths from a thread of its own until `close`."""

    def __init__(
        self, host: str, port: int, registry: CollectorRegistry, is_alive: Check, is_ready: Check
    ) -> None:
        """Listen; raises OSError when the port is not to be had."""
        self._server = _Server((host, port), registry, is_alive, is_ready)
        self.port: int = self._server.server_address[1]
        # A daemon: metrics must not keep a relay alive that has ended.
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            name="health",
            daemon=True,
            kwargs={"poll_interval": 0.1},
        )

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
