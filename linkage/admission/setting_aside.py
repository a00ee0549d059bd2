"""Sets aside a change of an alarm that meets a fault of ours, so that those behind it go on, and tries it again."""

from collections.abc import Sequence

import msgspec
import structlog
from prometheus_client import Counter
from sqlalchemy import RowMapping, bindparam, delete, func, select, update

from city.alarm import AlarmTransition
from city.clock import SECOND_NS
from city.feed import Trouble
from linkage.admission.admit import Admitter
from linkage.admission.tables import SET_ASIDE
from linkage.faults import Fault, faults_told
from linkage.ledger import Ledger
from storage.sql import Database, insert

log = structlog.get_logger()

ALARMS_SET_ASIDE = Counter(
    "linkage_alarms_set_aside_total",
    "Changes of alarms that met a fault and were set aside, or follow one that was, by the fault's type.",
    ["reason"],
)
ALARMS_TAKEN_UP = Counter("linkage_alarms_taken_up_total", "Changes of alarms that were set aside and then admitted.")

#: Kind of what health says of them.
TROUBLE = "alarm_set_aside"

#: Wait before the first new try and the longest, seconds; it doubles. A new start, maybe a mended program, tries all.
_FIRST_S, _LONGEST_S = 60, 3600

#: Most changes tried in one look at what is due.
_BATCH = 20

#: Most rows that health reads, and longest part of a fault that is kept.
_MOST_TOLD, _LONGEST_TEXT = 1000, 200

#: Fault of a change that waits only because an earlier one of its alarm does.
_BEHIND = ""

_WAITING = select(SET_ASIDE.c.alarm).distinct()
_DUE = (
    select(SET_ASIDE)
    .where(
        SET_ASIDE.c.id.in_(select(func.min(SET_ASIDE.c.id)).group_by(SET_ASIDE.c.alarm)),
        SET_ASIDE.c.next_ns <= bindparam("now"),
    )
    .order_by(SET_ASIDE.c.next_ns, SET_ASIDE.c.id)
    .limit(_BATCH)
)
_TOLD = select(SET_ASIDE).where(SET_ASIDE.c.fault != _BEHIND).order_by(SET_ASIDE.c.id).limit(_MOST_TOLD)


class SettingAside:
    """Admits alarms, and keeps for later what cannot be; as a turn it tries these again. Calls block.

    A change whose alarm has one set aside is set aside behind it, or a fire would be out before it began.
    """

    name, every_s = "set_aside", 5.0

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._admitter = ledger, Admitter(ledger)
        self._started = False

    def admit(self, transitions: Sequence[AlarmTransition]) -> None:
        """Decide on `transitions` in order, or set aside what meets a fault.

        Raises:
            StoreUnavailable: not all was decided or set aside; try again.
        """
        waiting = self._waiting()
        free = [one for one in transitions if _plain(one.alarm) not in waiting]
        for one in transitions:
            if _plain(one.alarm) in waiting:
                self._put(one, _BEHIND)
        try:
            with faults_told("admission"):
                self._admitter.admit(free)
        except Fault:
            for one in free:
                self._alone(one)

    def take(self) -> int:
        """Try again what is due, the first change of each alarm; return how many were decided on."""
        if not self._started:
            self._hasten()
            self._started = True
        taken = 0
        while due := self._due():
            taken += sum(self._again(row) for row in due)
        return taken

    def _alone(self, transition: AlarmTransition) -> None:
        """Decide on one change; faults that others have, and changes behind one that was set aside, are not its own."""
        if _plain(transition.alarm) in self._waiting():
            self._put(transition, _BEHIND)
            return
        try:
            with faults_told("admission"):
                self._admitter.admit([transition])
        except Fault as fault:
            self._put(transition, _said(fault))

    def _put(self, transition: AlarmTransition, fault: str) -> None:
        now_ns = self._ledger.clock.now_ns()
        row = {
            "change": _plain(transition.id),
            "alarm": _plain(transition.alarm),
            "rule": _plain(transition.rule),
            "target": _plain(transition.target),
            "fault": fault,
            "tries": 1 if fault else 0,
            "since_ns": now_ns,
            "next_ns": now_ns + _FIRST_S * SECOND_NS if fault else now_ns,
            "transition": msgspec.json.encode(transition).decode(),
        }
        with self._ledger.database.write() as connection:
            # It comes again when ingest was not told that it may forget it.
            found = connection.execute(insert(connection, SET_ASIDE).values(row).on_conflict_do_nothing())
        if found.rowcount:
            ALARMS_SET_ASIDE.labels(fault.partition(":")[0] or "behind").inc()
            log.error("alarm_set_aside", rule=row["rule"], target=row["target"], change=row["change"], fault=fault)

    def _again(self, row: RowMapping) -> bool:
        try:
            with faults_told("admission"):
                self._admitter.admit([msgspec.json.decode(row["transition"], type=AlarmTransition)])
        except Fault as fault:
            self._postpone(row, fault)
            return False
        with self._ledger.database.write() as connection:
            connection.execute(delete(SET_ASIDE).where(SET_ASIDE.c.id == row["id"]))
        ALARMS_TAKEN_UP.inc()
        log.info("alarm_taken_up", rule=row["rule"], target=row["target"], alarm=row["alarm"])
        return True

    def _postpone(self, row: RowMapping, fault: Fault) -> None:
        wait_s = min(_FIRST_S * 2 ** min(row["tries"], 16), _LONGEST_S)
        later = {
            "fault": _said(fault),
            "tries": row["tries"] + 1,
            "next_ns": self._ledger.clock.now_ns() + wait_s * SECOND_NS,
        }
        with self._ledger.database.write() as connection:
            connection.execute(update(SET_ASIDE).where(SET_ASIDE.c.id == row["id"]).values(later))

    def _hasten(self) -> None:
        if self._waiting():
            with self._ledger.database.write() as connection:
                connection.execute(update(SET_ASIDE).values(next_ns=self._ledger.clock.now_ns()))

    def _waiting(self) -> frozenset[str]:
        with self._ledger.database.read() as connection:
            return frozenset(connection.execute(_WAITING).scalars())

    def _due(self) -> list[RowMapping]:
        with self._ledger.database.read() as connection:
            return list(connection.execute(_DUE, {"now": self._ledger.clock.now_ns()}).mappings())


def troubles(database: Database) -> list[Trouble]:
    """Return what health says of alarms that are set aside: one for each rule, with its first alarm and its fault."""
    with database.read() as connection:
        rows = list(connection.execute(_TOLD).mappings())
    first: dict[str, RowMapping] = {}
    for row in rows:
        first.setdefault(row["rule"], row)
    return [
        Trouble(TROUBLE, one["since_ns"], f"{one['target']}: {one['fault']}{_more(rows, rule)}", rule)
        for rule, one in first.items()
    ]


def _more(rows: Sequence[RowMapping], rule: str) -> str:
    others = sum(row["rule"] == rule for row in rows) - 1
    return f" (+{others})" if others else ""


def _said(fault: Fault) -> str:
    """Return a fault's type and words, without the statement and the values that a database adds to them."""
    cause = fault.__cause__
    origin = getattr(cause, "orig", None) or cause
    return _plain(" ".join(f"{type(origin).__name__}: {origin}".split()))[:_LONGEST_TEXT]


def _plain(text: str) -> str:
    """Return text that every database takes, since an id that it refuses may be what is wrong."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")
