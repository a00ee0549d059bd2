"""When a copy was last taken and last tried out, kept in the data folder for everybody to ask."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from city.clock import SECOND_NS, Clock, iso
from city.errors import LiandongError
from liandong.copies.config import BackupSettings
from liandong.folder import write_private

_HOUR_NS = 3600 * SECOND_NS


class Act(msgspec.Struct, frozen=True, omit_defaults=True):
    """The last time that something went well, and what was wrong since; 0 and empty when never and nothing."""

    at_ns: int = 0
    copy: str = ""
    tried_ns: int = 0
    error: str = ""


class Standing(msgspec.Struct, frozen=True, omit_defaults=True):
    """How copies stand; `since_ns` is when they were first asked for."""

    taken: Act = Act()
    tested: Act = Act()
    since_ns: int = 0


class Standings:
    """The file that says so; written by whoever takes or tests a copy, one at a time."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path, self._clock = path, clock

    def now(self) -> Standing:
        """Return how copies stand; a file that is missing or damaged says nothing."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Standing)
        except (OSError, msgspec.DecodeError):
            return Standing()

    def begin(self) -> Standing:
        """Note that copies are asked for from now on, if that was not noted, and return how they stand."""
        found = self.now()
        if not found.since_ns:
            found = msgspec.structs.replace(found, since_ns=self._clock.now_ns())
            self._write(found)
        return found

    @contextmanager
    def taking(self, copy: str) -> Iterator[None]:
        """Note how taking a copy in the block went."""
        with self._noting("taken", copy):
            yield

    @contextmanager
    def testing(self, copy: str) -> Iterator[None]:
        """Note how testing a copy in the block went."""
        with self._noting("tested", copy):
            yield

    @contextmanager
    def _noting(self, act: str, copy: str) -> Iterator[None]:
        began_ns = self._clock.now_ns()
        try:
            yield
        except (LiandongError, ExceptionGroup, OSError) as error:
            before: Act = getattr(self.now(), act)
            self._put(act, msgspec.structs.replace(before, tried_ns=began_ns, error=_said(error)))
            raise
        self._put(act, Act(began_ns, copy, began_ns))

    def _put(self, act: str, done: Act) -> None:
        self._write(msgspec.structs.replace(self.now(), **{act: done}))

    def _write(self, standing: Standing) -> None:
        if self._path.parent.is_dir():
            write_private(self._path, msgspec.json.encode(standing).decode())


def _said(error: BaseException) -> str:
    """Return what went wrong, of several things that went wrong together the first."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return str(error)


def complaints(standing: Standing, settings: BackupSettings, now_ns: int) -> list[str]:
    """Return what is wrong with the city's copies: too old, or never taken, for as long as they were asked for."""
    if settings.to is None:
        return []
    wanted = [("copy", standing.taken, settings.every_h)]
    if settings.test_every_h:
        wanted.append(("tested restore", standing.tested, settings.test_every_h))
    return [
        _complaint(what, act)
        for what, act, every_h in wanted
        if not any(_is_recent(at_ns, every_h * settings.late_after, now_ns) for at_ns in (act.at_ns, standing.since_ns))
    ]


def _is_recent(at_ns: int, most_h: float, now_ns: int) -> bool:
    """Return whether that was so lately; further ahead of us than that it was noted by a clock that was wrong."""
    return abs(now_ns - at_ns) <= most_h * _HOUR_NS


def _complaint(what: str, act: Act) -> str:
    known = f"the last {what} is too old" if act.at_ns else f"there is no {what} yet"
    return f"{known}: {act.error}" if act.error else known


def shown(standing: Standing, settings: BackupSettings, now_ns: int) -> dict[str, object]:
    """Return how copies stand, for people who ask."""
    taken, tested = standing.taken, standing.tested
    return {
        "scheduled": settings.to is not None,
        "taken_at": iso(taken.at_ns) if taken.at_ns else None,
        "tested_at": iso(tested.at_ns) if tested.at_ns else None,
        "error": taken.error or tested.error,
        "late": complaints(standing, settings, now_ns),
    }
