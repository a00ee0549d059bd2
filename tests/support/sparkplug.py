"""Sparkplug B for tests: payloads written by hand, so that the reader is tested against the definition, not itself."""

import struct
from dataclasses import dataclass, field


def varint(number: int) -> bytes:
    out = bytearray()
    number &= 0xFFFF_FFFF_FFFF_FFFF
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def field_of(number: int, value: int | bytes | str | float) -> bytes:
    if isinstance(value, float):
        return varint(number << 3 | 1) + struct.pack("<d", value)
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def single(number: int, value: float) -> bytes:
    return varint(number << 3 | 5) + struct.pack("<f", value)


def properties(**values: str | int) -> bytes:
    keys = b"".join(field_of(1, key) for key in values)
    return keys + b"".join(
        field_of(2, field_of(8, value) if isinstance(value, str) else field_of(3, value)) for value in values.values()
    )


@dataclass
class M:
    """One metric; `value` is a field already written, such as `field_of(10, 7)`."""

    name: str | None = None
    value: bytes = b""
    alias: int | None = None
    datatype: int | None = None
    time_ms: int | None = None
    historical: bool = False
    null: bool = False
    properties: dict[str, str | int] = field(default_factory=dict)

    def encoded(self) -> bytes:
        parts = [
            (1, self.name),
            (2, self.alias),
            (3, self.time_ms),
            (4, self.datatype),
            (5, int(self.historical) or None),
            (7, int(self.null) or None),
            (9, properties(**self.properties) if self.properties else None),
        ]
        return b"".join(field_of(number, part) for number, part in parts if part is not None) + self.value


def payload(*metrics: M, seq: int | None = None, time_ms: int | None = 1_780_000_000_000) -> bytes:
    head = field_of(1, time_ms) if time_ms is not None else b""
    tail = field_of(3, seq) if seq is not None else b""
    return head + b"".join(field_of(2, metric.encoded()) for metric in metrics) + tail
