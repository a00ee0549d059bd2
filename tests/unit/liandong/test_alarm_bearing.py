from city.entry import Journaled
from ingest.fairness.rank import Rank
from liandong.alarm_bearing import ranks_of
from rules.engine import Engine
from tests.support.judging import CATALOGUE, book, context, rule, sensor


def test_sensors_that_rules_look_at_go_before_bulk_and_those_of_life_safety_first():
    engine = Engine(CATALOGUE)
    watched = rule("{major: {above: 30}}", select="{sensors: [level-1, level-2], quantity: water_level}")
    saving = rule("{major: {above: 50}}", name="saving", select="{sensors: [level-2], quantity: water_level}")
    silent = rule("{notice: {intervals: 3}}", name="mute", kind="silence", select="{domain: environment}")
    files = book(watched, saving.replace("incident: {", "incident: {life_safety: true, "), silent)

    empty = ranks_of(engine)
    engine.apply(Journaled(1, context(files, [sensor(1), sensor(2), sensor(3)])))

    assert engine.book_error == ""
    assert (empty, ranks_of(engine)) == ({}, {"level-1": Rank.WATCHED, "level-2": Rank.FIRST})
