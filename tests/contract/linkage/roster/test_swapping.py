"""Swaps of duty: one asks, the other agrees, both are told, and nobody takes a shift that they cannot."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from city.calendar import HOUR_NS
from city.errors import BadRequest, Conflict, NotPermitted
from linkage.person import Person
from linkage.roster.changes import Kind
from linkage.roster.freedom import Span
from linkage.roster.showing import Shown
from linkage.roster.swapping import WantedSwap
from linkage.tables import MESSAGES
from storage.sql import Database
from tests.support.duty import ANN, BOB, DAN, ZOE, Station
from tests.support.linkage import FOREMAN, POLICE_OFFICER


@pytest.fixture
def station(database: Database) -> Station:
    return Station(database)


def swap_of(station: Station) -> WantedSwap:
    """Return Ann's shift of now against Dan's of tomorrow."""
    now_ns = station.now_ns
    return WantedSwap(
        department="water",
        post="duty",
        first="ann",
        first_span=Span(now_ns, now_ns + 4 * HOUR_NS),
        second="dan",
        second_span=Span(now_ns + 16 * HOUR_NS, now_ns + 28 * HOUR_NS),
        note="a wedding",
    )


def told(station: Station) -> list[tuple[str, str, str]]:
    with station.ledger.database.read() as connection:
        rows = connection.execute(select(MESSAGES).order_by(MESSAGES.c.id)).mappings()
        return [(row["person"], row["channel"], row["subject"].split(" / ")[1].split(":")[0]) for row in rows]


def tomorrow(station: Station) -> list[str]:
    return station.who(at_ns=station.now_ns + 16 * HOUR_NS)


def test_a_swap_is_done_when_the_other_agrees(station: Station):
    number = station.swapping.ask(swap_of(station), ANN)
    assert (station.who(), tomorrow(station)) == (["ann"], ["dan"])

    change = station.swapping.agree(number, DAN)

    assert (station.who(), tomorrow(station)) == (["dan"], ["ann"])
    assert station.steps()[-4:] == ["swap_asked", "roster_change", "roster_change", "swap_agreed"]
    station.changing.revoke(change + 1, ANN)
    assert tomorrow(station) == ["dan"]


def test_both_are_told_by_their_own_channels_or_their_departments(station: Station):
    number = station.swapping.ask(swap_of(station), ANN)
    asked = told(station)
    station.swapping.decline(number, DAN, "I am away")

    assert asked == [
        ("ann", "mail", "Swap of duty, to be confirmed"),
        ("dan", "duty", "Swap of duty, to be confirmed"),
        ("dan", "mail", "Swap of duty, to be confirmed"),
    ]
    assert told(station)[3:] == [
        ("ann", "mail", "Swap of duty declined"),
        ("dan", "duty", "Swap of duty declined"),
        ("dan", "mail", "Swap of duty declined"),
    ]
    assert station.who() == ["ann"]


@pytest.mark.parametrize(
    ("asker", "answers", "refused"),
    [
        pytest.param(ANN, DAN, ANN, id="the first asks, the second agrees"),
        pytest.param(DAN, ANN, DAN, id="the second asks, the first agrees"),
        pytest.param(FOREMAN, DAN, FOREMAN, id="somebody plans it, the second agrees"),
        pytest.param(ZOE, DAN, BOB, id="nobody else agrees"),
    ],
)
def test_only_the_other_agrees(station: Station, asker: Person, answers: Person, refused: Person):
    number = station.swapping.ask(swap_of(station), asker)

    with pytest.raises(NotPermitted):
        station.swapping.agree(number, refused)
    station.swapping.agree(number, answers)

    assert station.who() == ["dan"]
    with pytest.raises(Conflict, match="it was agreed"):
        station.swapping.decline(number, answers)


def test_whose_it_is_not_asks_for_no_swap(station: Station):
    with pytest.raises(NotPermitted):
        station.swapping.ask(swap_of(station), POLICE_OFFICER)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        pytest.param({"first": "dan", "second": "ann"}, "a shift of `dan`", id="another's shift"),
        pytest.param({"second": "ann"}, "two people", id="with oneself"),
        pytest.param({"first_span": Span(0, 1)}, "a time from now on", id="in the past"),
    ],
)
def test_a_swap_that_cannot_be_is_refused(station: Station, changed: dict[str, str | Span], message: str):
    with pytest.raises(BadRequest, match=message):
        station.swapping.ask(replace(swap_of(station), **changed), FOREMAN)  # type: ignore[arg-type]


def test_who_is_on_leave_or_on_duty_elsewhere_is_not_free(station: Station):
    station.substitute(Kind.LEAVE, "dan", hours=(1, 2))

    with pytest.raises(BadRequest, match="`dan` is on leave"):
        station.swapping.ask(swap_of(station), ANN)


def test_agreeing_is_refused_when_one_is_no_longer_free(station: Station):
    number = station.swapping.ask(swap_of(station), ANN)
    leave = station.substitute(Kind.LEAVE, "ann", "zoe", hours=(15, 30))

    with pytest.raises(Conflict, match="`ann` is on leave"):
        station.swapping.agree(number, DAN)
    station.changing.revoke(leave, FOREMAN)
    station.substitute(Kind.OVERRIDE, "", "zoe", hours=(15, 30))
    with pytest.raises(Conflict, match="a shift of `dan`"):
        station.swapping.agree(number, DAN)

    assert station.who() == ["ann"]


def test_one_swap_of_a_shift_waits_at_a_time_and_may_be_withdrawn(station: Station):
    number = station.swapping.ask(swap_of(station), ANN)

    with pytest.raises(Conflict, match="waits already"):
        station.swapping.ask(swap_of(station), DAN)
    with pytest.raises(NotPermitted):
        station.swapping.withdraw(number, POLICE_OFFICER)
    station.swapping.withdraw(number, ANN)

    assert station.swapping.ask(swap_of(station), DAN) == number + 1


def test_the_roster_shows_what_waits_for_whom_until_it_has_begun(station: Station):
    station.swapping.ask(swap_of(station), ANN)
    shown = Shown(station.ledger, station.duty)

    def waiting() -> list[tuple[str, str, str]]:
        span = shown.span(station.now_ns, station.now_ns + HOUR_NS, "water")
        return [(one.first.person.name, one.asked_by.username, one.waits_for.username) for one in span.swaps]

    assert waiting() == [("Ann", "ann", "dan")]
    station.wait(hours=4)
    assert waiting() == []
