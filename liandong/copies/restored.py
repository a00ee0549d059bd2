"""The mark that a restore leaves: until somebody takes it away, the copy sends nothing and takes nobody's place."""

import asyncio
from pathlib import Path

import msgspec

from city.clock import Clock, iso
from city.errors import Conflict
from city.restored import Restored
from liandong.folder import write_private

#: How soon a city that was called live begins to act, seconds.
_LOOK_S = 1.0


class _Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the file says; `live_ns` is 0 until somebody, `by`, called it the city."""

    made: str = ""
    restored_ns: int = 0
    by: str = ""
    live_ns: int = 0


def mark(path: Path, made: str, restored_ns: int) -> None:
    """Leave the mark."""
    write_private(path, msgspec.json.encode(_Kept(made, restored_ns)).decode())


class RestoredMark:
    """Reads the mark and takes it away; implements `city.restored.RestoredCity`. Who took it stays in the file."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path, self._clock = path, clock

    def standing(self) -> Restored | None:
        """Return what was brought back and nobody has called the city yet; a mark that cannot be read stands."""
        try:
            kept = msgspec.json.decode(self._path.read_bytes(), type=_Kept)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError):
            kept = _Kept()
        return None if kept.live_ns else Restored(kept.made, kept.restored_ns)

    def acknowledge(self, by: str) -> None:
        """Take the mark away; raises Conflict where there is none."""
        found = self.standing()
        if found is None:
            raise Conflict(found="this is the city already", at="restored")
        kept = _Kept(found.made, found.restored_ns, by, self._clock.now_ns())
        write_private(self._path, msgspec.json.encode(kept).decode())

    async def lifted(self) -> None:
        """Return when there is no mark."""
        while self.standing() is not None:  # noqa: ASYNC110 - another process takes it away
            await asyncio.sleep(_LOOK_S)


class KeptBack:
    """Holds ingest of a restored copy back: it would take the session of the city that it was copied from."""

    def __init__(self, mark: RestoredMark, embedded: str) -> None:
        """Take the name of the copy's own broker, which is dialled at once; empty where it has none."""
        self._mark, self._embedded = mark, embedded

    async def may_dial(self, broker: str) -> None:
        """Return when a broker may be dialled."""
        if broker != self._embedded:
            await self._mark.lifted()

    def of_what(self) -> str:
        """Return when the copy was made, or brought back where that is not known; empty for the city itself."""
        found = self._mark.standing()
        return "" if found is None else found.made or iso(found.restored_ns)
