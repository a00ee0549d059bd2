"""A town with rosters, and short words for what its duty officers do."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from city.calendar import HOUR_NS
from city.clock import ManualClock
from linkage.person import Person, Role
from linkage.roster.changes import Kind
from linkage.roster.changing import Changing, Wish
from linkage.roster.duty import DutyBook
from linkage.roster.handing import Handovers, Signature, open_number
from linkage.roster.keeping import RosterKeeper
from linkage.roster.source import Source
from linkage.roster.swapping import Swapping
from linkage.tables import EVENTS
from storage.sql import Database
from tests.support.linkage import FOREMAN, ledger, person

#: The small city's clock starts at 16:00 local time on Friday, 20 November 2026.
ROSTERS = """
people:
  - {username: ann, name: Ann, phone: "1", channels: [mail]}
posts:
  - department: water
    id: duty
    name: {zh: 值班, en: Duty}
    start: 2026-11-20
    patterns: [{shifts: ["08:00-20:00", "20:00-08:00"], teams: [ann, [bob, cid], dan]}]
  - department: water
    id: leader
    name: {zh: 带班, en: Leader}
    start: 2026-11-20
    signs: false
    patterns: [{shifts: ["00:00-24:00"], teams: [eve, fay]}]
"""

ANN, BOB, DAN = (person(Role.OFFICER, name=name, department="water") for name in ("ann", "bob", "dan"))
ZOE = person(Role.OFFICER, name="zoe", department="water")


class Station:
    """A town with rosters, and short words for what its duty officers do."""

    def __init__(self, database: Database, rosters: str = ROSTERS) -> None:
        town = ledger(database)
        source = Source(rosters=rosters, holidays="", zone="Asia/Shanghai")
        self.ledger = replace(town, book=replace(town.book, rosters=source))
        self.duty = DutyBook(database)
        self.keeper = RosterKeeper(self.ledger, self.duty)
        self.handovers = Handovers(self.ledger, self.duty)
        self.changing = Changing(self.ledger, self.duty.history)
        self.swapping = Swapping(self.ledger, self.duty.history, self.changing)
        self.keeper.take()

    @property
    def now_ns(self) -> int:
        return self.ledger.clock.now_ns()

    def wait(self, **span: float) -> None:
        assert isinstance(self.ledger.clock, ManualClock)
        self.ledger.clock.advance(timedelta(**span))

    def who(self, post: str = "duty", *, at_ns: int | None = None) -> list[str]:
        return [one.id for one in self.duty.on_duty("water", post, self.now_ns if at_ns is None else at_ns)]

    def open(self) -> int:
        with self.ledger.database.read() as connection:
            number = open_number(connection, "water", "duty")
        assert number is not None
        return number

    def pass_on(self, incoming: Person, outgoing: Person | None = None) -> None:
        number = self.handovers.open("water", "duty", incoming)
        if outgoing is not None:
            self.handovers.sign_out(number, Signature(), outgoing)
        self.handovers.sign_in(number, Signature(), incoming)

    def steps(self) -> list[str]:
        with self.ledger.database.read() as connection:
            return list(connection.execute(select(EVENTS.c.step).order_by(EVENTS.c.number)).scalars())

    def again(self, rosters: str) -> "Station":
        """Start the desk anew with another file, at the same time."""
        station = Station.__new__(Station)
        source = Source(rosters=rosters, holidays="", zone="Asia/Shanghai")
        station.ledger = replace(self.ledger, book=replace(self.ledger.book, rosters=source))
        station.duty, station.changing = self.duty, self.changing
        station.handovers = Handovers(station.ledger, self.duty)
        station.keeper = RosterKeeper(station.ledger, self.duty)
        station.keeper.take()
        return station

    def substitute(self, kind: Kind, person_: str, *instead: str, hours: tuple[float, float] = (0, 4)) -> int:
        first, last = (self.now_ns + round(hour * HOUR_NS) for hour in hours)
        wish = Wish(
            kind=kind,
            department="water",
            post="duty" if kind is Kind.OVERRIDE else "",
            from_ns=first,
            to_ns=last,
            person=person_,
            instead=instead,
            note="ill",
        )
        return self.changing.make(wish, FOREMAN)
