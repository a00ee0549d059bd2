"""What is known of one sensor that sends and is not registered."""

from typing import Any

import msgspec

from city.feed import Discovered, Heard
from ingest.introduction import NOTHING_TOLD, Introduction
from ingest.message import Sighting
from ingest.proposal import proposal

#: Characters kept of a sample or a topic, quantities and messages, of a sensor that nobody vouches for.
_MAX_TEXT = 1000
_MAX_QUANTITIES = 50
_MAX_HEARD = 3
#: Times of messages by which an interval is learned.
_MAX_ARRIVALS = 9


class Stranger(msgspec.Struct):
    """Grows with each message; `arrivals_ns` are the times of the last ones, in order."""

    sensor: str
    first_ns: int
    last_ns: int
    messages: int = 0
    quantities: tuple[str, ...] = ()
    heard: tuple[Heard, ...] = ()
    arrivals_ns: tuple[int, ...] = ()
    told: Introduction = NOTHING_TOLD

    def hear(self, sighting: Sighting, arrival_ns: int) -> None:
        """Take in one message."""
        said = Heard(arrival_ns, sighting.topic[:_MAX_TEXT], sighting.sample[:_MAX_TEXT])
        self.heard = (said, *self.heard[: _MAX_HEARD - 1])
        self.messages += 1
        if arrival_ns > self.last_ns or not self.arrivals_ns:
            self.arrivals_ns = (*self.arrivals_ns[1 - _MAX_ARRIVALS :], arrival_ns)
        self.last_ns = arrival_ns
        if not set(sighting.quantities) <= set(self.quantities):
            self.quantities = tuple(dict.fromkeys((*self.quantities, *sighting.quantities)))[:_MAX_QUANTITIES]
        if sighting.introduced is not NOTHING_TOLD:
            self.told = _joined(self.told, sighting.introduced)

    def shown(self) -> Discovered:
        """Return it as the others are told of it."""
        last = self.heard[0] if self.heard else Heard(self.last_ns, "", "")
        return Discovered(
            sensor=self.sensor,
            first_ns=self.first_ns,
            last_ns=self.last_ns,
            messages=self.messages,
            topic=last.topic,
            quantities=self.quantities,
            sample=last.sample,
            heard=self.heard,
            proposed=proposal(self.sensor, last.topic, self.quantities, self.arrivals_ns, self.told),
        )


def written_before(row: tuple[Any, ...]) -> tuple[int, Stranger]:
    """Return number and stranger of a row as earlier versions wrote them, in columns."""
    number, sensor, first_ns, last_ns, messages, topic, quantities, sample = row
    names = tuple(quantities.split("\n")) if quantities else ()
    return number, Stranger(sensor, first_ns, last_ns, messages, names, (Heard(last_ns, topic, sample),), (last_ns,))


def _joined(old: Introduction, new: Introduction) -> Introduction:
    """Return what was told lately, and where that says nothing, what was told before."""
    placed = new if new.longitude is not None else old
    return Introduction(placed.longitude, placed.latitude, new.name if new.name else old.name)
