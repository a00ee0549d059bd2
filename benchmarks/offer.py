"""Offers pre-encoded QoS 1 messages to a broker, as fast as it takes them or at a steady pace."""

import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ingest.mqtt.packet import Credentials, connect, framed, text

_HOST = "127.0.0.1"
#: Messages that may wait for their PUBACK: more than any broker's round trip needs on one machine.
WINDOW = 2_000
_PUBACK_BYTES = 4
_PATIENCE_S = 30.0


def publish_packet(topic: str, payload: bytes) -> bytes:
    """Return a QoS 1 PUBLISH whose packet id (two zero bytes) is to be put in at `id_offset`."""
    return framed(0x32, text(topic) + b"\x00\x00" + payload)


def id_offset(packet: bytes) -> int:
    """Return where the packet id of a PUBLISH stands."""
    start = 1
    while packet[start] & 0x80:
        start += 1
    return start + 3 + int.from_bytes(packet[start + 1 : start + 3], "big")


class Offer:
    """One publishing connection."""

    def __init__(self, link: socket.socket) -> None:
        self._link = link
        self._id = 0
        self._rest = b""
        self.sent = 0
        self.acknowledged = 0

    def send(self, packets: Sequence[bytes]) -> None:
        """Send a burst, waiting first until the window has room for it."""
        while self.sent + len(packets) - self.acknowledged > WINDOW:
            self._take()
        self._link.sendall(b"".join(map(self._numbered, packets)))
        self.sent += len(packets)

    def settle(self) -> None:
        """Return when everything sent is acknowledged."""
        while self.acknowledged < self.sent:
            self._take()

    def _numbered(self, packet: bytes) -> bytes:
        self._id = self._id % 0xFFFF + 1
        at = id_offset(packet)
        return packet[:at] + self._id.to_bytes(2, "big") + packet[at + 2 :]

    def _take(self) -> None:
        received = self._link.recv(65_536)
        if not received:
            raise ConnectionResetError
        data = self._rest + received
        count = len(data) // _PUBACK_BYTES
        self._rest = data[count * _PUBACK_BYTES :]
        self.acknowledged += count


@contextmanager
def offering(port: int, client_id: str, credentials: Credentials) -> Iterator[Offer]:
    """Connect to a broker on the loopback."""
    with socket.create_connection((_HOST, port), timeout=_PATIENCE_S) as link:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link.sendall(connect(client_id, keep_alive_s=0, credentials=credentials, clean=True))
        answer = link.recv(4)
        if answer != b"\x20\x02\x00\x00":
            raise ConnectionRefusedError
        yield Offer(link)


def paced(offer: Offer, packets: Sequence[bytes], *, per_s: int, bursts_per_s: int = 100) -> None:
    """Send `packets` at `per_s`, in `bursts_per_s` even bursts; a late burst is not made up for by a longer pause."""
    size = max(1, per_s // bursts_per_s)
    began = time.perf_counter()
    for number, start in enumerate(range(0, len(packets), size)):
        time.sleep(max(0.0, began + number / bursts_per_s - time.perf_counter()))
        offer.send(packets[start : start + size])
    offer.settle()


def is_let_in(port: int, credentials: Credentials) -> bool:
    """Tell whether the broker knows this source."""
    try:
        with offering(port, "bench-probe", credentials):
            return True
    except OSError:
        return False
