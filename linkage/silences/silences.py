"""The service behind silences: previewed, made, ended and listed. Who may: foreman and dispatcher."""

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, RowMapping, func, insert, select

from city.clock import SECOND_NS, iso
from city.errors import BadRequest, IllegalTransition, NotFound, NotPermitted
from linkage import cursor
from linkage.deed import Deed
from linkage.idempotency import asking, done_before, keep_answer, known_answer, mark_done
from linkage.ledger import Ledger, Page
from linkage.person import Person, Role
from linkage.silences import keeping
from linkage.silences.keeping import Hidden, hidden_by, next_look
from linkage.silences.matching import Matchers, matchers_of
from linkage.silences.preview import Preview, burning_alarms, preview
from linkage.silences.reading import plain_window, silence_of
from linkage.silences.silence import Silence, SilenceKind
from linkage.silences.tables import SILENCES
from linkage.silences.viewing import preview_of, view_of
from linkage.silences.views import PreviewView, SilencePage, SilenceView
from linkage.silences.window import Window

#: Supervision's foreman answers for what his shift does not see; the dispatcher arranges maintenance with departments.
SILENCING = frozenset({Role.FOREMAN, Role.DISPATCHER})

#: Alarms that a silence ending with its alarm may have.
_MOST_ALARMS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSilence:
    """What a person asks to be kept quiet; `starts_ns` None is now."""

    kind: SilenceKind
    matchers: Matchers
    until_ns: int
    reason: str
    starts_ns: int | None = None
    with_alarm: bool = False
    windows: tuple[Window, ...] = ()


class Silences:
    """Silences in SQL. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def preview(self, matchers: Matchers) -> PreviewView:
        """Return what a silence with these matchers would hide now.

        Raises:
            BadRequest: it would be about every alarm of the city.
        """
        _check_narrow(matchers)
        with self._ledger.database.read() as connection:
            return preview_of(self._previewed(connection, matchers))

    def make(self, wanted: NewSilence, person: Person, key: str = "") -> SilenceView:
        """Make a silence; asked for again under the same key it is not made again.

        Raises:
            NotPermitted: this person keeps nothing quiet.
            BadRequest: it is about everything, too long, or ends before it begins.
        """
        _check_permitted(person, "silence")
        with self._ledger.writing() as page:
            ask = asking(person.id, key, "silence", asdict(wanted))
            known = known_answer(page.connection, ask)
            number = self._written(page, wanted, person) if known is None else known
            if known is None:
                keep_answer(page.connection, ask, number, page.now_ns)
        return self.one(number)

    def end(self, number: str, person: Person, note: str = "", key: str = "") -> SilenceView:
        """End a silence now; what it hid comes up at once if it still burns.

        Raises:
            NotPermitted: this person keeps nothing quiet.
            NotFound: there is no such silence.
            IllegalTransition: it has ended.
        """
        _check_permitted(person, "end_silence")
        with self._ledger.writing() as page:
            ask = asking(person.id, key, "end_silence", number, note)
            if not done_before(page.connection, ask):
                self._end(page, number, person, note)
                mark_done(page.connection, ask, page.now_ns)
        return self.one(number)

    def one(self, number: str) -> SilenceView:
        """Return a silence as it stands now; raises NotFound."""
        with self._ledger.database.read() as connection:
            return self._view(connection, self._row(connection, number))

    def about(self, sensor: str) -> tuple[SilenceView, ...]:
        """Return the silences that have not ended and can be about alarms of this sensor, the newest first.

        Raises:
            NotFound: there is no such sensor.
        """
        found = self._ledger.book.sensor(sensor)
        if found is None:
            raise NotFound("sensor", sensor)
        query = select(SILENCES).where(SILENCES.c.ended_ns.is_(None)).order_by(SILENCES.c.id.desc())
        with self._ledger.database.read() as connection:
            rows = list(connection.execute(query).mappings())
            return tuple(
                self._view(connection, row) for row in rows if matchers_of(row["matchers"]).match_sensor(found)
            )

    def page(self, *, ended: bool = False, limit: int = 50, after: str | None = None) -> SilencePage:
        """Return silences that have not ended, or those that have, the newest first.

        Raises:
            BadRequest: `after` is not a cursor of this list.
        """
        query = select(SILENCES).where(SILENCES.c.ended_ns.is_not(None) if ended else SILENCES.c.ended_ns.is_(None))
        if after is not None:
            query = query.where(SILENCES.c.id < cursor.decode(after, 1)[0])
        with self._ledger.database.read() as connection:
            rows = list(connection.execute(query.order_by(SILENCES.c.id.desc()).limit(limit + 1)).mappings())
            items = tuple(self._view(connection, row) for row in rows[:limit])
        last = rows[limit - 1] if len(rows) > limit else None
        return SilencePage(items=items, next=None if last is None else cursor.encode((last["id"],)))

    def _written(self, page: Page, wanted: NewSilence, person: Person) -> str:
        silence = self._made(page, wanted, person)
        data = {
            "silence": silence.id,
            "kind": silence.kind,
            "matchers": silence.matchers.plain(),
            "from": iso(silence.starts_ns),
            "until": iso(silence.until_ns),
            "with_alarm": silence.with_alarm,
            "windows": [plain_window(window) for window in silence.windows],
            "hides": self._previewed(page.connection, silence.matchers).all_burning,
        }
        page.note(Deed(step="silence", note=silence.reason, data=data), person)
        return str(silence.id)

    def _end(self, page: Page, number: str, person: Person, note: str) -> None:
        silence = silence_of(self._row(page.connection, number))
        if silence.ended_ns is not None or page.now_ns >= silence.until_ns:
            raise IllegalTransition("end", state="ended", legal=(), at=f"silence {silence.id}")
        hidden = keeping.ended(page, silence, "person")
        data = {"silence": silence.id, "how": "person", "hidden": hidden.ever, "burning": hidden.now}
        page.note(Deed(step="silence_ended", note=note, data=data), person)

    def _made(self, page: Page, wanted: NewSilence, person: Person) -> Silence:
        _check_narrow(wanted.matchers)
        starts_ns = page.now_ns if wanted.starts_ns is None else wanted.starts_ns
        self._check_times(wanted, starts_ns, page.now_ns)
        alarms = [one.alarm for one in burning_alarms(page.connection, wanted.matchers)] if wanted.with_alarm else []
        if wanted.with_alarm and not 0 < len(alarms) <= _MOST_ALARMS:
            raise BadRequest(expected=f"1 to {_MOST_ALARMS} burning alarms", got=len(alarms), at="with_alarm")
        last = page.connection.execute(select(func.max(SILENCES.c.id))).scalar_one()
        silence = Silence(
            id=1 if last is None else int(last) + 1,
            kind=wanted.kind,
            matchers=wanted.matchers,
            starts_ns=starts_ns,
            until_ns=wanted.until_ns,
            with_alarm=wanted.with_alarm,
            alarms=tuple(alarms),
            windows=wanted.windows,
            reason=wanted.reason,
            author=person.id,
            author_name=person.name,
            department=person.department,
            created_ns=page.now_ns,
        )
        wake_ns = next_look(silence, 0, page.now_ns, self._ledger.settings.silences)
        page.connection.execute(insert(SILENCES), _row_of(silence, wake_ns))
        return silence

    def _check_times(self, wanted: NewSilence, starts_ns: int, now_ns: int) -> None:
        longest_s = self._ledger.settings.silences.longest_s
        if wanted.until_ns <= max(starts_ns, now_ns):
            raise BadRequest(expected="an end after now and after the beginning", got=iso(wanted.until_ns), at="until")
        if wanted.until_ns - starts_ns > longest_s * SECOND_NS:
            raise BadRequest(expected=f"at most {longest_s} s", got=iso(wanted.until_ns), at="until")

    def _previewed(self, connection: Connection, matchers: Matchers) -> Preview:
        return preview(connection, matchers, self._ledger.book.sensors(), self._ledger.clock.now_ns())

    def _row(self, connection: Connection, number: str) -> RowMapping:
        if not (number.isascii() and number.isdigit() and len(number) <= 18):
            raise NotFound("silence", number)
        row = connection.execute(select(SILENCES).where(SILENCES.c.id == int(number))).mappings().one_or_none()
        if row is None:
            raise NotFound("silence", number)
        return row

    def _view(self, connection: Connection, row: RowMapping) -> SilenceView:
        hidden = Hidden(0, row["hidden"]) if row["ended_ns"] is not None else hidden_by(connection, row["id"])
        return view_of(row, hidden, self._ledger.clock.now_ns(), self._ledger.book.zone)


def _row_of(silence: Silence, wake_ns: int) -> dict[str, object]:
    return {
        "id": silence.id,
        "kind": str(silence.kind),
        "matchers": silence.matchers.plain(),
        "starts_ns": silence.starts_ns,
        "until_ns": silence.until_ns,
        "with_alarm": silence.with_alarm,
        "alarms": list(silence.alarms),
        "windows": [plain_window(window) for window in silence.windows],
        "reason": silence.reason,
        "author": silence.author,
        "author_name": silence.author_name,
        "department": silence.department,
        "created_ns": silence.created_ns,
        "ended_ns": None,
        "ended_how": "",
        "warned_ns": 0,
        "hidden": 0,
        "wake_ns": wake_ns,
    }


def _check_narrow(matchers: Matchers) -> None:
    if matchers.broad:
        raise BadRequest(
            expected="at least one rule, sensor, site, district, domain or class", got="none", at="matchers"
        )


def _check_permitted(person: Person, step: str) -> None:
    if not person.holds(SILENCING):
        raise NotPermitted(step, allowed=" or ".join(sorted(SILENCING)), at="silences")
