"""Who is on duty, by roster, by changes and by signature, and that the past stays as it was."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from city.calendar import HOUR_NS, MINUTE_NS
from city.clock import ManualClock, iso
from city.errors import BadRequest, Conflict, NotFound, NotPermitted
from linkage import event_log
from linkage.person import Person, Role
from linkage.roster.changes import Kind
from linkage.roster.changing import Changing, Span, Wish
from linkage.roster.duty import DutyBook
from linkage.roster.handing import Handovers, Signature, open_number
from linkage.roster.keeping import RosterKeeper
from linkage.roster.source import Source
from linkage.roster.tables import HANDOVERS, TERMS
from linkage.states import Step
from linkage.tables import EVENTS, MESSAGES
from storage.sql import Database
from tests.support.linkage import ACCEPTOR, DISPATCHER, FOREMAN, POLICE_OFFICER, Town, ledger, person

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
        number = self.open()
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


@pytest.fixture
def station(database: Database) -> Station:
    return Station(database)


def test_the_roster_says_who_is_on_duty_before_anybody_signed(station: Station):
    assert station.who() == ["ann"]
    assert station.who("leader") == ["eve"]
    (ann,) = station.duty.on_duty("water", "duty", station.now_ns)
    assert (ann.name, ann.phone, ann.channels) == ("Ann", "1", ("mail",))


def test_nobody_is_on_duty_where_there_is_no_post(station: Station):
    assert station.duty.on_duty("police", "duty", station.now_ns) == ()
    assert station.who(at_ns=station.now_ns - 1) == []


def test_a_leader_changes_by_the_clock(station: Station):
    station.wait(hours=9)

    assert station.who("leader") == ["fay"]


def test_duty_passes_on_signature_not_by_the_clock(station: Station):
    station.pass_on(ANN)
    station.wait(hours=5)
    station.keeper.take()
    assert station.who() == ["ann"]

    station.handovers.sign_out(station.open(), Signature(), ANN)
    assert station.who() == ["ann"]

    station.handovers.sign_in(station.open(), Signature(), BOB)
    assert station.who() == ["bob", "cid"]


def test_the_past_is_answered_from_what_was_signed(station: Station):
    first = station.now_ns
    station.pass_on(ANN)
    station.wait(hours=5)
    station.keeper.take()
    late = station.now_ns
    station.pass_on(BOB, ANN)
    station.wait(hours=1)

    assert station.who(at_ns=first) == ["ann"]
    assert station.who(at_ns=late - 1) == ["ann"]
    assert station.who(at_ns=late) == ["bob", "cid"]


def test_the_past_stays_when_the_file_changes(station: Station):
    before = {hour: station.who("leader", at_ns=station.now_ns + hour * HOUR_NS) for hour in range(0, 48, 6)}
    start = station.now_ns
    station.wait(hours=24)

    station.again(ROSTERS.replace("[eve, fay]", "[gus, hal]"))

    past = {hour: station.who("leader", at_ns=start + hour * HOUR_NS) for hour in range(0, 48, 6)}
    assert {hour: who for hour, who in past.items() if hour < 24} == {h: w for h, w in before.items() if h < 24}
    assert past[24] == ["hal"]
    assert station.steps().count("roster") == 2


def test_the_same_file_is_kept_once(station: Station):
    station.again(ROSTERS)

    assert station.steps().count("roster") == 1


def test_a_post_that_is_gone_has_nobody(station: Station):
    station.pass_on(ANN)
    station.wait(hours=1)

    station.again("posts: []\n")

    assert station.who() == []
    with station.ledger.database.read() as connection:
        assert connection.execute(select(TERMS.c.to_ns)).scalar_one() == station.now_ns


def test_an_override_holds_for_its_span(station: Station):
    station.substitute(Kind.OVERRIDE, "", "zoe", hours=(1, 2))

    assert [station.who(at_ns=station.now_ns + round(hour * HOUR_NS)) for hour in (0.5, 1, 1.9, 2)] == [
        ["ann"], ["zoe"], ["zoe"], ["ann"],
    ]  # fmt: skip


def test_leave_holds_in_every_post_of_the_department(station: Station):
    station.substitute(Kind.LEAVE, "eve", "zoe")

    assert station.who("leader") == ["zoe"]


def test_a_change_taken_back_leaves_what_was(station: Station):
    start = station.now_ns
    number = station.substitute(Kind.LEAVE, "ann", "zoe")
    station.wait(hours=1)

    station.changing.revoke(number, FOREMAN)

    assert station.who() == ["ann"]
    assert station.who(at_ns=start + MINUTE_NS) == ["zoe"]
    with pytest.raises(Conflict):
        station.changing.revoke(number, FOREMAN)


def test_two_people_swap_their_shifts(station: Station):
    first, second = (
        (station.now_ns, station.now_ns + 4 * HOUR_NS),
        (station.now_ns + 16 * HOUR_NS, station.now_ns + 28 * HOUR_NS),
    )
    wish = Wish(
        kind=Kind.SWAP,
        department="water",
        post="duty",
        from_ns=first[0],
        to_ns=first[1],
        person="ann",
        instead=("dan",),
    )

    number = station.changing.swap(wish, Span(*second), ANN)

    assert station.who() == ["dan"]
    assert station.who(at_ns=second[0]) == ["ann"]
    station.changing.revoke(number + 1, ANN)
    assert station.who(at_ns=second[0]) == ["dan"]


def _wish(station: Station, **changed: object) -> Wish:
    usual = Wish(
        kind=Kind.OVERRIDE,
        department="water",
        post="duty",
        from_ns=station.now_ns,
        to_ns=station.now_ns + HOUR_NS,
        instead=("zoe",),
    )
    return replace(usual, **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "by", "error"),
    [
        pytest.param({"from_ns": 0}, FOREMAN, BadRequest, id="into the past"),
        pytest.param({"to_ns": 0}, FOREMAN, BadRequest, id="backwards"),
        pytest.param({"to_ns": 2**62}, FOREMAN, BadRequest, id="for ever"),
        pytest.param({"instead": ()}, FOREMAN, BadRequest, id="an override by nobody"),
        pytest.param({"kind": Kind.LEAVE}, FOREMAN, BadRequest, id="leave of nobody"),
        pytest.param({"person": "zoe"}, FOREMAN, BadRequest, id="by the same person"),
        pytest.param({"post": "guard"}, FOREMAN, NotFound, id="unknown post"),
        pytest.param({"department": "army"}, FOREMAN, NotFound, id="unknown department"),
        pytest.param({}, POLICE_OFFICER, NotPermitted, id="another department's officer"),
        pytest.param({}, DISPATCHER, NotPermitted, id="command, of a department"),
        pytest.param({}, ACCEPTOR, NotPermitted, id="an acceptor"),
    ],
)
def test_a_change_is_refused(station: Station, changed: dict[str, object], by: Person, error: type[Exception]):
    with pytest.raises(error):
        station.changing.make(_wish(station, **changed), by)


def test_a_swap_needs_both_shifts(station: Station):
    wish = _wish(station, kind=Kind.SWAP, person="dan", instead=("ann",))

    with pytest.raises(BadRequest, match="a shift of `dan`"):
        station.changing.swap(wish, Span(station.now_ns + 16 * HOUR_NS, station.now_ns + 28 * HOUR_NS), FOREMAN)


def test_the_handover_is_written_before_the_shift_changes(station: Station):
    station.pass_on(ANN)
    station.wait(hours=3, minutes=44)
    station.keeper.take()
    with station.ledger.database.read() as connection:
        assert open_number(connection, "water", "duty") is None

    station.wait(minutes=1)
    station.keeper.take()

    with station.ledger.database.read() as connection:
        row = connection.execute(select(HANDOVERS).where(HANDOVERS.c.id == station.open())).mappings().one()
    assert (row["outgoing"], row["incoming"]) == (["ann"], ["bob", "cid"])
    assert iso(row["due_ns"]) == "2026-11-20T12:00:00.000Z"


def test_the_brief_is_what_is_open_when_the_outgoing_signs(database: Database):
    station, town = Station(database), Town(database)
    station.pass_on(ANN)
    incident = town.reported()
    town.act(incident.id, Step.VERIFY, ACCEPTOR)
    town.act(incident.id, Step.FILE, FOREMAN)
    town.act(incident.id, Step.DISPATCH, DISPATCHER, departments=("water",))
    station.wait(hours=3, minutes=50)
    station.keeper.take()

    station.handovers.sign_out(station.open(), Signature(note="pump 2 is away"), ANN)

    with database.read() as connection:
        row = connection.execute(select(HANDOVERS).where(HANDOVERS.c.ended_ns.is_(None))).mappings().one()
    assert row["brief"]["counts"]["open"] == 1
    (line,) = row["brief"]["open"]
    assert (line["number"], line["stage"], line["light"]) == (incident.number, "handle", "red")
    assert row["out_note"] == "pump 2 is away"


def test_a_late_handover_is_told_once(station: Station):
    station.pass_on(ANN)
    for _ in range(30):
        station.wait(minutes=10)
        station.keeper.take()

    assert station.steps().count("handover_late") == 1
    with station.ledger.database.read() as connection:
        subjects = list(connection.execute(select(MESSAGES.c.subject, MESSAGES.c.department)))
    assert {row.department for row in subjects if "Handover late" in row.subject} == {"desk", "water"}


def test_only_who_is_on_duty_signs_out(station: Station):
    station.pass_on(ANN)
    number = station.handovers.open("water", "duty", ANN)

    for by, error in ((BOB, NotPermitted), (POLICE_OFFICER, NotPermitted), (FOREMAN, BadRequest)):
        with pytest.raises(error):
            station.handovers.sign_out(number, Signature(), by)

    station.handovers.sign_out(number, Signature(note="taken to hospital"), FOREMAN)
    station.handovers.sign_in(number, Signature(), DAN)
    assert station.who() == ["dan"]


def test_both_sign_in_their_order_and_once(station: Station):
    station.pass_on(ANN)
    number = station.handovers.open("water", "duty", BOB)
    with pytest.raises(Conflict, match="outgoing has not signed"):
        station.handovers.sign_in(number, Signature(), BOB)

    station.handovers.sign_out(number, Signature(), ANN)
    with pytest.raises(Conflict, match="outgoing has signed"):
        station.handovers.sign_out(number, Signature(), ANN)
    for by in (ANN, POLICE_OFFICER):
        with pytest.raises(NotPermitted):
            station.handovers.sign_in(number, Signature(), by)

    station.handovers.sign_in(number, Signature(), ZOE)
    assert station.who() == ["zoe"]
    with pytest.raises(Conflict, match="has signed"):
        station.handovers.sign_in(number, Signature(), BOB)
    with pytest.raises(NotFound):
        station.handovers.sign_in(number + 7, Signature(), BOB)


def test_notes_are_kept_until_it_is_signed(station: Station):
    number = station.open()

    station.handovers.note(number, "gate 3 sticks", ANN)

    with station.ledger.database.read() as connection:
        (note,) = connection.execute(select(HANDOVERS.c.notes)).scalar_one()
    assert (note["person"], note["text"]) == ("ann", "gate 3 sticks")
    with pytest.raises(NotPermitted):
        station.handovers.note(number, "hello", POLICE_OFFICER)


def test_a_leaders_post_is_not_signed_for(station: Station):
    with pytest.raises(BadRequest, match="signed over"):
        station.handovers.open("water", "leader", ANN)


def test_a_gap_is_told_ahead_and_once(station: Station):
    station.substitute(Kind.LEAVE, "dan", hours=(10, 40))
    for _ in range(4):
        station.keeper.take()
        station.wait(hours=1)

    assert station.steps().count("roster_gap") == 1
    with station.ledger.database.read() as connection:
        found = connection.execute(select(MESSAGES).where(MESSAGES.c.kind == "duty")).mappings().all()
    assert {row["department"] for row in found if "Nobody on duty" in row["subject"]} == {"desk", "water"}
    assert "2026-11-21 08:00" in found[0]["body"]


def test_a_gap_mended_and_torn_again_is_told_again(station: Station):
    number = station.substitute(Kind.LEAVE, "dan", hours=(10, 40))
    station.keeper.take()
    station.changing.revoke(number, FOREMAN)
    station.keeper.take()
    station.substitute(Kind.LEAVE, "dan", hours=(10, 40))
    station.keeper.take()

    assert station.steps().count("roster_gap") == 2


def test_a_gap_that_is_far_is_not_told(station: Station):
    station.substitute(Kind.LEAVE, "dan", hours=(10 + 36, 90))
    station.keeper.take()

    assert "roster_gap" not in station.steps()


def test_what_people_do_with_duty_is_in_the_chain(station: Station):
    station.pass_on(ANN)
    station.substitute(Kind.LEAVE, "dan", hours=(10, 40))
    station.keeper.take()

    assert station.steps() == ["roster", "handover_open", "sign_in", "roster_change", "roster_gap"]
    assert event_log.verify(station.ledger.database) == []


def test_signed_terms_follow_each_other(station: Station):
    station.pass_on(ANN)
    for incoming, outgoing in ((BOB, ANN), (DAN, BOB), (ANN, DAN)):
        station.wait(hours=12)
        station.keeper.take()
        station.pass_on(incoming, outgoing)

    with station.ledger.database.read() as connection:
        terms = connection.execute(select(TERMS.c.from_ns, TERMS.c.to_ns).order_by(TERMS.c.id)).all()
    assert all(before.to_ns == after.from_ns for before, after in pairwise(terms))
    assert terms[-1].to_ns is None
