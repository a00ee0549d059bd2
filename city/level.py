"""The scales of the city, kept apart: how bad an alarm is, and how soon somebody must act."""

from enum import IntEnum, StrEnum


class Level(IntEnum):
    """The level of an alarm, as a rule judges it; higher is worse."""

    NOTICE = 1
    MAJOR = 2
    CRITICAL = 3

    @property
    def word(self) -> str:
        """Return the level as it is written in rules, on the wire and on screens."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> "Level":
        """Return the level that `word` names; raises KeyError for any other word."""
        return cls[word.upper()]


class Domain(StrEnum):
    """The four kinds of sensors a command centre watches."""

    TRAFFIC = "traffic"
    ENVIRONMENT = "environment"
    MACHINE_ROOM = "machine_room"
    VIDEO = "video"


#: Priority of an incident: 1 is most urgent (ITIL-like impact × urgency), 5 least.
PRIORITIES = (1, 2, 3, 4, 5)
