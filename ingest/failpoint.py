"""Named places at which a test may have the process die, as a crash would; none is armed but by an explicit setting."""

import os
from collections.abc import Iterable
from enum import StrEnum

from city.errors import BadSettings

#: Exit code of a process that SIGKILL ended, as a shell reports it.
_KILLED = 137


class Place(StrEnum):
    """Every place there is."""

    BEFORE_COMMIT = "before_commit"  #: numbers are saved, the batch is not
    AFTER_COMMIT = "after_commit"  #: the batch is in the journal, nothing is acknowledged
    AFTER_ACKNOWLEDGE = "after_acknowledge"  #: PUBACKs are handed to the connection, nothing is judged
    AFTER_JUDGE = "after_judge"  #: judged, and nothing shown


class Failpoints:
    """Kills the process at the places it is armed for: `after_commit`, or `after_commit:3` at the third time."""

    def __init__(self, armed: Iterable[str] = ()) -> None:
        self._left: dict[Place, int] = dict(map(_parse, armed))

    def hit(self, place: Place) -> None:
        """Die here if it is time; nothing is flushed, closed or said."""
        if not self._left or place not in self._left:
            return
        self._left[place] -= 1
        if self._left[place] <= 0:
            os._exit(_KILLED)


def _parse(text: str) -> tuple[Place, int]:
    name, _, count = text.partition(":")
    try:
        return Place(name), int(count) if count else 1
    except ValueError as error:
        places = ", ".join(Place)
        raise BadSettings(expected=f"one of {places}, with :COUNT or without", got=text, at="failpoints") from error
