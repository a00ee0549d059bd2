"""Why and why not, of each kind: what it was judged by, and what is missing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from api.explanation_view import ExplanationView
from city.alarm import Change
from city.clock import SECOND_NS, iso
from city.entry import Connection, Journaled, NumberedSensor
from city.history import KeptEvent, Resolution, Series
from city.level import Level
from rules.book import RuleBook, read_book
from rules.engine import Engine
from rules.explain import Ground, Question, Read, explain, looks_back_ns
from rules.explanation import Answer, Explanation, Limits
from tests.support.judging import CATALOGUE, at, book, context, rule, sensor

TUNNEL = [sensor(number, site="tunnel") for number in (1, 2, 3)]


def series(number: int, *values: float, every_s: float = 60, quality: int = 0, late_s: float = 0) -> Series:
    """Return readings of a sensor's water level in metres."""
    time_ns = [at(every_s * place) for place in range(len(values))]
    arrival_ns = [time + round(late_s * SECOND_NS) for time in time_ns]
    counts, qualities = [1] * len(values), [quality] * len(values)
    columns = ([*values], [*values], [*values], counts, qualities, False, [*values], arrival_ns)
    return Series(f"level-{number}", "water_level", Resolution.RAW, time_ns, *columns)


def why(
    written: str,
    *said: Series,
    name: str = "level-1",
    seconds: float = 300,
    sensors: Sequence[NumberedSensor] = TUNNEL,
    events: Sequence[KeptEvent] = (),
    connections: Sequence[Connection] = (),
    limits: tuple[Limits, ...] = (),
) -> Explanation:
    (one,) = read_book(book(written), CATALOGUE).rules
    known = [each.sensor for each in sensors]
    question = Question(one, name, next((each for each in known if each.id == name), None), at(seconds))
    ground = Ground(CATALOGUE, known, "Asia/Shanghai", connections=connections)
    back_ns = looks_back_ns(question, ground)
    return explain(question, ground, Read(at(0), said, events, limits), back_ns)


def evidence(found: Explanation) -> dict[str, Any]:
    (target,) = found.targets
    return dict(target.evidence)


def test_the_last_reading_below_the_limit_is_why_not() -> None:
    found = why(rule("{notice: {above: 20, clear: 15}}"), series(1, 0.1, 0.18))

    (target,) = found.targets
    assert (found.answer, target.value, target.time_ns) == (Answer.NOT_MET, 0.18, at(60))
    assert [(one["limit"], one["met"], one["kept"]) for one in target.conditions] == [("above 0.2", False, True)]
    assert evidence(found)["reading"]["value"] == 0.18


def test_a_hold_that_was_interrupted_begins_anew() -> None:
    found = why(rule("{notice: {above: 20, hold: 2m}}"), series(1, 0.3, 0.1, 0.3, 0.3), seconds=200)

    (condition,) = found.targets[0].conditions
    assert (found.answer, found.level) == (Answer.HOLDING, "notice")
    assert (condition["since"], condition["held_s"], condition["left_s"]) == (iso(at(120)), 60.0, 60.0)


def test_an_open_alarm_has_its_changes_and_what_was_to_come_is_left_out() -> None:
    found = why(rule("{notice: {above: 20}, major: {above: 40}}"), series(1, 0.3, 0.5, 0.1), seconds=90)

    assert (found.answer, found.level, found.targets[0].since_ns) == (Answer.OPEN, "major", at(0))
    assert [(one.change.value, one.level.word) for one in found.transitions] == [
        ("risen", "major"),
        ("raised", "notice"),
    ]
    assert [one.value for one in found.readings] == [0.5, 0.3]


def test_a_hazard_whose_sensor_died_is_told_as_unconfirmed_until_a_reading_confirms_it() -> None:
    listened = (Connection(at(0), listening=True),)
    said = (rule("{critical: {above: 10, hold: 10m}}"), series(1, 0.2, 0.2, every_s=240))
    doubted, sure = (why(*said, seconds=seconds, connections=listened) for seconds in (200, 300))

    assert (doubted.answer, doubted.level) == (Answer.OPEN, "critical")
    assert evidence(doubted)["unconfirmed"]["last_good"] == iso(at(0))
    assert "unconfirmed" not in evidence(sure)
    shown = [(one.change, one.unconfirmed) for one in ExplanationView.of(sure).changes]
    assert shown == [(Change.CONFIRMED, False), (Change.RAISED, True)]


def test_what_had_not_arrived_by_then_is_not_judged() -> None:
    found = why(rule("{notice: {above: 20}}"), series(1, 0.3, late_s=600))

    assert (found.answer, found.readings) == (Answer.NO_READING, ())


def test_a_change_over_a_window_is_told_from_where_it_came() -> None:
    found = why(rule("{notice: {rises: 30}}", extra="over: 10m"), series(1, 0.1, 0.05, 0.25))

    assert found.targets[0].value == 0.2
    assert evidence(found)["changed_from"] == {"time": iso(at(60)), "value": 0.05}


def test_a_quorum_names_who_votes_and_how_many_are_missing() -> None:
    extra = "each: {above: 20, clear: 15}\n    same: site\n    within: 10m"
    found = why(
        rule("{notice: {at_least: 3}}", kind="quorum", extra=extra), series(1, 0.3), series(2, 0.3), series(3, 0.1)
    )

    told = evidence(found)
    assert (found.answer, found.targets[0].target, found.targets[0].value) == (Answer.NOT_MET, "tunnel", 2.0)
    assert (told["votes"], told["of"], told["each"]) == (2, 3, "above 0.2 m")
    assert [one["sensor"] for one in told["voters"]] == ["level-1", "level-2"]
    assert {one.sensor: one.value for one in found.readings} == {"level-1": 0.3, "level-2": 0.3, "level-3": 0.1}


def test_old_votes_stand_but_are_not_fresh() -> None:
    extra = "each: {above: 20, clear: 15}\n    same: site\n    within: 1m"
    found = why(rule("{notice: {at_least: 2}}", kind="quorum", extra=extra), series(1, 0.3), series(2, 0.1, 0.1, 0.3))

    assert (evidence(found)["votes"], evidence(found)["fresh"]) == (2, 1)


def test_a_count_tells_what_it_counted_until_it_leaves_the_window() -> None:
    extra = "event: intrusion\n    same: sensor\n    within: 2m"
    written = rule("{notice: {at_least: 3}}", kind="count", extra=extra, select="{domain: environment}")
    events = [KeptEvent("level-1", "intrusion", at(second), at(second), "{}") for second in (10, 250, 280)]

    found = why(written, events=events)

    assert (found.answer, found.targets[0].value) == (Answer.NOT_MET, 2.0)
    assert evidence(found)["happened"] == [iso(at(280)), iso(at(250))]
    assert found.readings[0].event == "intrusion"


def test_a_comparison_tells_both_sides_and_which_is_too_old() -> None:
    extra = "against: {quantity: water_level, sensors: [level-2]}\n    same: site\n    within: 2m"
    select = "{quantity: water_level, sensors: [level-1]}"
    written = rule("{notice: {above: 20}}", kind="compare", extra=extra, select=select)

    found = why(written, series(1, 0.1, 0.1, 0.1, 0.1), series(2, 0.3))

    told = evidence(found)
    assert (found.answer, told["other"]["value"]) == (Answer.NOT_ENOUGH, None)
    assert told["other"]["said"] == [{"sensor": "level-2", "value": 0.3, "time": iso(at(0)), "fresh": False}]
    assert told["one"]["value"] == 0.1


def test_a_sequence_tells_how_far_it_came() -> None:
    then = "then: [{select: {domain: environment}, event: intrusion}]"
    extra = f"event: door_open\n    {then}\n    same: site\n    within: 5m"
    written = rule("{notice: {at_least: 1}}", kind="sequence", extra=extra, select="{domain: environment}")

    found = why(written, events=[KeptEvent("level-1", "door_open", at(10), at(10), "{}")])

    assert evidence(found)["steps"] == [
        {"step": "door_open", "time": iso(at(10))},
        {"step": "intrusion", "time": None},
    ]


def test_silence_that_a_gateway_explains_is_told_of_both() -> None:
    written = rule("{notice: {intervals: 3}}", kind="silence", unit="")
    sensors = [sensor(number, interval_s=30, upstream="gw-1") for number in (1, 2, 3)]
    about = why(written, *(series(number, 0.1) for number in (1, 2, 3)), name="gw-1", sensors=sensors)
    member = why(written, *(series(number, 0.1) for number in (1, 2, 3)), sensors=sensors)

    assert (about.answer, about.level, [one.target for one in about.targets]) == (Answer.OPEN, "notice", ["gw-1"])
    assert about.targets[0].evidence["silent"] == 3
    assert about.targets[0].conditions[0]["limit"] == "at least 3 and 80 % behind it not heard for 3 intervals"
    assert [(one.target, one.level) for one in member.targets] == [("level-1", None), ("gw-1", Level.NOTICE)]
    assert member.targets[0].evidence["held_back"] == "`gw-1`, on which it depends, has failed"


def test_what_a_silence_is_explained_by_is_read_too() -> None:
    written = rule("{notice: {intervals: 3}}", kind="silence", unit="")
    gateway = sensor(9, id="gw-1", interval_s=None)
    engine = Engine(CATALOGUE)
    sensors = [sensor(number, interval_s=30, upstream="gw-1") for number in (1, 2, 3)]
    engine.apply(Journaled(1, context(book(written), [*sensors, gateway])))
    (one,) = engine.book.rules
    names = [[name for name, _ in engine.reads(one, asked)] for asked in ("level-2", "gw-1")]

    assert [sorted(some) for some in names] == [["gw-1", "level-1", "level-2", "level-3"]] * 2


def test_silence_counts_only_while_ingest_heard_the_broker() -> None:
    written = rule("{notice: {intervals: 3}}", kind="silence", select="{sensors: [level-1]}", unit="")
    away = [Connection(at(60), listening=False), Connection(at(240), listening=True)]

    silent = why(written, series(1, 0.1))
    excused = why(written, series(1, 0.1), connections=[Connection(at(-1), listening=True), *away])

    assert (silent.answer, silent.targets[0].value) == (Answer.OPEN, 300.0)
    assert (excused.answer, excused.targets[0].value) == (Answer.NOT_MET, 120.0)
    assert excused.targets[0].conditions[0]["left_s"] == 60.0


def test_a_recording_promised_nothing_and_is_not_judged() -> None:
    written = rule("{notice: {intervals: 3}}", kind="silence", select="{sensors: [level-1]}", unit="")

    found = why(written, sensors=[sensor(1, recorded=True)])

    assert (found.answer, found.facts["recorded"]) == (Answer.NOT_JUDGED, "yes")


def test_less_history_than_the_rule_looks_back_is_said() -> None:
    written = rule("{notice: {above: 20, hold: 10m}}")

    assert why(written, series(1, 0.1)).window.limits == (Limits.SHORT,)
    assert why(written, series(1, 0.1), seconds=900).window.limits == ()


def test_explaining_changes_no_alarm() -> None:
    """Calm pairs are judged reading by reading while somebody watches: the same changes come of it."""
    written = rule("{notice: {above: 20, clear: 15, hold: 2m}, major: {above: 40}}")
    values = [0.1, 0.3, 0.3, 0.3, 0.5, 0.18, 0.1, 0.3]

    whole = why(written, series(1, *values), seconds=500)
    cut = [why(written, series(1, *values), seconds=60 * minute + 1).transitions for minute in range(8)]

    seen = {one.id: one for some in cut for one in some}
    assert {one.id for one in whole.transitions} == seen.keys()
    assert [replace(seen[one.id], evidence="") for one in whole.transitions] == [
        replace(one, evidence="") for one in whole.transitions
    ]


def test_a_sensor_held_against_its_neighbours_is_explained_with_theirs() -> None:
    extra = "same: site\n    within: 5m\n    memory: 1h\n    learn: 6h"
    written = rule("{notice: {drifts: 20}}", kind="drift", extra=extra, select="{quantity: water_level}")
    (one,) = read_book(book(written), CATALOGUE).rules
    engine = Engine(CATALOGUE)
    engine.start(context(book(written), TUNNEL), RuleBook((one,)))

    assert engine.reads(one, "level-2") == [(f"level-{number}", "water_level") for number in (2, 1, 3)]


def test_a_sensor_that_is_not_installed_yet_is_waited_for() -> None:
    written = rule("{notice: {intervals: 3}}", kind="silence", select="{sensors: [level-1]}", unit="")
    soon = [sensor(1, installed=date(2030, 1, 1))]

    found = why(written, sensors=soon, seconds=900, connections=(Connection(at(0), listening=True),))

    assert found.answer is Answer.NOT_MET
    assert evidence(found)["held_back"] == "it is not installed before 2030-01-01T00:00:00.000Z"


def test_a_baseline_that_was_never_judged_tells_how_much_it_has_learned() -> None:
    written = rule("{notice: {score: 3}}", kind="baseline", unit="", select="{quantity: water_level}")

    found = why(written, series(1, 0.1, 0.2, 0.1))

    assert found.answer is Answer.NOT_ENOUGH
    assert evidence(found)["learned"]["self"] == {"readings": 2, "since": iso(at(0)), "seconds": 120.0}
    assert evidence(found)["warm_up"] == {"readings": 50, "seconds": 86400.0}


def test_a_drift_that_was_never_judged_tells_what_it_lacks() -> None:
    extra = "same: site\n    within: 5m"
    written = rule("{notice: {drifts: 20}}", kind="drift", extra=extra, select="{quantity: water_level}")

    found = why(written, series(1, 0.1), series(2, 0.1), sensors=TUNNEL)

    assert found.answer is Answer.NOT_ENOUGH
    assert (evidence(found)["neighbours"], evidence(found)["compared_s"]) == (0, 0.0)
    assert evidence(found)["needed"] == {"neighbours": 3, "compared_s": 864000.0}


def test_what_was_made_by_the_moment_and_came_later_is_not_judged_and_told() -> None:
    said = series(1, 0.3, 0.3, 0.3, late_s=600)

    before, after = (why(rule("{notice: {above: 20}}"), said, seconds=seconds) for seconds in (65, 720))

    assert (before.answer, before.window.readings) == (Answer.NO_READING, 0)
    assert (before.window.later_ns, after.window.later_ns) == (at(660), None)
    assert after.answer is Answer.OPEN
