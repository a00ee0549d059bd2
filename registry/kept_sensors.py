"""Sensors in columns as a file of their own, so that a million of them are there in a fraction of a second.

What they were read of stays the truth: the file holds a key that names its content, and is passed over when that is
another one, or when the file is damaged.
"""

import os
from pathlib import Path
from zlib import crc32

import msgspec
import numpy as np
import structlog

from city.census import Census
from city.context_bytes import CensusColumns, census_from_columns, census_to_columns
from city.registered import Registered

log = structlog.get_logger()

#: Changes whenever a file written before can no longer be read, or a census be read otherwise.
_FORMAT = 1
_CRC_BYTES = 4


class _Kept(msgspec.Struct, array_like=True):
    format: int
    key: str
    digest: str
    order: bytes
    columns: CensusColumns


class _Named(msgspec.Struct, array_like=True):
    """The beginning of what is kept."""

    format: int
    key: str


class KeptSensors:
    """One such file; several processes may read and replace it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self, key: str) -> Registered | None:
        """Return the sensors that were saved under `key`; None where others were, or none that can be read."""
        try:
            data = memoryview(self._path.read_bytes())
        except OSError:
            return None
        body, crc = data[_CRC_BYTES:], int.from_bytes(data[:_CRC_BYTES], "little")
        try:
            named = msgspec.msgpack.decode(body, type=_Named)
            if (named.format, named.key) != (_FORMAT, key):
                return None
            return _registered(msgspec.msgpack.decode(body, type=_Kept)) if crc32(body) == crc else None
        except (ValueError, KeyError, msgspec.MsgspecError) as error:
            log.warning("kept_sensors_not_read", path=str(self._path), cause=str(error))
            return None

    def save(self, key: str, sensors: Registered) -> None:
        """Keep sensors; where they cannot be, they are read again the next time."""
        order = sensors.order
        parts = (sensors.census.known_digest, b"" if order is None else order.astype("<i8").tobytes())
        body = msgspec.msgpack.encode(_Kept(_FORMAT, key, *parts, census_to_columns(sensors.census)))
        new = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        try:
            self._path.parent.mkdir(mode=0o700, exist_ok=True)
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as file:
                file.write(crc32(body).to_bytes(_CRC_BYTES, "little"))
                file.write(body)
            new.replace(self._path)
        except OSError as error:
            log.warning("kept_sensors_not_written", path=str(self._path), cause=str(error))
            new.unlink(missing_ok=True)


def _registered(kept: _Kept) -> Registered:
    census = census_from_columns(kept.columns)
    order = np.frombuffer(kept.order, "<i8").astype(np.int64) if kept.order else None
    return Registered(Census(census.words, census.texts, census.numbers, kept.digest), order)
