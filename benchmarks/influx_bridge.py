"""Lets what speaks InfluxDB 2.x's `/api/v2/write` write to InfluxDB 1.6, which has only `/write`.

The same way in came with 1.8; Debian's is 1.6. Only path and parameters are changed, bodies pass as they are, gzip
included. It is gone whenever its server is, so that who calls finds nobody there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.support.servers import HOST

_PATIENCE_S = 60.0
_PASSED = ("Content-Encoding", "Content-Type", "Accept")


class _Passage(BaseHTTPRequestHandler):
    """Passes one request on and its answer back."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    port: int

    def do_GET(self) -> None:
        """Pass a read on."""
        self._pass(self.path, b"")

    def do_POST(self) -> None:
        """Pass a write or a statement on."""
        self._pass(_old_path(self.path), self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def log_message(self, *_: object) -> None:
        """Say nothing of each request."""

    def _pass(self, path: str, body: bytes) -> None:
        kept = {name: self.headers[name] for name in _PASSED if name in self.headers}
        link = HTTPConnection(HOST, self.port, timeout=_PATIENCE_S)
        try:
            link.request(self.command, path, body, kept)
            answer = link.getresponse()
            said = answer.read()
        except OSError:  # the server has just been ended: the caller is to see that nobody answers
            self.close_connection = True
            return
        finally:
            link.close()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.headers.get("Content-Type", "text/plain"))
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)


def _old_path(path: str) -> str:
    """Return where InfluxDB 1.x takes what is written to a bucket `database/policy` of 2.x."""
    parts = urlsplit(path)
    if parts.path != "/api/v2/write":
        return path
    asked = parse_qs(parts.query)
    database, _, policy = asked["bucket"][0].partition("/")
    return "/write?" + urlencode({"db": database, "rp": policy, "precision": asked["precision"][0]})


@contextmanager
def bridged(port: int, to: int) -> Iterator[None]:
    """Answer as InfluxDB 1.8 would at one port of the loopback, for the 1.6 at another."""
    handler = type("Passage", (_Passage,), {"port": to})
    with ThreadingHTTPServer((HOST, port), handler) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, name="bench.bridge", daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
