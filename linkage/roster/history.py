"""Rosters as they were kept: every version that ever held, from when on, and every change that people made."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from threading import Lock

from sqlalchemy import Connection, RowMapping, func, insert, or_, select

from linkage.roster.changes import Change, Kind, applied
from linkage.roster.plan import Duty, first_ns, planned
from linkage.roster.roster import Post
from linkage.roster.source import Source, Version, version_of
from linkage.roster.tables import CHANGES, ROSTERS
from linkage.tables import NEVER_NS

_COUNT = select(func.count()).select_from(ROSTERS)


class History:
    """Reads what was kept; parsed versions stay in memory, as they never change. Safe between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._versions: tuple[Version, ...] = ()

    def versions(self, connection: Connection) -> tuple[Version, ...]:
        """Return every version, oldest first."""
        if connection.execute(_COUNT).scalar_one() != len(self._versions):
            with self._lock:
                rows = connection.execute(select(ROSTERS).order_by(ROSTERS.c.id)).mappings()
                self._versions = tuple(_version(row) for row in rows)
        return self._versions

    def at(self, connection: Connection, at_ns: int) -> Version | None:
        """Return the version that held at a moment."""
        return next((one for one in reversed(self.versions(connection)) if one.from_ns <= at_ns), None)

    def duties(self, connection: Connection, department: str, post: str, from_ns: int, to_ns: int) -> tuple[Duty, ...]:
        """Return whom the roster, with its changes, has on duty within a span; shifts are whole where no roster ends.

        A shift that a new version cut in two, but did not change, is one.
        """
        versions = self.versions(connection)
        ends = [*(one.from_ns for one in versions[1:]), NEVER_NS]
        pieces = [
            _within(duty, version.from_ns, end)
            for version, end in zip(versions, ends, strict=True)
            for held in [version.roster.post(department, post)]
            if held is not None and version.from_ns < to_ns and end > from_ns
            for duty in planned(held, version.calendar, max(from_ns, version.from_ns), min(to_ns, end))
        ]
        joined = _joined(pieces, {version.from_ns for version in versions})
        if not joined:
            return ()
        first, last = min(duty.from_ns for duty in joined), max(duty.to_ns for duty in joined)
        concerned = [
            change for change in changes(connection, department, first, last) if change.concerns(department, post)
        ]
        return tuple(duty for duty in applied(joined, concerned) if duty.from_ns < to_ns and duty.to_ns > from_ns)

    def since_ns(self, connection: Connection, post: Post) -> int:
        """Return from when on it is known who is on duty in a post; before that nobody is missed."""
        known = [
            version
            for version in self.versions(connection)
            if version.roster.post(post.department, post.id) is not None
        ]
        return max(known[0].from_ns, first_ns(post, known[0].calendar)) if known else NEVER_NS

    def posts(self, connection: Connection, at_ns: int, department: str = "") -> tuple[Post, ...]:
        """Return the posts that there were at a moment, of one department or of all."""
        version = self.at(connection, at_ns)
        if version is None:
            return ()
        return tuple(version.roster.of(department)) if department else version.roster.posts


def keep(connection: Connection, source: Source, now_ns: int) -> int | None:
    """Write what the city's files say, if it is not what they said last; return the new version's number."""
    last = connection.execute(select(ROSTERS).order_by(ROSTERS.c.id.desc()).limit(1)).mappings().one_or_none()
    if last is not None and _source(last) == source:
        return None
    number = 1 if last is None else last["id"] + 1
    row = {"id": number, "from_ns": now_ns, "rosters": source.rosters, "holidays": source.holidays, "zone": source.zone}
    connection.execute(insert(ROSTERS), row)
    return int(number)


def changes(connection: Connection, department: str, from_ns: int, to_ns: int) -> list[Change]:
    """Return the changes of a department that touch a span, each up to when it was taken back."""
    standing = or_(CHANGES.c.revoked_ns.is_(None), CHANGES.c.revoked_ns > CHANGES.c.from_ns)
    query = select(CHANGES).where(
        CHANGES.c.department == department, CHANGES.c.to_ns > from_ns, CHANGES.c.from_ns < to_ns, standing
    )
    return [change_of(row) for row in connection.execute(query.order_by(CHANGES.c.id)).mappings()]


def change_of(row: RowMapping) -> Change:
    """Return the change that a row holds, as far as it held."""
    revoked = row["revoked_ns"]
    return Change(
        kind=Kind(row["kind"]),
        department=row["department"],
        post=row["post"],
        from_ns=row["from_ns"],
        to_ns=row["to_ns"] if revoked is None else min(row["to_ns"], revoked),
        person=row["person"],
        instead=tuple(row["instead"]),
        number=row["id"],
    )


def _version(row: RowMapping) -> Version:
    return version_of(_source(row), from_ns=row["from_ns"], number=row["id"])


def _source(row: RowMapping) -> Source:
    return Source(row["rosters"], row["holidays"], row["zone"])


def _within(duty: Duty, from_ns: int, to_ns: int) -> Duty:
    return replace(duty, from_ns=max(duty.from_ns, from_ns), to_ns=min(duty.to_ns, to_ns))


def _joined(pieces: Iterable[Duty], cuts: Collection[int]) -> Sequence[Duty]:
    ordered = sorted(pieces, key=lambda duty: (duty.from_ns, duty.to_ns))
    joined: list[Duty] = ordered[:1]
    for before, after in pairwise(ordered):
        if before.to_ns == after.from_ns and after.from_ns in cuts and before.people == after.people:
            joined[-1] = replace(joined[-1], to_ns=after.to_ns)
        else:
            joined.append(after)
    return joined
