"""Named places at which a test may have the process die, as a crash would; none is armed but by an explicit setting."""

import os
from collections.abc import Iterable
from enum import StrEnum

from city.errors import BadSettings

#: Exit code of a process that SIGKILL ended, as a shell reports it.
_KILLED = 137


class Failpoints:
    """Kills the process at the places it is armed for: `after_commit`, or `after_commit:3` at the third time."""

    def __init__(self, places: type[StrEnum], armed: Iterable[str] = ()) -> None:
        self._left: dict[StrEnum, int] = dict(_parse(places, text) for text in armed)

    def hit(self, place: StrEnum) -> None:
        """Die here if it is time; nothing is flushed, closed or said."""
        if not self._left or place not in self._left:
            return
        self._left[place] -= 1
        if self._left[place] <= 0:
            os._exit(_KILLED)


def _parse(places: type[StrEnum], text: str) -> tuple[StrEnum, int]:
    name, _, count = text.partition(":")
    try:
        return places(name), int(count) if count else 1
    except ValueError as error:
        known = ", ".join(places)
        raise BadSettings(expected=f"one of {known}, with :COUNT or without", got=text, at="failpoints") from error
