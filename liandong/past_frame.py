"""How the past travels over ingest's socket: a length, a head in msgpack, then the columns of readings as they are."""

import msgspec

from city.entry import Arrivals, SensorEvent
from city.errors import LiandongError, StoreUnavailable
from city.history import Past
from city.reading import READING, ReadingBatch

#: A head, and the length of each part, in bytes; a head has names of all sensors at most.
LENGTH_BYTES = 4


class Wanted(msgspec.Struct, frozen=True, tag="wanted"):
    """What is asked for: all that arrived in [start_ns, end_ns)."""

    start_ns: int
    end_ns: int


class Oldest(msgspec.Struct, frozen=True, tag="oldest"):
    """The question where the history begins, and its answer."""

    time_ns: int | None = None


class Stretch(msgspec.Struct, frozen=True, tag="stretch"):
    """A stretch; so many readings follow in columns."""

    until_ns: int
    readings: int
    events: tuple[SensorEvent, ...]
    sensors: dict[int, str]
    quantities: dict[int, str]


class Broken(msgspec.Struct, frozen=True, tag="broken"):
    """The history does not answer, and why."""

    cause: str


class End(msgspec.Struct, frozen=True, tag="end"):
    """That was all."""


Head = Wanted | Oldest | Stretch | Broken | End

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Head] = msgspec.msgpack.Decoder(Head)


class PastLost(LiandongError):
    """Raised when whoever told the past is gone in the middle of it."""

    code = "past_lost"

    def __init__(self) -> None:
        self.at = "history"
        super().__init__("Ingest ended while it told the past - at `history`")


def encoded(head: Head) -> bytes:
    """Return a head with its length before it."""
    body = _encoder.encode(head)
    return len(body).to_bytes(LENGTH_BYTES, "big") + body


def decoded(body: bytes) -> Head:
    """Return a head.

    Raises:
        PastLost: it is none.
    """
    try:
        return _decoder.decode(body)
    except msgspec.DecodeError as exc:
        raise PastLost from exc


def head_of(past: Past) -> Stretch:
    """Return the head of a stretch."""
    arrivals = past.arrivals
    return Stretch(past.until_ns, len(arrivals.readings), arrivals.events, past.sensors, past.quantities)


def past_of(stretch: Stretch, columns: bytes) -> Past:
    """Return a stretch by its head and its columns."""
    readings = ReadingBatch.from_bytes(columns, stretch.readings)
    return Past(stretch.until_ns, Arrivals(readings, stretch.events), stretch.sensors, stretch.quantities)


def columns_bytes(stretch: Stretch) -> int:
    """Return how long the columns of a stretch are."""
    return stretch.readings * READING.itemsize


def told(error: Broken) -> StoreUnavailable:
    """Return what an error says."""
    return StoreUnavailable("history", error.cause)
