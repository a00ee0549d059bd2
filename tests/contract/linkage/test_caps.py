"""Each rule's cap: so many incidents in a while, one that says how many more there are, and no rise held back."""

from collections import Counter
from dataclasses import replace
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from city.alarm import AlarmTransition, AtMost, Change, Flapping, Inhibitor
from city.clock import SECOND_NS
from city.level import Level
from linkage.admission.config import AdmissionSettings
from linkage.admission.decision import QUIETING, Action, Reason
from linkage.admission.held import HeldAlarms
from linkage.admission.releasing import Releaser
from linkage.admission.tables import HELD_ALARMS
from linkage.config import LinkageSettings
from linkage.silences.matching import Matchers
from linkage.silences.silence import SilenceKind
from linkage.silences.silences import NewSilence, Silences
from linkage.states import Disposition, Step
from linkage.tables import INCIDENTS, MEMBERS
from linkage.views import Incident
from storage.sql import Database
from tests.support.linkage import ACCEPTOR, FOREMAN, MONITOR, Town, admitted, alarm


def capped(number: int, level: Level = Level.NOTICE, change: Change = Change.RAISED, step: int = 0) -> AlarmTransition:
    """Return an alarm of a rule that may open three incidents a minute."""
    response = replace(alarm().response, at_most=AtMost(3, 60 * SECOND_NS))
    return replace(alarm(change, level, target=f"drain/{number}", step=step), response=response)


def held(town: Town) -> dict[str, int]:
    return HeldAlarms(town.ledger).page(MONITOR).reasons


def summary(town: Town) -> Incident:
    """Return the one incident that is about no sensor."""
    (found,) = (line.id for line in town.queue.page(MONITOR, limit=200).items if line.sensor is None)
    return town.incidents.one(found, MONITOR)


def test_rule_opens_so_many_and_one_more_says_how_many_are_held(town: Town) -> None:
    decided = admitted(town, *(capped(number) for number in range(315)))
    incident = summary(town)
    listed = HeldAlarms(town.ledger).page(MONITOR, limit=200, incident=incident.id)

    assert [action for action, _ in decided].count(Action.OPEN) == 3
    assert decided[3:] == [(Action.HOLD, Reason.CAPPED)] * 312
    assert held(town) == {"capped": 312}
    assert (incident.title.zh, incident.title.en) == ("下穿积水：另有 312 条", "Underpass flooding: and 312 more")
    assert {one.target for one in listed.items} <= {f"drain/{number}" for number in range(3, 315)}
    assert (len(listed.items), listed.next is None) == (200, False)


def test_log_says_levels_in_words(town: Town) -> None:
    admitted(town, *(capped(number, Level.MAJOR) for number in range(5)))

    told = [(one.step, one.data["level"]) for one in summary(town).events if "level" in one.data]
    assert told == [("open", "major"), ("capped", "major")]


def test_log_says_no_level_of_what_a_person_reports(town: Town) -> None:
    assert town.reported().events[0].data["level"] is None


def test_other_rules_are_not_concerned(town: Town) -> None:
    admitted(town, *(capped(number) for number in range(5)))

    assert admitted(town, replace(capped(9), rule="wind")) == [(Action.OPEN, Reason.NEW)]


def test_what_is_worse_than_all_that_was_told_comes_through(town: Town) -> None:
    admitted(town, *(capped(number) for number in range(5)))
    rise = capped(4, Level.MAJOR, Change.RISEN, step=1)
    grave = [capped(10 + number, Level.CRITICAL) for number in range(4)]
    decided = admitted(town, rise, *grave)

    assert decided[0] == (Action.OPEN, Reason.WORSE_THAN_HELD)
    assert [action for action, _ in decided[1:]] == [Action.OPEN] * 3 + [Action.HOLD]
    assert held(town) == {"capped": 2}  # one notice, whose fellow rose, and the fourth critical one
    assert summary(town).level == "critical"


def test_what_may_cost_a_life_is_never_held_by_a_cap(town: Town) -> None:
    grave = [
        replace(one, response=replace(one.response, life_safety=True))
        for one in (capped(number) for number in range(5))
    ]

    assert {action for action, _ in admitted(town, *grave)} == {Action.OPEN}


def test_number_falls_when_what_is_held_clears(town: Town) -> None:
    admitted(town, *(capped(number) for number in range(6)))
    admitted(town, capped(5, change=Change.CLEARED, step=1))
    fallen = summary(town).title.en
    admitted(town, *(capped(number, change=Change.CLEARED, step=1) for number in (3, 4)))

    assert fallen == "Underpass flooding: and 2 more"
    assert summary(town).title.en == "Underpass flooding: the rest is over"
    assert summary(town).recovered_at is not None


def test_what_still_burns_stays_in_the_one_incident_when_there_is_room_again(town: Town) -> None:
    admitted(town, *(capped(number) for number in range(8)))
    town.wait(seconds=3600)

    assert (Releaser(town.ledger).take(), held(town)) == (0, {"capped": 5})
    assert admitted(town, capped(8)) == [(Action.OPEN, Reason.NEW)]  # what is new is told by itself


def test_what_comes_back_goes_back_to_the_one_incident_and_its_rise_does_not(town: Town) -> None:
    admitted(town, *(capped(number) for number in range(5)))
    number = summary(town).id
    admitted(town, *(capped(number, change=Change.CLEARED, step=1) for number in (3, 4)))
    town.wait(seconds=3600)
    again = [replace(capped(number, level), alarm=f"again/{number}", id=f"again/{number}/0") for number, level in BACK]

    assert admitted(town, *again) == [(Action.HOLD, Reason.CAPPED), (Action.OPEN, Reason.WORSE_THAN_HELD)]
    assert (summary(town).id, summary(town).title.en) == (number, "Underpass flooding: and 1 more")


#: Two that were held as notices, and what they come back as.
BACK = ((3, Level.NOTICE), (4, Level.MAJOR))


def test_one_incident_asks_for_what_its_rule_asks_for(town: Town) -> None:
    admitted(town, *(capped(number) for number in range(5)))
    single = town.incidents.one("1", MONITOR)

    assert single.proposed
    assert (summary(town).proposed, summary(town).first_actions) == (single.proposed, single.first_actions)


def test_cap_of_the_city_holds_where_a_rule_says_none(database: Database) -> None:
    town = Town(database, LinkageSettings(admission=AdmissionSettings(rule_most=2, rule_within_s=60)))

    assert admitted(town, *(alarm(target=f"drain/{number}") for number in range(3)))[2] == (Action.HOLD, Reason.CAPPED)


def test_exercise_takes_no_room_and_is_not_capped(town: Town) -> None:
    played = [replace(capped(number), drill=True) for number in range(5)]
    decided = admitted(town, *played, *(capped(10 + number) for number in range(3)))

    assert {action for action, _ in decided} == {Action.OPEN}


def test_summary_that_a_person_ended_opens_again_with_the_whole_number(town: Town) -> None:
    admitted(town, *(capped(number) for number in range(5)))
    town.act(summary(town).id, Step.NOT_FILE, ACCEPTOR, note="known", disposition=Disposition.FALSE_RULE)
    admitted(town, capped(5))

    assert summary(town).title.en == "Underpass flooding: and 3 more"


Key = tuple[str, str]

RULES, TARGETS = ("a", "b"), ("underpass/1", "underpass/2", "drain/1")


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_rise_is_held_back_and_what_burns_is_seen_or_listed(database: Database, data: st.DataObject) -> None:
    """Silences, inhibition, flapping, caps and the storm all hold something here; none hides what worsens."""
    limits = AdmissionSettings(storm_most=3, storm_within_s=60, rule_most=1, rule_within_s=60)
    town, names = Town(database, LinkageSettings(admission=limits)), {rule: f"{rule}-{uuid4()}" for rule in RULES}
    level: dict[Key, int] = {}
    runs: Counter[Key] = Counter()
    began: dict[str, int] = {}
    for step in range(data.draw(st.integers(4, 16))):
        town.wait(seconds=data.draw(st.sampled_from([1, 20, 61])))
        if data.draw(st.integers(0, 4)) == 0:
            quieten(town, names[data.draw(st.sampled_from(RULES))])
        change = data.draw(changes(level, runs, names, step))
        (admission,) = town.admitter.admit([change])
        if change.change is Change.RISEN:
            assert admission.decision.reason not in QUIETING
            assert admission.decision.hold is None or change.level <= began[change.alarm]
        Releaser(town.ledger).take()
        began = seen_or_listed(town, {named(names, key, runs): at for key, at in level.items() if at})


def named(names: dict[str, str], key: Key, runs: Counter[Key]) -> str:
    """Return the name of the alarm that a rule and target have now, or had last."""
    return f"{names[key[0]]}/{key[1]}/{runs[key]}"


@st.composite
def changes(
    draw: st.DrawFn, level: dict[Key, int], runs: Counter[Key], names: dict[str, str], step: int
) -> AlarmTransition:
    """Return a change that one of the alarms can make now, and note it in `level`."""
    key = draw(st.sampled_from([(rule, target) for rule in RULES for target in TARGETS]))
    before = level.get(key, 0)
    after = draw(st.sampled_from([one for one in (0, *Level) if one != before]))
    change = Change.CLEARED if not after else Change.RAISED if not before else Change.RISEN
    change = Change.FALLEN if 0 < after < before else change
    level[key] = after
    runs[key] += change is Change.RAISED
    rule, target = key
    response = replace(
        alarm().response,
        flapping=Flapping(3, 600 * SECOND_NS, 100 * SECOND_NS),
        inhibited_by=(Inhibitor(names["a"], "target"),) if rule == "b" else (),
    )
    worst = Level(after if after else before)
    one = alarm(change, worst, rule=names[rule], target=target, run=runs[key], step=step)
    return replace(one, response=response)


def quieten(town: Town, rule: str) -> None:
    wanted = NewSilence(
        kind=SilenceKind.SILENCE,
        matchers=Matchers(rules=(rule,)),
        until_ns=town.ledger.clock.now_ns() + 60 * SECOND_NS,
        reason="works",
    )
    Silences(town.ledger).make(wanted, FOREMAN)


def seen_or_listed(town: Town, burning: dict[str, int]) -> dict[str, int]:
    """Assert that each burning alarm is in an open incident or listed as held, at most at the level where that began.

    Return that level of each that is held.
    """
    with town.database.read() as connection:
        open_ = select(MEMBERS.c.alarm).join(INCIDENTS, INCIDENTS.c.id == MEMBERS.c.incident)
        seen = set(connection.execute(open_.where(MEMBERS.c.active, INCIDENTS.c.ended_ns.is_(None))).scalars())
        now = select(HELD_ALARMS.c.alarm, HELD_ALARMS.c.began).where(HELD_ALARMS.c.ended_ns.is_(None))
        began = {row.alarm: row.began for row in connection.execute(now)}
    for one, at in burning.items():
        assert one in seen or at <= began[one]
    return began
