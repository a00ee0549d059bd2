"""Cuts a byte stream into MQTT packets, without I/O."""

from collections.abc import Iterator
from typing import NamedTuple

from ingest.mqtt.errors import MalformedPacket

_MAX_LENGTH_BYTES = 4  # MQTT 5 §1.5.5


class Frame(NamedTuple):
    """One packet: its first byte, and where its body lies in `data`."""

    head: int
    data: bytes
    body: int
    stop: int


class Frames:
    """Holds at most one incomplete packet; bytes may be cut anywhere."""

    def __init__(self, *, max_packet_bytes: int, types: frozenset[int]) -> None:
        """Refuse at once what is longer, or is none of `types` (the upper half of the first byte)."""
        self._max_packet_bytes, self._types = max_packet_bytes, types
        self._chunks: list[bytes] = []
        self._held = 0
        self._needed = 0

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Yield every packet that `data` completes; take all of them, or none any more.

        Raises:
            MalformedPacket: the stream breaks the protocol.
        """
        if self._chunks:
            self._chunks.append(data)
            self._held += len(data)
            if self._held < self._needed:
                return
            data = b"".join(self._chunks)
        offset, self._needed = 0, 2
        while offset + 2 <= len(data):
            self._check_type(data[offset])
            size, body = self._size(data, offset)
            if body + size > len(data):
                self._needed = body + size - offset
                break
            yield Frame(data[offset], data, body, body + size)
            offset = body + size
        rest = data[offset:]
        self._chunks, self._held = [rest] if rest else [], len(rest)

    def _check_type(self, head: int) -> None:
        if head & 0xF0 not in self._types:
            raise MalformedPacket(expected="a packet that brokers send", got=f"{head:02x}", at="packet type")

    def _size(self, data: bytes, offset: int) -> tuple[int, int]:
        """Return size and begin of the body; where the size itself is cut off, one that lies beyond the end."""
        size, digits = 0, data[offset + 1 : offset + 1 + _MAX_LENGTH_BYTES]
        for place, digit in enumerate(digits):
            size |= (digit & 0x7F) << 7 * place
            if not digit & 0x80:
                if size > self._max_packet_bytes:
                    expected = f"at most {self._max_packet_bytes} bytes"
                    raise MalformedPacket(expected=expected, got=size, at="remaining length")
                return size, offset + 2 + place
        if len(digits) == _MAX_LENGTH_BYTES:
            raise MalformedPacket(expected="a length of at most 4 bytes", got=digits.hex(" "), at="remaining length")
        return 1, len(data)
