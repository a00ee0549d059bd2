"""Spans of time that the history does not hold: noted when they are found, and told until somebody removes the file."""

from dataclasses import dataclass
from pathlib import Path

import msgspec
import structlog

from city.clock import iso
from city.feed import Trouble
from ingest.set_aside import put_aside
from ingest.telemetry import HISTORY_GAPS

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Gap:
    """Journal positions after `after` up to `upto` that the history should hold and the journal gave back.

    What they held arrived between the two times; 0 where nobody knows.
    """

    after: int
    upto: int
    from_ns: int
    to_ns: int
    noted_ns: int


class Gaps:
    """The list of gaps in one small file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._gaps = self._read()
        self._saved = bool(self._gaps)

    def note(self, gap: Gap) -> None:
        """Keep a gap that is not known yet; with a full disk in memory only."""
        if any((known.after, known.upto) == (gap.after, gap.upto) for known in self._gaps):
            return
        self._gaps.append(gap)
        HISTORY_GAPS.inc()
        log.error("history_misses", after=gap.after, upto=gap.upto, since=_told(gap.from_ns), until=_told(gap.to_ns))
        try:
            draft = self._path.with_suffix(".new")
            draft.write_bytes(msgspec.json.encode(self._gaps) + b"\n")
            draft.replace(self._path)
            self._saved = True
        except OSError as error:
            log.warning("gaps_not_saved", error=str(error))

    def troubles(self) -> list[Trouble]:
        """Return what there is to be told."""
        if self._saved and not self._path.exists():
            self._gaps.clear()
        return [
            Trouble("history_misses", gap.noted_ns, f"{_told(gap.from_ns)} - {_told(gap.to_ns)}") for gap in self._gaps
        ]

    def _read(self) -> list[Gap]:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=list[Gap])
        except FileNotFoundError:
            return []
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            put_aside(self._path, error)
            return []
        except OSError as error:
            log.warning("gaps_unreadable", path=str(self._path), error=str(error))
            return []


def _told(time_ns: int) -> str:
    return iso(time_ns) if time_ns else "?"
