"""The chain of the event log as values: what a row is sealed with, and where a row is not as it was written.

The seal covers everything but the number: a number says where the row stands, the link to the row before proves it. So
a changed row, a missing one and two that changed places can be told apart.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

#: What the first row of a log is linked to.
GENESIS = "0" * 64

#: The columns that the seal covers, in no order that matters: canonical JSON sorts them.
SEALED = (
    "incident",
    "version",
    "task",
    "department",
    "step",
    "from_state",
    "to_state",
    "actor",
    "actor_name",
    "at_ns",
    "note",
    "data",
)

#: Everything that a row is made of.
COLUMNS = ("number", *SEALED, "before", "hash")

Row = Mapping[str, Any]

_SORTED = tuple(sorted(SEALED))


class Damage(StrEnum):
    """What is wrong with a row of the log."""

    CHANGED = "changed"  #: its seal does not fit its content
    MISSING = "missing"  #: it, or the row it was linked to, is not there
    REORDERED = "reordered"  #: it is linked to a row that stands elsewhere
    ADDED = "added"  #: it stands behind the end that was noted
    REWRITTEN = "rewritten"  #: it is whole, but not the row that was anchored outside the database


@dataclass(frozen=True, slots=True)
class Fault:
    """A place where the log is not as it was written."""

    damage: Damage
    number: int


@dataclass(frozen=True, slots=True)
class Head:
    """A row's number and seal, as the end of what is before it; 0 and GENESIS for nothing."""

    number: int = 0
    hash: str = GENESIS


def seal(row: Row, before: str) -> str:
    """Return SHA-256 of the seal before, a line feed and the row's content as JSON: sorted keys, no spaces, UTF-8."""
    content = orjson.dumps({name: row[name] for name in _SORTED})
    return hashlib.sha256(before.encode() + b"\n" + content).hexdigest()


@dataclass(slots=True)
class Chain:
    """Follows a chain row by row; `end` is the last row that was followed.

    Attributes:
        linked: tells whether some row of the whole log has this seal; asked only where a link is broken.
        anchors: seals that were noted outside, by row number.
    """

    linked: Callable[[str], bool]
    end: Head = Head()
    anchors: Mapping[int, str] | None = None

    def follow(self, rows: Iterable[Row]) -> Iterator[Fault]:
        """Yield what is wrong with rows, which come in order of their numbers; `end` moves when all were followed."""
        last, sealed = self.end.number, self.end.hash
        for row in rows:
            number, found, before = row["number"], str(row["hash"]), str(row["before"])
            adjacent = number == last + 1
            for missing in range(last + 1, number):
                yield Fault(Damage.MISSING, missing)
            if seal(row, before) != found:
                yield Fault(Damage.CHANGED, number)
            elif before != sealed and adjacent:
                reordered = before == GENESIS or self.linked(before)
                yield Fault(Damage.REORDERED if reordered else Damage.MISSING, number)
            elif self.anchors and self.anchors.get(number, found) != found:
                yield Fault(Damage.REWRITTEN, number)
            last, sealed = number, found
        self.end = Head(last, sealed)

    def finish(self, noted: Head) -> Iterator[Fault]:
        """Yield what is wrong with the end: it must be the one that was noted, and no anchor may lie behind it."""
        last = max([noted.number, *(self.anchors or {})])
        for number in range(self.end.number + 1, last + 1):
            yield Fault(Damage.MISSING, number)
        for number in range(noted.number + 1, self.end.number + 1):
            yield Fault(Damage.ADDED, number)
        if self.end.number == noted.number and self.end.hash != noted.hash:
            yield Fault(Damage.CHANGED, noted.number)
