"""What rules in shadow find is recorded, opens nothing, tells nobody, and is compared with the rules in force."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from city.alarm import AlarmTransition, Change, Shadow
from city.clock import SECOND_NS
from city.errors import NotFound
from city.feed import RuleSummary
from city.level import Level
from liandong.shadow_watch import ShadowWatch
from linkage.admission.decision import Action, Reason
from linkage.admission.held import HeldAlarms
from linkage.person import Role
from linkage.shadow.beginning import Beginnings, since_of
from linkage.shadow.keeping import KEPT_NS, ShadowBound, shadow_turns
from linkage.shadow.showing import Shadows
from linkage.shadow.tables import SHADOW_ALARMS
from linkage.shadow.views import ShadowRecord
from linkage.tables import ADMISSIONS, EVENTS, MESSAGES
from tests.support.feed import MemoryFeed
from tests.support.linkage import MONITOR, START, Town, alarm, life_safety, person

MINUTE_NS = 60 * SECOND_NS
START_NS = round(START.timestamp()) * SECOND_NS


def summary(name: str, shadow: Shadow | None = None) -> RuleSummary:
    names = {"zh": "水", "en": "water"}
    return RuleSummary(
        name, names, "threshold", "s", "a.yaml", 1, "environment", "water_level", {}, 2, 0, "road_water", {}, (),
        shadow=shadow, switch="" if shadow is None else "a.yaml:7",
    )  # fmt: skip


BOOK = [summary("water"), summary("sharper", Shadow("water")), summary("other"), summary("wide", Shadow())]


def found(
    change: Change = Change.RAISED,
    level: Level = Level.MAJOR,
    *,
    minutes: float = 0,
    target: str = "underpass/1",
    run: int = 0,
    step: int = 0,
) -> AlarmTransition:
    """Return a change of an alarm of the rule `sharper`, which runs in shadow."""
    one = alarm(change, level, rule="sharper", target=target, run=run, step=step)
    time_ns = START_NS + round(minutes * MINUTE_NS)
    return replace(one, time_ns=time_ns, response=replace(one.response, shadow=Shadow("water")))


def count(town: Town, table: str) -> int:
    tables = {"shadow": SHADOW_ALARMS, "admissions": ADMISSIONS, "events": EVENTS, "messages": MESSAGES}
    with town.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(tables[table])).scalar_one())


def record(town: Town, **who: str) -> ShadowRecord:
    now_ns = town.ledger.clock.now_ns()
    return Shadows(town.ledger).record(
        "sharper", BOOK, person(Role.FOREMAN, **who), from_ns=START_NS, to_ns=now_ns + 30 * MINUTE_NS, limit=50
    )


def test_shadow_is_recorded_and_nothing_else_comes_of_it(town: Town) -> None:
    decided = town.admitter.admit([found(), life_safety(found(target="underpass/2"))])

    assert {(one.decision.action, one.decision.reason, one.incident) for one in decided} == {
        (Action.RECORD, Reason.SHADOW, None)
    }
    assert town.queue.page(MONITOR).total == 0
    assert HeldAlarms(town.ledger).page(MONITOR).total == 0
    assert [count(town, one) for one in ("shadow", "admissions", "events", "messages")] == [2, 0, 0, 0]


def test_told_again_is_recorded_once(town: Town) -> None:
    story = [found(), found(Change.RISEN, Level.CRITICAL, minutes=1, step=1), found(Change.CLEARED, minutes=2, step=2)]
    town.admitter.admit(story)
    for one in story:
        town.admitter.admit([one])

    with town.database.read() as connection:
        (row,) = connection.execute(select(SHADOW_ALARMS)).mappings()
    assert (row["worst"], row["worst_ns"], row["ended_ns"]) == (3, story[1].time_ns, story[2].time_ns)
    assert (row["raised_ns"], row["district"]) == (START_NS, "east")


def test_batches_cut_otherwise_record_the_same(town: Town) -> None:
    story = [
        found(),
        found(Change.FALLEN, Level.NOTICE, minutes=1, step=1),
        found(Change.RISEN, Level.CRITICAL, minutes=2, step=2),
        found(Change.CLEARED, Level.CRITICAL, minutes=3, step=3),
    ]
    others = [replace(one, id=f"x{one.id}", alarm=f"x{one.alarm}") for one in story]
    town.admitter.admit(story)
    for one in others:
        town.admitter.admit([one])

    kept = select(*(column for column in SHADOW_ALARMS.c if column.name != "alarm"))
    with town.database.read() as connection:
        first, second = connection.execute(kept).all()
    assert first == second


def test_record_is_compared_with_the_rule_it_names(town: Town) -> None:
    live = replace(alarm(), time_ns=START_NS + 5 * MINUTE_NS)
    unlike = replace(alarm(target="underpass/2"), time_ns=START_NS + 6 * MINUTE_NS)
    town.admitter.admit([found(minutes=1), live, unlike, found(target="drain/9", minutes=3)])
    shown = record(town)

    assert shown.against == ("water",)
    assert (shown.both, shown.earlier, shown.later, shown.only_shadow, shown.only_live) == (1, 1, 0, 1, 1)
    assert shown.lead_s == 240.0
    assert [(one.side, one.sensor) for one in shown.items] == [
        ("only_live", "underpass/2"),
        ("only_shadow", "drain/9"),
        ("both", "underpass/1"),
    ]
    assert (shown.shadow.alarms, shown.shadow.levels, shown.shadow.hours[16]) == (2, {"major": 2}, 2)
    assert shown.live.sensors[0].alarms == 1


def came_into_shadow(town: Town, *rules: str) -> int:
    return Beginnings(town.ledger).note(rules, town.ledger.clock.now_ns())


def test_what_was_found_before_a_rule_came_into_shadow_is_no_difference(town: Town) -> None:
    town.admitter.admit([alarm(target="underpass/2")])
    town.wait(minutes=4)
    changed = [came_into_shadow(town, "sharper"), came_into_shadow(town, "sharper")]
    town.wait(minutes=1)
    town.admitter.admit([replace(alarm(), time_ns=START_NS + MINUTE_NS), found(minutes=2)])  # an upload tells of it
    shown = record(town)

    assert changed == [1, 0]
    assert (shown.both, shown.only_live, shown.live.alarms) == (1, 0, 1)


def test_what_burned_already_when_a_rule_came_into_shadow_was_found_by_both(town: Town) -> None:
    town.admitter.admit([alarm()])
    town.wait(minutes=4)
    came_into_shadow(town, "sharper")
    town.admitter.admit([found(minutes=5)])
    shown = record(town)

    assert (shown.both, shown.only_shadow, shown.only_live) == (1, 0, 0)


def test_rule_that_found_something_before_it_was_noticed_came_into_shadow_with_that(town: Town) -> None:
    town.admitter.admit([found(minutes=1)])
    town.wait(minutes=4)
    came_into_shadow(town, "sharper")

    with town.database.read() as connection:
        assert since_of(connection, "sharper") == START_NS


def test_rule_that_comes_into_shadow_again_begins_anew(town: Town) -> None:
    changed = [came_into_shadow(town, "sharper"), came_into_shadow(town)]
    town.admitter.admit([alarm()])
    town.wait(minutes=10)
    changed.append(came_into_shadow(town, "sharper"))

    assert changed == [1, 1, 1]
    assert record(town).only_live == 0


async def test_desk_learns_from_ingest_which_rules_are_in_shadow(town: Town) -> None:
    feed = MemoryFeed(book=BOOK)
    watch = ShadowWatch(feed, town.ledger)
    changed = [await watch.look(), await watch.look()]
    with town.database.read() as connection:
        began = since_of(connection, "sharper"), since_of(connection, "water")
    feed.book = BOOK[:1]
    changed.append(await watch.look())

    assert (changed, began) == ([2, 0, 2], (START_NS - 10 * SECOND_NS, 0))


def test_what_a_silence_or_a_cap_held_back_was_found_all_the_same(town: Town) -> None:
    town.admitter.admit([replace(alarm(), response=replace(alarm().response, at_most=None)), found()])

    assert record(town).live.alarms == 1


def test_record_shows_a_person_their_district(town: Town) -> None:
    town.admitter.admit([found(), found(target="underpass/2")])

    assert record(town, district="west").shadow.alarms == 1


def test_rules_in_shadow_are_listed_with_those_they_are_compared_with(town: Town) -> None:
    town.admitter.admit([found()])
    sharper, wide = Shadows(town.ledger).rules(BOOK).items

    assert (sharper.id, sharper.against, sharper.alarms, sharper.switch) == ("sharper", ("water",), 1, "a.yaml:7")
    assert (wide.against, wide.alarms, wide.since) == (("water", "other"), 0, None)


@pytest.mark.parametrize("rule", ["water", "nobody"])
def test_rule_that_is_not_in_shadow_has_no_record(town: Town, rule: str) -> None:
    with pytest.raises(NotFound):
        Shadows(town.ledger).record(rule, BOOK, MONITOR, from_ns=0, to_ns=1, limit=1)


def test_old_record_is_forgotten(town: Town) -> None:
    town.admitter.admit([found()])
    town.wait(seconds=KEPT_NS / SECOND_NS + 1)
    town.admitter.admit([found(run=1)])
    clearing, _ = shadow_turns(town.ledger)

    assert (clearing.take(), count(town, "shadow")) == (1, 1)


def test_rule_that_finds_too_much_keeps_its_newest(town: Town) -> None:
    town.admitter.admit([found(minutes=number, run=number) for number in range(5)])

    assert (ShadowBound(town.ledger, most=2).take(), count(town, "shadow")) == (3, 2)
    with town.database.read() as connection:
        left = connection.execute(select(SHADOW_ALARMS.c.raised_ns)).scalars().all()
    assert min(left) == START_NS + 3 * MINUTE_NS


def test_alarm_that_came_out_of_shadow_opens_an_incident(town: Town) -> None:
    begun = replace(alarm(rule="sharper", run=1), time_ns=START_NS)
    town.admitter.admit([found()])
    decided = town.admitter.admit([found(Change.CLEARED, step=1), begun])

    assert [one.decision.action for one in decided] == [Action.RECORD, Action.OPEN]
    assert town.queue.page(MONITOR).total == 1


def test_incident_of_a_rule_that_went_into_shadow_recovers_with_the_reason_in_evidence(town: Town) -> None:
    ended = replace(
        alarm(Change.CLEARED, rule="sharper", step=1), evidence='{"cleared":"the rule runs in shadow"}', value=None
    )
    town.admitter.admit([alarm(rule="sharper")])
    decided = town.admitter.admit([ended, found(run=1)])
    incident = town.incidents.one("1", MONITOR)

    assert [one.decision.action for one in decided] == [Action.RECOVER, Action.RECORD]
    assert incident.recovered_at is not None
    assert any("runs in shadow" in str(one.evidence) for one in incident.alarms)
