"""Handovers: written by themselves, signed by both; gaps and lateness told once."""

from itertools import pairwise

import pytest
from sqlalchemy import select

from city.clock import iso
from city.errors import BadRequest, Conflict, NotFound, NotPermitted
from linkage import event_log
from linkage.roster.changes import Kind
from linkage.roster.handing import Signature, open_number
from linkage.roster.tables import HANDOVERS, TERMS
from linkage.states import Step
from linkage.tables import MESSAGES
from storage.sql import Database
from tests.support.duty import ANN, BOB, DAN, ZOE, Station
from tests.support.linkage import ACCEPTOR, DISPATCHER, FOREMAN, POLICE_OFFICER, Town


@pytest.fixture
def station(database: Database) -> Station:
    return Station(database)


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


def test_the_first_shift_of_a_city_begins_without_a_handover(station: Station):
    with station.ledger.database.read() as connection:
        assert open_number(connection, "water", "duty") is None
    assert (station.who(), station.steps()) == (["ann"], ["roster"])

    station.wait(hours=3, minutes=45)
    station.keeper.take()

    with station.ledger.database.read() as connection:
        row = connection.execute(select(HANDOVERS)).mappings().one()
    assert (row["outgoing"], row["incoming"]) == ([], ["bob", "cid"])


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
    number = station.handovers.open("water", "duty", ANN)

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
