"""Knows what was sent and what was acknowledged, and judges what was kept (after Vector's obligations).

Every message becomes an obligation when the broker acknowledges it. What is kept is right when each obligation is there
once and equal, when nothing is there that was not sent, and when a message sent after the fault came through.
"""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.brokers import City
from tests.support.history import START_NS
from tests.support.ingest_process import IngestProcess, Kept, journaled

#: Longest wait for one acknowledgement of a broker on this machine, in seconds.
_PATIENCE_S = 20.0


@dataclass
class Oracle:
    """The sensors' side of one test; readings are numbered, and the number is their value and their time."""

    sent: set[Kept] = field(default_factory=set)
    owed: set[Kept] = field(default_factory=set)

    def publish(self, city: City, count: int, *, poison: Iterable[bytes] = ()) -> None:
        """Send so many readings, spread over a few sensors, with `poison` among them; return when all are acknowledged.

        One that is not acknowledged is no obligation, but may be kept.
        """
        bad, first = deque(poison), len(self.sent)
        every = count // len(bad) if bad else count
        with city.source() as source:
            waiting = []
            for number in range(first, first + count):
                one = reading(number)
                self.sent.add(one)
                waiting.append((one, source.paho.publish(topic_of(one), body_of(one), qos=1)))
                if bad and (number - first) % every == 0:
                    source.paho.publish("city/environment/poison/reading", bad.popleft(), qos=1)
            for one, info in waiting:
                info.wait_for_publish(_PATIENCE_S)
                self.owed |= {one} if info.is_published() else set()

    def flows(self, city: City, ingest: IngestProcess) -> None:
        """Send one more message, and return when it and all that is owed has come through."""
        self.publish(city, 1)
        ingest.until(lambda seen: seen["connected"] and seen["readings"] >= len(self.owed))

    def judge(self, folder: Path, *, once: bool = True, lost: int = 0) -> None:
        """Insist that the journal holds what is owed and nothing else; `lost` were the broker's to keep.

        Without `once` a repeat is allowed, for brokers that forget what was acknowledged to them; it is equal then.
        """
        kept = Counter(journaled(folder))
        missing = self.owed - kept.keys()
        assert len(missing) <= lost, f"lost: {sorted(missing)[:5]} and so on, {len(missing)} in all"
        assert kept.keys() <= self.sent, f"never sent: {sorted(kept.keys() - self.sent)[:5]}"
        if once:
            assert not [one for one, times in kept.items() if times > 1], "kept twice"


def reading(number: int) -> Kept:
    """Return the reading of this number."""
    return Kept(f"air-{number % 7}", "pm25", START_NS + number * 10**9, float(number))


def topic_of(one: Kept) -> str:
    """Return the native topic that a reading is sent on."""
    return f"city/environment/{one.sensor}/reading"


def body_of(one: Kept) -> bytes:
    """Return the message that carries a reading."""
    return b'{"values":{"pm25":%d},"time_ns":%d}' % (int(one.value), one.time_ns)
