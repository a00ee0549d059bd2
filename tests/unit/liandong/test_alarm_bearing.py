from city.entry import Journaled
from ingest.fairness.rank import Rank
from liandong.alarm_bearing import rank_by
from rules.engine import Engine
from tests.support.judging import CATALOGUE, book, context, rule, sensor


def test_sensors_that_rules_look_at_go_before_bulk_and_those_of_life_safety_first():
    engine = Engine(CATALOGUE)
    watched = rule("{major: {above: 30}}", select="{sensors: [level-1, level-2], quantity: water_level}")
    saving = rule("{major: {above: 50}}", name="saving", select="{sensors: [level-2], quantity: water_level}")
    silent = rule("{notice: {intervals: 3}}", name="mute", kind="silence", select="{domain: environment}")
    files = book(watched, saving.replace("incident: {", "incident: {life_safety: true, "), silent)

    before = rank_by(engine)
    engine.apply(Journaled(1, context(files, [sensor(1), sensor(2), sensor(3)])))

    assert engine.book_error == ""
    after, sensors = rank_by(engine), ["level-1", "level-2", "level-3", "nobody"]
    assert {before(sensor) for sensor in sensors} == {Rank.BULK}
    assert [after(sensor) for sensor in sensors] == [Rank.WATCHED, Rank.FIRST, Rank.BULK, Rank.BULK]
