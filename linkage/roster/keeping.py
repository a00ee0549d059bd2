"""The desk's own work with rosters: keep what the files say, write handovers before shifts change, tell of gaps."""

import hashlib
from collections.abc import Sequence

from prometheus_client import Counter
from sqlalchemy import RowMapping, delete, insert, select, update

from city.calendar import HOUR_NS, MINUTE_NS
from linkage.deed import Deed
from linkage.ledger import Ledger, Page
from linkage.roster import history
from linkage.roster.duty import DutyBook, term_at
from linkage.roster.handing import Handovers, open_number
from linkage.roster.judging import Gap, gaps
from linkage.roster.plan import Duty, first_ns
from linkage.roster.roster import Post
from linkage.roster.tables import HANDOVERS, LOOKS, TERMS
from linkage.roster.telling import gap_told, late_told
from linkage.waking import Due

GAPS_FOUND = Counter("linkage_duty_gaps_found_total", "Gaps ahead of which the desk was told, by reason.", ["reason"])
HANDOVERS_LATE = Counter(
    "linkage_handovers_late_total", "Handovers not signed in time, by what is missing.", ["reason"]
)

#: Posts looked at in one transaction.
_DUE = Due(select(LOOKS), LOOKS.c.next_ns, 50)

#: Rosters are looked at this often though no shift changes: a gap may have come nearer.
_RESCAN_NS = HOUR_NS


class RosterKeeper:
    """Looks at posts when their next look is due. Calls block: call from a thread."""

    name = "rosters"

    def __init__(self, ledger: Ledger, duty: DutyBook | None = None) -> None:
        self._ledger = ledger
        self._duty = DutyBook(ledger.database) if duty is None else duty
        self._handovers = Handovers(ledger, self._duty)
        self._settings = ledger.settings.rosters
        self.every_s = self._settings.look_s
        self._kept = False

    def take(self) -> int:
        """Keep the city's files once, then look at the posts that are due; return at how many."""
        if not self._kept:
            self._keep()
            self._kept = True
        return _DUE.take(self._ledger, self._look_at)

    def _keep(self) -> None:
        with self._ledger.writing() as page:
            source = self._ledger.book.rosters
            number = history.keep(page.connection, source, page.now_ns)
            if number is None:
                return
            seal = hashlib.sha256(source.rosters.encode()).hexdigest()
            page.note(Deed(step="roster", data={"version": number, "sha256": seal}))
            posts = self._duty.history.posts(page.connection, page.now_ns)
            self._forget(page, posts)
            page.connection.execute(delete(LOOKS))
            rows = [
                {"department": post.department, "post": post.id, "next_ns": page.now_ns, "told": []} for post in posts
            ]
            if rows:
                page.connection.execute(insert(LOOKS), rows)

    def _forget(self, page: Page, posts: Sequence[Post]) -> None:
        """End the duty and the handovers of posts that there are no more, or that are not signed for any more."""
        signed = {(post.department, post.id) for post in posts if post.signs}
        for table, ended in ((TERMS, TERMS.c.to_ns), (HANDOVERS, HANDOVERS.c.ended_ns)):
            for row in page.connection.execute(select(table).where(ended.is_(None))).mappings().all():
                if (row["department"], row["post"]) not in signed:
                    gone = update(table).where(table.c.id == row["id"]).values({ended.name: page.now_ns})
                    page.connection.execute(gone)

    def _look_at(self, page: Page, rows: Sequence[RowMapping]) -> None:
        posts = {(post.department, post.id): post for post in self._duty.history.posts(page.connection, page.now_ns)}
        for row in rows:
            self._look(page, posts[row["department"], row["post"]], row["told"])

    def _look(self, page: Page, post: Post, told: Sequence[int]) -> None:
        ahead_ns = page.now_ns + round(self._settings.gap_ahead_h * HOUR_NS)
        duties = self._duty.history.duties(page.connection, post.department, post.id, page.now_ns, ahead_ns)
        since_ns = max(page.now_ns, first_ns(post, self._ledger.book.calendar))
        now_told = self._tell_gaps(page, post, gaps(post, duties, since_ns, ahead_ns), told)
        wakes = [page.now_ns + _RESCAN_NS]
        if post.signs:
            wakes += self._hand_over(page, post, duties)
        here = (LOOKS.c.department == post.department) & (LOOKS.c.post == post.id)
        next_ns = min(wake for wake in wakes if wake > page.now_ns)
        page.connection.execute(update(LOOKS).where(here).values(next_ns=next_ns, told=now_told))

    def _tell_gaps(self, page: Page, post: Post, found: Sequence[Gap], told: Sequence[int]) -> list[int]:
        """Tell of gaps that were not told; return the beginnings of those that there are.

        A gap that has begun keeps the beginning under which it was told.
        """
        kept = []
        for gap in found:
            known = next((start for start in told if start == gap.from_ns or start <= gap.from_ns == page.now_ns), None)
            if known is None:
                GAPS_FOUND.labels("always" if post.always else "shift").inc()
                gap_told(page, self._ledger.book, post, gap)
            kept.append(gap.from_ns if known is None else known)
        return kept

    def _hand_over(self, page: Page, post: Post, duties: Sequence[Duty]) -> list[int]:
        """Write the handover of a shift that changes soon, say when one is late; return when to look again."""
        ahead_ns = self._settings.handover_ahead_min * MINUTE_NS
        late_ns = self._settings.handover_late_min * MINUTE_NS
        wakes = [duty.from_ns - ahead_ns for duty in duties]
        number = open_number(page.connection, post.department, post.id)
        if number is None:
            due = self._change(page, post, duties, ahead_ns)
            if due is None:
                return wakes
            number = self._handovers.opened(page, post, due)
        row = page.connection.execute(select(HANDOVERS).where(HANDOVERS.c.id == number)).mappings().one()
        if row["late_ns"] is None and page.now_ns >= row["due_ns"] + late_ns:
            missing = "outgoing" if row["outgoing"] and row["out_ns"] is None else "incoming"
            HANDOVERS_LATE.labels(missing).inc()
            page.connection.execute(update(HANDOVERS).where(HANDOVERS.c.id == number).values(late_ns=page.now_ns))
            late_told(page, self._ledger.book, post, number, missing)
        return [*wakes, row["due_ns"] + late_ns]

    def _change(self, page: Page, post: Post, duties: Sequence[Duty], ahead_ns: int) -> int | None:
        """Return when somebody else's shift begins, or began, whose duty is not signed over; None for not soon.

        The first shift that is known of a post begins without a handover: there is nobody to take it over from.
        """
        term = term_at(page.connection, post.department, post.id, page.now_ns)
        holding = () if term is None else tuple(term["people"])
        began_ns = self._duty.history.since_ns(page.connection, post) if term is None else None
        for duty in duties:
            if duty.from_ns - ahead_ns > page.now_ns:
                return None
            first = began_ns is not None and duty.from_ns <= began_ns
            if duty.people and not first and not set(duty.people[:1]) & set(holding[:1]):
                return max(duty.from_ns, page.now_ns) if term is None else duty.from_ns
        return None
