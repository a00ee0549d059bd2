"""Which sensor's readings come on which topic, by the topic's hash: a million of them take some twenty bytes each."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from city.growing import grown, room_for
from ingest.key_table import NOWHERE, KeyTable

#: In place of a sensor's number, which are given from 1 up: nobody's readings were understood on this topic yet.
NOBODY = 0

#: Topics that are entered together at most: entering one by one would be slow.
_TOGETHER = 1024


class Topics:
    """Remembers topics; belongs to one thread.

    A topic is known by its hash alone, which is of 64 bits and keyed anew in every process (SipHash): among a million
    topics two share one with odds of 1 to 37 million, and nobody can look for such a pair.
    """

    def __init__(self) -> None:
        self._hashes = KeyTable()
        #: By place in the table of hashes.
        self._sensor: NDArray[np.int32] = np.zeros(1024, np.int32)
        #: What was learned and is not entered yet, by hash.
        self._new: dict[int, int] = {}

    def learn(self, topic: bytes, sensor: int) -> None:
        """Remember whose topic this is."""
        key = hash(topic)
        place = self._hashes.place(key)
        if place == NOWHERE:
            self._new[key] = sensor
            if len(self._new) >= _TOGETHER:
                self._settle()
        else:
            self._sensor[place] = sensor

    def sensor(self, topic: bytes) -> int | None:
        """Return the number of the sensor whose topic this is; None where it is not known."""
        key = hash(topic)
        place = self._hashes.place(key)
        return self._sensor.item(place) if place != NOWHERE else self._new.get(key)

    def sensors(self, topics: Sequence[bytes]) -> NDArray[np.int32]:
        """Return the number of each topic's sensor; `NOBODY` where it is not known."""
        self._settle()
        places = self._hashes.places(np.fromiter(map(hash, topics), np.int64, len(topics)))
        found: NDArray[np.int32] = np.where(places == NOWHERE, np.int32(NOBODY), self._sensor[places])
        return found

    def _settle(self) -> None:
        if not self._new:
            return
        places = self._hashes.add(np.fromiter(self._new, np.int64, len(self._new)))
        if len(self._hashes) > len(self._sensor):
            self._sensor = grown(self._sensor, len(self._hashes) - len(places), room_for(len(self._hashes)))
        self._sensor[places] = np.fromiter(self._new.values(), np.int32, len(places))
        self._new.clear()
