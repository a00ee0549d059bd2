"""One HTTP request to a server outside: to the address that was checked, no redirects, bounded in size and time."""

import http.client
import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urlsplit

from linkage.telling.destinations import pinned
from linkage.telling.watchdog import Watchdog

#: Longest answer that is read, bytes: receipts are short.
_LONGEST_ANSWER = 64 * 1024

_WATCHDOG = Watchdog("linkage.request")


class NotSent(Exception):
    """Raised when there was no answer; `final` when trying again cannot help."""

    def __init__(self, cause: str, *, final: bool = False) -> None:
        self.cause, self.final = cause, final
        super().__init__(cause)


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes


def ask(request: Request, *, allow: Sequence[str], timeout_s: float) -> Answer:
    """Send the request and return its answer, whatever its status; blocks.

    Raises:
        NotSent: nothing came back, or the address is internal and no network of `allow` holds it.
    """
    parts = urlsplit(request.url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port if parts.port is not None else 443 if secure else 80
    connection = _Pinned(host, port, _address(parts.scheme, host, allow), timeout_s, secure=secure)
    path = parts.path if parts.path else "/"
    try:
        # A server that sends byte by byte keeps within the socket's time-out for ever; this ends it.
        with _WATCHDOG.watching(timeout_s * 2, connection.abort):
            connection.request(
                request.method, f"{path}?{parts.query}" if parts.query else path, request.body, dict(request.headers)
            )
            response = connection.getresponse()
            answer = Answer(response.status, response.read(_LONGEST_ANSWER))
    except (OSError, http.client.HTTPException) as error:
        raise NotSent(str(error) if str(error) else type(error).__name__) from error
    finally:
        connection.close()
    if connection.aborted:  # an answer that was cut off looks like one that ended
        cause = f"No whole answer within {timeout_s * 2:g} s"
        raise NotSent(cause)
    return answer


def _address(scheme: str, host: str, allow: Sequence[str]) -> str:
    """Return the address to speak to; raises NotSent when there is none, or it is internal and not allowed."""
    if scheme not in {"http", "https"} or not host:
        cause = "Expected an http or https address"
        raise NotSent(cause, final=True)
    address, internal = pinned(host, allow)
    if internal:
        cause = f"Internal address `{internal}` is not allowed"
        raise NotSent(cause, final=True)
    if not address:
        cause = f"No address of `{host}`"
        raise NotSent(cause)
    return address


@cache
def _trust() -> ssl.SSLContext:
    """Return whose certificates are believed; to read them anew for each letter would take 20 ms."""
    return ssl.create_default_context()


class _Pinned(http.client.HTTPConnection):
    """A connection to one address under the name that it was asked for."""

    def __init__(self, host: str, port: int, address: str, timeout_s: float, *, secure: bool) -> None:
        super().__init__(host, port, timeout=timeout_s)
        self._address, self._secure, self.aborted = address, secure, False
        self.default_port = 443 if secure else 80

    def connect(self) -> None:
        """Connect to the address, and prove the name by its certificate."""
        self.sock: socket.socket = socket.create_connection((self._address, self.port), self.timeout)
        if self._secure:
            self.sock = _trust().wrap_socket(self.sock, server_hostname=self.host)

    def abort(self) -> None:
        """End whatever is under way; another thread may call it."""
        self.aborted = True
        with suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)
