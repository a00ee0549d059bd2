"""What is held back now, with its reason, and the alarms of an incident: pages for people."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, RowMapping, and_, func, literal, or_, select, true, tuple_

from city.clock import iso
from city.errors import NotFound
from linkage import cases, cursor, permissions
from linkage.admission.decision import HOLDING, Reason
from linkage.admission.tables import HELD_ALARMS
from linkage.admission.views import HeldPage, HeldView, MemberPage, MemberView
from linkage.ledger import Ledger
from linkage.person import Person
from linkage.tables import INCIDENTS, MEMBERS, NEVER_NS
from linkage.viewing import level_word, moment

_NOW = HELD_ALARMS.c.ended_ns.is_(None)
_INHIBITED = HELD_ALARMS.c.reason == str(Reason.INHIBITED)

#: The incident that tells of a held alarm: the cap's or the storm's, or the one with the alarm that inhibits it.
_INHIBITS = select(MEMBERS.c.incident).where(MEMBERS.c.alarm == HELD_ALARMS.c.cause, _INHIBITED).correlate(HELD_ALARMS)
_TELLS = func.coalesce(HELD_ALARMS.c.incident, _INHIBITS.scalar_subquery())
_LISTED = select(HELD_ALARMS, _TELLS.label("tells"), INCIDENTS.c.number).select_from(
    HELD_ALARMS.outerjoin(INCIDENTS, INCIDENTS.c.id == _TELLS)
)


class HeldAlarms:
    """Reads held alarms and members. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def page(
        self,
        person: Person,
        *,
        reason: Reason | None = None,
        incident: str | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> HeldPage:
        """Return alarms held back now in the person's district, the newest first, and how many for each reason.

        With `incident`, only those that this one tells of, a cap's or a storm's, and those that its alarms inhibit. The
        counts are of all of them.

        Raises:
            BadRequest: `after` is not a cursor of this list.
        """
        where = [_NOW, HELD_ALARMS.c.district.in_(["", person.district]) if person.district else true()]
        key = (HELD_ALARMS.c.since_ns, HELD_ALARMS.c.id)
        query = _LISTED.where(*where, *_of(reason, incident))
        if after is not None:
            since_ns, number = cursor.decode(after, 2)
            query = query.where(tuple_(*key) < tuple_(literal(since_ns), literal(number)))
        counts = select(HELD_ALARMS.c.reason, func.count()).where(*where).group_by(HELD_ALARMS.c.reason)
        with self._ledger.database.read() as connection:
            page = query.order_by(*(column.desc() for column in key)).limit(limit + 1)
            rows = list(connection.execute(page).mappings())
            reasons: Mapping[str, int] = {row[0]: row[1] for row in connection.execute(counts)}
        last = rows[limit - 1] if len(rows) > limit else None
        return HeldPage(
            items=tuple(_held(row) for row in rows[:limit]),
            next=None if last is None else cursor.encode((last["since_ns"], last["id"])),
            total=sum(reasons.values()),
            reasons={str(name): reasons[name] for name in HOLDING if name in reasons},
        )

    def members(self, incident: str, person: Person, *, limit: int = 50, after: str | None = None) -> MemberPage:
        """Return the alarms of an incident as they stand now: burning ones first, the worst of them first.

        Raises:
            NotFound: there is no such incident, or it is not this person's to see.
            BadRequest: `after` is not a cursor of this list.
        """
        if not (incident.isascii() and incident.isdigit() and len(incident) <= 18):
            raise NotFound("incident", incident)
        number = int(incident)
        query = select(MEMBERS).where(MEMBERS.c.incident == number)
        offset = 0 if after is None else max(0, cursor.decode(after, 1)[0])
        order = (MEMBERS.c.active.desc(), MEMBERS.c.level.desc(), MEMBERS.c.alarm)
        with self._ledger.database.read() as connection:
            case = cases.load(connection, number)
            if case is None or not permissions.may_see(person, case):
                raise NotFound("incident", incident)
            rows = list(connection.execute(query.order_by(*order).limit(limit + 1).offset(offset)).mappings())
            total = connection.execute(
                select(func.count()).select_from(MEMBERS).where(MEMBERS.c.incident == number)
            ).scalar_one()
        return MemberPage(
            items=tuple(_member(row) for row in rows[:limit]),
            next=cursor.encode((offset + limit,)) if len(rows) > limit else None,
            total=total,
        )


def _of(reason: Reason | None, incident: str | None) -> list[ColumnElement[bool]]:
    found = [] if reason is None else [HELD_ALARMS.c.reason == str(reason)]
    if incident is None:
        return found
    # What inhibits is an alarm, of this incident or of another.
    alarms = select(MEMBERS.c.alarm).where(MEMBERS.c.incident == int(incident))
    inhibited = and_(_INHIBITED, HELD_ALARMS.c.cause.in_(alarms))
    return [*found, or_(HELD_ALARMS.c.incident == int(incident), inhibited)]


def _held(row: RowMapping) -> HeldView:
    return HeldView.model_validate(
        {
            "id": str(row["id"]),
            "alarm": row["alarm"],
            "rule": row["rule"].removeprefix("drill:"),
            "rule_name": row["rule_name"],
            "target": row["target"],
            "level": level_word(row["level"]),
            "reason": row["reason"],
            "cause": row["cause"],
            "incident_class": row["incident_class"],
            "domain": row["domain"],
            "district": row["district"],
            "since": iso(row["since_ns"]),
            "times": row["times"],
            "look_at": None if row["wake_ns"] == NEVER_NS else moment(row["wake_ns"]),
            "incident": None if row["tells"] is None else str(row["tells"]),
            "incident_number": row["number"],
        }
    )


def _member(row: RowMapping) -> MemberView:
    return MemberView.model_validate(
        {
            "alarm": row["alarm"],
            "rule": row["rule"],
            "target": row["target"],
            "level": level_word(row["level"]),
            "active": row["active"],
            "since": iso(row["since_ns"]),
            "site": row["site"],
            "district": row["district"],
        }
    )
