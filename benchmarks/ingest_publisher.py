"""Publishes pre-encoded messages from a process of its own, as cheaply as sockets can be written.

A connection that the broker ends is made again, and what it had not acknowledged is sent again, as QoS 1 asks for.

Standard input brings a job as one line of JSON, then how many messages may have been sent, a number a line; standard
output says `ready`, and at the end what was sent when.
"""

import json
import os
import selectors
import socket
import sys
import time
from collections import deque
from dataclasses import asdict, dataclass, field
from itertools import count

from benchmarks.ingest_messages import PACKET, Bytes, Plan
from ingest.mqtt.packet import Credentials, connect

_HOST, _PATIENCE_S, _PUBACK_BYTES = "127.0.0.1", 60.0, 4
#: Between two attempts to connect again, seconds.
_PAUSE_S = 0.5
#: Messages of one connection that wait for their PUBACK, and bytes written at once.
_WINDOW, _BURST = 4_000, 200
#: Even bursts a second at a steady pace.
_BURSTS_PER_S = 200


@dataclass(frozen=True, slots=True)
class Job:
    """What to publish, where, and over how many connections; `per_s` 0 for as fast as it is taken."""

    plan: Plan
    port: int
    per_s: int = 0
    connections: int = 4
    username: str | None = None
    password: str | None = None
    #: Messages encoded at once; 0 for all of them before the first is sent.
    encoded: int = 0

    def line(self) -> bytes:
        """Return it as the process reads it."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def read(cls, line: str) -> "Job":
        """Return a job from its line."""
        fields = json.loads(line)
        return cls(**{**fields, "plan": Plan(**fields["plan"])})


@dataclass
class _Connection:
    """One publishing connection and its share of each stretch of messages."""

    link: socket.socket
    sent: int = 0
    answered_bytes: int = 0
    waiting: list[memoryview] = field(default_factory=list)
    broken: bool = False
    #: Bursts that are not wholly answered, in order, and messages in those that were.
    _unanswered: deque[memoryview] = field(default_factory=deque)
    _settled: int = 0

    @property
    def room(self) -> int:
        """Return how many messages may be sent now; none while an earlier burst is not wholly out."""
        return 0 if self.waiting else _WINDOW - (self.sent - self.answered_bytes // _PUBACK_BYTES)

    def send(self, burst: memoryview) -> None:
        """Send whole packets; what the socket does not take waits."""
        self.sent += len(burst) // len(PACKET)
        self.waiting.append(burst)
        self._unanswered.append(burst)
        self.flush()

    def flush(self) -> None:
        """Send what waits."""
        while self.waiting and not self.broken:
            try:
                taken = self.link.send(self.waiting[0])
            except BlockingIOError:
                return
            except ConnectionError:
                self.broken = True
                return
            rest = self.waiting[0][taken:]
            self.waiting = [rest, *self.waiting[1:]] if len(rest) else self.waiting[1:]

    def hear(self) -> None:
        """Count answers."""
        try:
            data = self.link.recv(262_144)
        except ConnectionError:
            data = b""
        self.broken = self.broken or not data
        self.answered_bytes += len(data)
        answered = self.answered_bytes // _PUBACK_BYTES
        while self._unanswered and answered >= self._settled + len(self._unanswered[0]) // len(PACKET):
            self._settled += len(self._unanswered.popleft()) // len(PACKET)

    def renew(self, link: socket.socket) -> int:
        """Go on over another link, with what was not answered first; return how many messages that are."""
        self.link.close()
        answered = self.answered_bytes // _PUBACK_BYTES
        if self._unanswered:
            self._unanswered[0] = self._unanswered[0][(answered - self._settled) * len(PACKET) :]
        self.link, self.broken, self._settled = link, False, answered
        self.answered_bytes, self.waiting = answered * _PUBACK_BYTES, list(self._unanswered)
        return self.sent - answered


class Publisher:
    """Sends a job's packets in order, each burst over the next connection."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._begin, self._packets = 0, job.plan.packets(0, job.encoded if job.encoded else None)
        self._selector = selectors.DefaultSelector()
        self._numbers = count()
        self._connections = [_Connection(self._connected()) for _ in range(job.connections)]
        for connection in self._connections:
            self._selector.register(connection.link, selectors.EVENT_READ, connection)
        self._sent = 0
        self._credit = 0
        #: Monotonic time and messages sent by then, a pair a burst.
        self.log: list[tuple[float, int]] = []

    def run(self, credit: int) -> None:
        """Send everything as credit for it comes, `credit` messages at first, and return when it is acknowledged."""
        self._credit = credit
        self._selector.register(sys.stdin, selectors.EVENT_READ, None)
        began = time.monotonic()
        turn = 0
        while self._sent < self._job.plan.count or any(self._open(one) for one in self._connections):
            due = self._due(time.monotonic() - began)
            connection = self._connections[turn % len(self._connections)]
            burst = min(due - self._sent, connection.room, _BURST)
            if burst > 0:
                packets = self._next(burst)
                connection.send(_flat(packets))
                self._sent += len(packets)
                self.log.append((time.monotonic(), self._sent))
            turn += 1
            if turn % len(self._connections) == 0 or burst <= 0:
                self._hear(0.0 if burst > 0 else 1 / _BURSTS_PER_S)

    def _next(self, count: int) -> Bytes:
        """Return the next messages, at most `count`; of a long job they are encoded some at a time."""
        at = self._sent - self._begin
        if at == len(self._packets):
            self._begin, at = self._sent, 0
            self._packets = self._job.plan.packets(self._begin, self._begin + self._job.encoded)
        return self._packets[at : at + count]

    def _due(self, elapsed_s: float) -> int:
        if not self._job.per_s:
            return min(self._credit, self._job.plan.count)
        return min(self._job.plan.count, int(elapsed_s * _BURSTS_PER_S) * self._job.per_s // _BURSTS_PER_S)

    def _open(self, connection: _Connection) -> bool:
        return bool(connection.waiting) or connection.answered_bytes < connection.sent * _PUBACK_BYTES

    def _hear(self, wait_s: float) -> None:
        for key, _ in self._selector.select(wait_s):
            if key.data is None:
                self._credit = int(sys.stdin.readline() or 0) or self._job.plan.count
            else:
                key.data.hear()
        for connection in self._connections:
            connection.flush()
            if connection.broken:
                self._renew(connection)

    def _renew(self, connection: _Connection) -> None:
        self._selector.unregister(connection.link)
        again = connection.renew(self._connected_at_last())
        self._selector.register(connection.link, selectors.EVENT_READ, connection)
        sys.stderr.write(f"publisher: the broker ended a connection; {again} messages are sent again\n")

    def _connected_at_last(self) -> socket.socket:
        deadline_s = time.monotonic() + _PATIENCE_S
        while True:
            try:
                return self._connected()
            except OSError:
                if time.monotonic() > deadline_s:
                    raise
                time.sleep(_PAUSE_S)

    def _connected(self) -> socket.socket:
        job = self._job
        link = socket.create_connection((_HOST, job.port), timeout=_PATIENCE_S)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        credentials = Credentials(job.username, job.password)
        client_id = f"bench-{os.getpid()}-{next(self._numbers)}"
        link.sendall(connect(client_id, keep_alive_s=0, credentials=credentials, clean=True))
        if link.recv(4) != b"\x20\x02\x00\x00":
            link.close()
            raise ConnectionRefusedError
        link.settimeout(0.0)
        return link


def _flat(rows: Bytes) -> memoryview:
    return memoryview(rows.tobytes())


def main() -> None:
    """Do one job."""
    publisher = Publisher(Job.read(sys.stdin.readline()))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    publisher.run(int(sys.stdin.readline() or 0))
    sys.stdout.write(json.dumps(publisher.log) + "\n")


if __name__ == "__main__":
    main()
