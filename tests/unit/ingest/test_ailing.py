from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from city.clock import ManualClock
from city.feed import AILMENT_KINDS
from city.intake import BrokerStatus
from ingest.ailing import Ailing, Ailment, of_brokers, of_intake, of_stores

START = datetime(2026, 11, 20, 8, tzinfo=UTC)
AWAY = Ailment("broker_away", "east", "refused")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


def test_trouble_is_told_since_it_began_and_anew_after_a_break(clock):
    ailing, began_ns = Ailing(clock), clock.now_ns()
    first = ailing.look([AWAY])
    clock.advance(timedelta(seconds=9))
    (later,) = ailing.look([AWAY._replace(detail="closed")])
    over = ailing.look([])
    (again,) = ailing.look([AWAY])

    assert [(one.kind, one.name, one.since_ns) for one in first] == [("broker_away", "east", began_ns)]
    assert (later.since_ns, later.detail, over) == (began_ns, "closed", [])
    assert again.since_ns == clock.now_ns()


@pytest.mark.parametrize("kind", ["reading_paused", "not_caught_up"])
def test_what_any_load_brings_is_told_when_it_lasts(clock, kind):
    ailing, began_ns = Ailing(clock), clock.now_ns()
    at_once = ailing.look([Ailment(kind, "inbox", "")])
    clock.advance(timedelta(seconds=5))
    (lasting,) = ailing.look([Ailment(kind, "inbox", "")])

    assert (at_once, lasting.since_ns) == ([], began_ns)


def test_broker_that_refuses_is_told_by_its_filters_and_one_that_is_away_by_its_error():
    brokers = [
        BrokerStatus("main", "mqtt://a", connected=True),
        BrokerStatus("east", "mqtt://b", connected=False, error="no answer"),
        BrokerStatus("west", "mqtt://c", connected=False, error="refused", refused={"b/#": "", "a/#": "banned"}),
    ]

    assert list(of_brokers(brokers)) == [
        Ailment("broker_away", "east", "no answer"),
        Ailment("subscription_refused", "west a/#", "banned"),
        Ailment("subscription_refused", "west b/#", ""),
    ]


@pytest.mark.parametrize(
    ("waits", "paused", "behind", "kinds"),
    [
        ("disk full", True, True, ["intake_stopped"]),
        ("", True, True, ["reading_paused"]),
        ("", False, True, ["not_caught_up"]),
        ("", False, False, []),
    ],
)
def test_intake_tells_the_cause_and_not_what_follows_from_it(waits, paused, behind, kinds):
    assert [one.kind for one in of_intake(waits=waits, paused=paused, behind=behind)] == kinds


def test_store_that_takes_nothing_is_told_by_its_name():
    stores = {"history": "locked", "quarantine": "full", "ledger": ""}
    found = list(of_stores((name, SimpleNamespace(error=error)) for name, error in stores.items()))

    assert found == [Ailment("history_away", "history", "locked"), Ailment("side_store_away", "quarantine", "full")]
    assert {one.kind for one in found} <= set(AILMENT_KINDS)
