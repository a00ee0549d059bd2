"""Which minutes and hours of a remote store are to be rolled up, in a small file beside the journal.

What is touched is noted before it is written, so that a crash leaves a minute too many here and never one too few.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from threading import Lock

import structlog

from city.errors import StoreUnavailable
from storage.durable import write_durably

log = structlog.get_logger()


class Touched:
    """Starts of touched minutes and hours, in nanoseconds; safe between threads.

    Attributes:
        ever_rolled: something was rolled up already, so what is not touched is to be read there.
        has_older: the store holds readings from before this list was kept, which are yet to be put on it.
    """

    def __init__(self, path: Path, *, has_older: bool = False) -> None:
        """Read the list; `has_older` counts where there is none yet."""
        self._path, self._turn = path, Lock()
        self._minutes: set[int] = set()
        self._hours: set[int] = set()
        self.ever_rolled, self.has_older = False, has_older
        self._read()

    @property
    def minutes(self) -> list[int]:
        """Return the minutes, oldest first."""
        with self._turn:
            return sorted(self._minutes)

    @property
    def hours(self) -> list[int]:
        """Return the hours whose minutes are made and they are not, oldest first."""
        with self._turn:
            return sorted(self._hours)

    def touch(self, minutes: Iterable[int]) -> None:
        """Note minutes; afterwards they survive a power cut.

        Raises:
            StoreUnavailable: they could not be noted; the next call tries again.
        """
        with self._turn:
            new = set(minutes) - self._minutes
            self._minutes |= new
            try:
                if new:
                    self._save()
            except StoreUnavailable:
                self._minutes -= new  # the next call must not take them for noted
                raise

    def touch_older(self, minutes: Iterable[int]) -> None:
        """Note the minutes of what was there before this list."""
        with self._turn:
            self._minutes |= set(minutes)
            self.has_older = False
            self._save()

    def take_minute(self, minute_ns: int) -> None:
        """Take a minute off the list in memory only: one that is touched while it is made comes back."""
        with self._turn:
            self._minutes.discard(minute_ns)

    def take_hour(self, hour_ns: int) -> None:
        """Take an hour off the list in memory only."""
        with self._turn:
            self._hours.discard(hour_ns)

    def give_back(self, minutes: Iterable[int] = (), hours: Iterable[int] = ()) -> None:
        """Put back what could not be made."""
        with self._turn:
            self._minutes |= set(minutes)
            self._hours |= set(hours)

    def made(self, hours: Iterable[int]) -> None:
        """Note that what was taken is made, and that these hours are to be made of it."""
        with self._turn:
            self._hours |= set(hours)
            self.ever_rolled = True
            self._save()

    def _save(self) -> None:
        lists = {"minutes": sorted(self._minutes), "hours": sorted(self._hours)}
        flags = {"ever_rolled": self.ever_rolled, "has_older": self.has_older}
        write_durably(self._path, json.dumps(lists | flags))

    def _read(self) -> None:
        try:
            found = json.loads(self._path.read_text("utf-8"))
            self._minutes, self._hours = set(found["minutes"]), set(found["hours"])
            self.ever_rolled, self.has_older = bool(found["ever_rolled"]), bool(found["has_older"])
        except FileNotFoundError:
            return
        except (ValueError, KeyError, TypeError):
            log.warning("touched_unreadable", path=str(self._path))
            self.has_older = True
