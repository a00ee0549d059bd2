"""What goes first when not everything can: by topic, as nothing else is known before a message is read."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Protocol


class Rank(IntEnum):
    """The lower, the sooner."""

    FIRST = 0  #: events, statuses, what decoders must have seen to read the rest, and what saves lives
    WATCHED = 1  #: sensors that a rule looks at
    BULK = 2  #: everything else


#: Families whose messages are observations, or descriptions without which later ones cannot be read.
_FIRST_FAMILIES = frozenset({"axis", "onvif_mqtt", "hikvision", "frigate", "ha_discovery"})
#: Topic levels that say the same: native events and last wills; births and deaths of Sparkplug.
_FIRST_LEVELS = frozenset(
    {"event", "events", "status", "availability", "NBIRTH", "DBIRTH", "NDEATH", "DDEATH", "STATE"}
)


class Families(Protocol):
    """Who knows which family a topic belongs to."""

    def family_of(self, topic: str) -> str:
        """Return the name of the family, empty where nobody claims the topic."""
        ...


class Ranking:
    """Ranks topics; `sensors` says which sensors rules look at, and may be replaced at any time."""

    def __init__(self, families: Families) -> None:
        self._families = families
        self.sensors: Mapping[str, Rank] = {}

    def of(self, topic: str) -> Rank:
        """Return the rank of a topic: by its own form, else by the sensor that its levels name."""
        levels = topic.split("/")
        if not _FIRST_LEVELS.isdisjoint(levels) or any(level.startswith("$") for level in levels):
            return Rank.FIRST
        if self._families.family_of(topic) in _FIRST_FAMILIES:
            return Rank.FIRST
        return min((self.sensors[name] for name in _names(levels) if name in self.sensors), default=Rank.BULK)


def _names(levels: list[str]) -> list[str]:
    """Return every name that consecutive levels of a topic can make, as a sensor's may hold slashes."""
    places = range(len(levels))
    return ["/".join(levels[start : stop + 1]) for start in places for stop in places[start : start + 4]]
