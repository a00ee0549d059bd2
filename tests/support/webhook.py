"""A real HTTP server that keeps the webhooks it is sent."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from tests.support.servers import HOST


@dataclass(frozen=True)
class Hook:
    """One request as it came; header names in lower case."""

    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class Receiver:
    """Where the server listens, what it was sent, and what it answers next (`statuses`; 200 when there is none).

    What is no JSON is kept as text.
    """

    port: int = 0
    hooks: list[Hook] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    location: str = ""
    answer: bytes = b""


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode()


class _Handler(BaseHTTPRequestHandler):
    """Keeps one request and answers it."""

    def do_POST(self) -> None:
        """Keep a webhook."""
        receiver = cast("_Server", self.server).receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        receiver.hooks.append(Hook(self.path, headers, _read(body)))
        self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
        if receiver.location:
            self.send_header("Location", receiver.location)
        self.send_header("Content-Length", str(len(receiver.answer)))
        self.end_headers()
        self.wfile.write(receiver.answer)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    receiver: Receiver


@contextmanager
def webhook_server() -> Iterator[Receiver]:
    """Run the server on a free port of the loopback until the block ends."""
    with _Server((HOST, 0), _Handler) as server:
        server.receiver = Receiver(port=server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="tests.webhook")
        thread.start()
        try:
            yield server.receiver
        finally:
            server.shutdown()
            thread.join()
