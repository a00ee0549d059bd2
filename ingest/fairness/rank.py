"""What goes first when not everything can: by topic, as nothing else is known before a message is read."""

from collections.abc import Callable
from enum import IntEnum
from typing import Protocol


class Rank(IntEnum):
    """The lower, the sooner."""

    FIRST = 0  #: events, statuses, what decoders must have seen to read the rest, and what saves lives
    WATCHED = 1  #: sensors that a rule looks at
    BULK = 2  #: everything else


#: Topic levels that say the same: native events and last wills; births and deaths of Sparkplug.
_FIRST_LEVELS = frozenset(
    {"event", "events", "status", "availability", "NBIRTH", "DBIRTH", "NDEATH", "DDEATH", "STATE"}
)


#: `city/<domain>/<sensor>/reading`
_NATIVE_LEVELS = 4


class Families(Protocol):
    """Who knows which family a topic belongs to."""

    def goes_first(self, topic: str) -> bool:
        """Return whether it is one whose messages go first."""
        ...


class Ranking:
    """Ranks topics; `sensor` ranks a sensor by the rules that look at it. It and `families` may be replaced."""

    def __init__(self, families: Families) -> None:
        self.families = families
        self.sensor: Callable[[str], Rank] = lambda _: Rank.BULK

    def of(self, topic: str) -> Rank:
        """Return the rank of a topic: by its own form, else by the sensor that its levels name."""
        levels = topic.split("/")
        if not _FIRST_LEVELS.isdisjoint(levels) or any(level.startswith("$") for level in levels):
            return Rank.FIRST
        if self.families.goes_first(topic):
            return Rank.FIRST
        return min(map(self.sensor, _names(levels)))


def _names(levels: list[str]) -> list[str]:
    """Return every name that consecutive levels of a topic can make, as a sensor's may hold slashes."""
    if levels[0] == "city" and len(levels) == _NATIVE_LEVELS:
        return [levels[2]]
    places = range(len(levels))
    return ["/".join(levels[start : stop + 1]) for start in places for stop in places[start : start + 4]]
