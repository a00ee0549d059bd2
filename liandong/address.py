"""Network addresses as people write them, and whether they can be listened on."""

import errno
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple, Self

from city.errors import BadSettings, LiandongError


class AddressTaken(LiandongError):
    """Raised when something else listens where Liandong should."""

    code = "address_taken"

    def __init__(self, address: "Address", *, at: str) -> None:
        self.address, self.at = address, at
        super().__init__(f"Expected a free address, got `{address}` in use - at `{at}`")


class Address(NamedTuple):
    """A host and a TCP port."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str, *, at: str) -> Self:
        """Return the address written as HOST:PORT or [IPv6]:PORT.

        Raises:
            BadSettings: `text` is neither.
        """
        host, colon, port = text.rpartition(":")
        bracketed = host.startswith("[") and host.endswith("]")
        plain = host[1:-1] if bracketed else host
        well_formed = colon and plain and (bracketed or ":" not in plain)
        if not (well_formed and port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
            raise BadSettings(expected="HOST:PORT", got=text, at=at)
        return cls(plain, int(port))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def dialled(self) -> Self:
        """Return where a client on this machine reaches a server bound to this address."""
        loopback = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}
        return self._replace(host=loopback.get(self.host, self.host))

    def require_free(self, *, at: str) -> None:
        """Raise AddressTaken unless a server can listen here; `at` names the setting."""
        with self.listening(at=at):
            pass

    @contextmanager
    def listening(self, *, at: str) -> Iterator[socket.socket]:
        """Yield a socket bound to this address.

        Raises:
            AddressTaken: something else listens here; `at` names the setting.
            BadSettings: this machine or this user cannot listen here.
        """
        with ExitStack() as opened:
            try:
                family, kind, protocol, _, target = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)[0]
                bound = opened.enter_context(socket.socket(family, kind, protocol))
                bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                bound.bind(target)
            except OSError as exc:
                if exc.errno == errno.EADDRINUSE:
                    raise AddressTaken(self, at=at) from exc
                raise BadSettings(expected="an address this machine and user may bind", got=str(self), at=at) from exc
            yield bound
