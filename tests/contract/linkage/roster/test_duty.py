"""Who is on duty, by roster, by changes and by signature, and that the past stays as it was."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from city.calendar import HOUR_NS, MINUTE_NS
from city.errors import BadRequest, Conflict, NotFound, NotPermitted
from linkage.person import Person
from linkage.roster.changes import Kind
from linkage.roster.changing import Wish
from linkage.roster.handing import Signature
from linkage.roster.tables import TERMS
from storage.sql import Database
from tests.support.duty import ANN, BOB, ROSTERS, Station
from tests.support.linkage import ACCEPTOR, DISPATCHER, FOREMAN, POLICE_OFFICER


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
