"""A real SMTP server (RFC 5321, the part that a client needs) that keeps what it is sent."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

from tests.support.servers import HOST


@dataclass
class Mailbox:
    """Where the server listens and what it has accepted; with `refusing` it answers every mail with 451."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    refusing: bool = False


class _Session(socketserver.StreamRequestHandler):
    """One client's conversation."""

    def handle(self) -> None:
        """Answer commands until the client leaves."""
        self._say("220 tests ready")
        while line := self.rfile.readline():
            command = line.split(maxsplit=1)[0].upper().decode("ascii", "replace") if line.strip() else ""
            if command == "DATA":
                self._data()
            elif command == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 tests" if command in {"EHLO", "HELO", "MAIL", "RCPT", "RSET", "NOOP"} else "502 unknown")

    def _data(self) -> None:
        mailbox = cast("_Server", self.server).mailbox
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b"."))
        if mailbox.refusing:
            self._say("451 try again later")
            return
        mailbox.mails.append(message_from_bytes(b"".join(lines), EmailMessage, policy=policy.default))
        self._say("250 kept")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    mailbox: Mailbox


@contextmanager
def smtp_server() -> Iterator[Mailbox]:
    """Run the server on a free port of the loopback until the block ends."""
    with _Server((HOST, 0), _Session) as server:
        server.mailbox = Mailbox(port=server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="tests.smtp")
        thread.start()
        try:
            yield server.mailbox
        finally:
            server.shutdown()
            thread.join()
