"""Keeps silences: ends those whose time or alarm is over, and warns and reminds those who made them."""

from collections.abc import Sequence
from dataclasses import dataclass

from prometheus_client import Counter
from sqlalchemy import Connection, RowMapping, bindparam, func, select, update

from city.clock import SECOND_NS, iso
from linkage.admission.decision import Reason
from linkage.admission.tables import HELD_ALARMS
from linkage.deed import Deed
from linkage.ledger import Ledger, Page
from linkage.silences.config import SilenceSettings
from linkage.silences.reading import silence_of
from linkage.silences.silence import Silence
from linkage.silences.tables import SILENCES
from linkage.silences.warning import Why, warn
from linkage.tables import MEMBERS, NEVER_NS
from linkage.waking import Due

SILENCES_ENDED = Counter("linkage_silences_ended_total", "Silences that ended, by how.", ["how"])

#: How often a silence that ends with its alarm is looked at, ns.
_WITH_ALARM_NS = 2 * SECOND_NS

_KEPT = SILENCES.c.ended_ns.is_(None)
_DUE = Due(select(SILENCES).where(_KEPT), SILENCES.c.wake_ns, 50)
_REASONS = (str(Reason.SILENCED), str(Reason.MAINTENANCE))
_OF_SILENCE = HELD_ALARMS.c.reason.in_(_REASONS) & (HELD_ALARMS.c.cause == bindparam("cause_"))
_HIDING = select(func.count()).select_from(HELD_ALARMS).where(_OF_SILENCE, HELD_ALARMS.c.ended_ns.is_(None))
_HIDDEN = select(func.coalesce(func.sum(HELD_ALARMS.c.times), 0)).where(_OF_SILENCE)
_WAKE = update(HELD_ALARMS).where(_OF_SILENCE, HELD_ALARMS.c.ended_ns.is_(None)).values(wake_ns=bindparam("now_"))
_STILL_IN = select(MEMBERS.c.alarm).where(MEMBERS.c.alarm.in_(bindparam("alarms", expanding=True)), MEMBERS.c.active)
_STILL_HELD = select(HELD_ALARMS.c.alarm).where(
    HELD_ALARMS.c.alarm.in_(bindparam("alarms", expanding=True)), HELD_ALARMS.c.ended_ns.is_(None)
)


@dataclass(frozen=True, slots=True)
class Hidden:
    """What a silence hides: alarms held now, and how often one was held since it was made."""

    now: int
    ever: int


def hidden_by(connection: Connection, silence: int) -> Hidden:
    """Return what a silence hides."""
    cause = {"cause_": str(silence)}
    return Hidden(
        int(connection.execute(_HIDING, cause).scalar_one()), int(connection.execute(_HIDDEN, cause).scalar_one())
    )


def ended(page: Page, silence: Silence, how: str) -> Hidden:
    """End a silence now; what it hid comes up with the next look at held alarms, if it still burns."""
    hidden = hidden_by(page.connection, silence.id)
    page.connection.execute(_WAKE, {"cause_": str(silence.id), "now_": page.now_ns})
    page.connection.execute(
        update(SILENCES)
        .where(SILENCES.c.id == silence.id)
        .values(ended_ns=page.now_ns, ended_how=how, hidden=hidden.ever, wake_ns=NEVER_NS)
    )
    SILENCES_ENDED.labels(how).inc()
    return hidden


class SilenceKeeper:
    """Looks at silences whose next look is due. Calls block: call from a thread."""

    name = "silences"

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._settings = ledger, ledger.settings.silences
        self.every_s = self._settings.tick_s

    def take(self) -> int:
        """End, warn and remind as is due; return how many silences were looked at."""
        return _DUE.take(self._ledger, self._keep_all)

    def _keep_all(self, page: Page, rows: Sequence[RowMapping]) -> None:
        for row in rows:
            self._keep(page, row)

    def _keep(self, page: Page, row: RowMapping) -> None:
        silence = silence_of(row)
        if page.now_ns >= silence.until_ns:
            self._end(page, silence, "time")
        elif silence.with_alarm and silence.alarms and not _burns(page.connection, silence.alarms):
            self._end(page, silence, "alarm")
        else:
            warned_ns = self._warned(page, silence, row["warned_ns"])
            wake_ns = next_look(silence, warned_ns, page.now_ns, self._settings)
            values = {"warned_ns": warned_ns, "wake_ns": wake_ns}
            page.connection.execute(update(SILENCES).where(SILENCES.c.id == silence.id).values(values))

    def _end(self, page: Page, silence: Silence, how: str) -> None:
        hidden = ended(page, silence, how)
        data = {"silence": silence.id, "how": how, "hidden": hidden.ever, "burning": hidden.now}
        event = page.note(Deed(step="silence_ended", department=_department(silence), data=data))
        if hidden.ever:
            warn(page, silence, self._ledger.book, event=event, why=Why.ENDED, count=hidden.ever)

    def _warned(self, page: Page, silence: Silence, warned_ns: int) -> int:
        """Warn before the end when it still hides something, and remind of a long silence; return when it was."""
        near_ns = silence.until_ns - self._settings.warn_before_s * SECOND_NS
        last_ns = max(warned_ns, silence.starts_ns)
        near = last_ns < near_ns <= page.now_ns
        long = page.now_ns - last_ns >= self._settings.remind_every_s * SECOND_NS
        if not (near or long):
            return warned_ns
        hidden = hidden_by(page.connection, silence.id)
        if near and not hidden.now and not long:
            return page.now_ns
        data: dict[str, object] = {
            "silence": silence.id,
            "why": Why.ENDS if near else Why.LONG,
            "until": iso(silence.until_ns),
            "hidden": hidden.ever,
            "burning": hidden.now,
            "author": silence.author,
        }
        event = page.note(Deed(step="silence_warned", department=_department(silence), note=silence.reason, data=data))
        why = Why.ENDS if near else Why.LONG
        warn(page, silence, self._ledger.book, event=event, why=why, count=hidden.now)
        return page.now_ns


def next_look(silence: Silence, warned_ns: int, now_ns: int, settings: SilenceSettings) -> int:
    """Return when a silence must be looked at again: its warning, its reminder, its alarm, its end."""
    near_ns = silence.until_ns - settings.warn_before_s * SECOND_NS
    looks = [silence.until_ns]
    if near_ns > now_ns:
        looks.append(near_ns)
    if silence.with_alarm:
        looks.append(now_ns + _WITH_ALARM_NS)
    looks.append(max(warned_ns, silence.starts_ns) + settings.remind_every_s * SECOND_NS)
    return min(look for look in looks if look > now_ns)


def _department(silence: Silence) -> str | None:
    return silence.department if silence.department else None


def _burns(connection: Connection, alarms: tuple[str, ...]) -> bool:
    named = {"alarms": list(alarms)}
    return any(connection.execute(query, named).first() is not None for query in (_STILL_IN, _STILL_HELD))
