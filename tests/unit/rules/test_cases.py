from datetime import date

import pytest

from city.alarm import Change
from city.catalogue import Catalogue
from city.clock import SECOND_NS
from city.level import Level
from city.place import Place
from city.quality import Quality
from rules.book import read_book
from rules.cases import Case, read_cases
from rules.faults import BadRuleBook
from rules.trial import City, run
from tests.support.judging import CATALOGUE, book, rule, sensor

FLOOD = rule("{notice: {above: 3, clear: 2, hold: 10s}, major: {above: 15}}")
QUIET = rule("{notice: {intervals: 3}}", name="quiet", kind="silence")
FILES = book(FLOOD, QUIET)
CITY = City(CATALOGUE, read_book(FILES, CATALOGUE), FILES, [sensor(number).sensor for number in (1, 2)])


def cases(text: str) -> list[Case]:
    return read_cases(f"cases:\n{text}", "case.yaml", CATALOGUE)


def case(said: str, expect: str, more: str = "") -> Case:
    (one,) = cases(f"  - {{name: one, {more} readings: [{said}], expect: [{expect}]}}")
    return one


SPEAKS = "sensor: level-1, quantity: water_level, unit: cm"


@pytest.mark.parametrize(
    ("said", "expect"),
    [
        pytest.param(f"{{{SPEAKS}, at: 5s, value: 16}}", "{at: 5s, rule: flood, level: major, value: 0.16}", id="one"),
        pytest.param(f"{{{SPEAKS}, every: 5s, values: [4, 5, 6]}}", "{at: 10s, rule: flood}", id="several"),
        pytest.param(f"{{{SPEAKS}, every: 5s, value: 4, until: 20s}}", "{at: 10s, rule: flood}", id="the same until"),
        pytest.param(f"{{{SPEAKS}, at: [0s, 9s, 11s], value: 4}}", "{at: 11s, rule: flood}", id="at times"),
        pytest.param(f"{{{SPEAKS}, value: 16, quality: [bad, stale]}}", "", id="untrusted"),
        pytest.param(
            f"{{{SPEAKS}, at: 9s, value: 1}}, {{{SPEAKS}, at: 0s, value: 16, arrives: 20s}}",
            "{at: 0s, rule: flood, level: major}",
            id="late",
        ),
        pytest.param(
            f"{{{SPEAKS}, every: 5s, values: [16, 2]}}",
            "{at: 0s, rule: flood, level: major}, {at: 5s, rule: flood, level: major, change: cleared}",
            id="there and back",
        ),
    ],
)
def test_case_comes_out_as_expected(said: str, expect: str) -> None:
    assert [*run(case(said, expect), CITY).remarks()] == []


@pytest.mark.parametrize(
    ("said", "expect", "remarks"),
    [
        pytest.param(
            f"{{{SPEAKS}, value: 1}}",
            "{at: 0s, rule: flood}",
            ["Expected `flood` raised notice on `level-1` after 0s, got nothing like it - at `case.yaml:2`"],
            id="nothing came",
        ),
        pytest.param(
            f"{{{SPEAKS}, at: 2m, value: 16}}",
            "",
            ["Expected nothing more, got `flood` raised major on `level-1` after 2m at 0.16 - at `case.yaml:2`"],
            id="something came",
        ),
        pytest.param(
            f"{{{SPEAKS}, value: 1}}",
            "{at: 0s, rule: floods}",
            ["Expected a rule of the book, got `floods` - at `case.yaml:2`"],
            id="a rule of no book",
        ),
        pytest.param(
            "{sensor: level-9, quantity: water_level, value: 1}",
            "",
            ["Expected a sensor of the city, got `level-9` - at `case.yaml:2`"],
            id="nobody of this city",
        ),
    ],
)
def test_case_says_what_is_wrong(said: str, expect: str, remarks: list[str]) -> None:
    assert [*run(case(said, expect), CITY).remarks()] == remarks


def test_case_whose_rule_is_in_no_book_is_not_good() -> None:
    outcome = run(case(f"{{{SPEAKS}, value: 1}}", "", "rule: floods,"), CITY)

    assert (outcome.good, outcome.unknown) == (False, ("floods",))


def test_case_has_what_is_out_of_range_flagged_as_ingest_would() -> None:
    ranged = Catalogue.parse('[quantity.water_level]\nunit = "m"\nkind = "gauge"\nmaximum = 10\n')
    text = f"cases:\n  - {{name: one, readings: [{{{SPEAKS}, every: 1m, values: [1000, 1001]}}], expect: []}}"

    (one,) = read_cases(text, "case.yaml", ranged)

    assert [said.quality for said in one.said] == [Quality.GOOD, Quality.OUT_OF_RANGE]


def test_case_about_silence_names_its_rule() -> None:
    said, expect = f"{{{SPEAKS}, value: 1}}", "{at: 180s, rule: quiet}"

    assert run(case(said, expect, "rule: quiet,"), CITY).good
    assert run(case(said, "", "until: 10m,"), CITY).good


def test_case_may_bring_its_own_sensors() -> None:
    text = f"""
sensors:
  - {{id: level-7, domain: environment, kind: underpass_level, interval: 1m, tags: [deep], site: tunnel}}
cases:
  - name: one
    starts: 2026-11-20T08:00:00+08:00
    readings: [{{{SPEAKS.replace("level-1", "level-7")}, value: 16}}]
    expect: [{{at: 0s, rule: flood, level: major}}]
"""
    (one,) = read_cases(text, "case.yaml", CATALOGUE)

    assert run(one, CITY).good
    assert one.starts_ns == 1_795_132_800 * SECOND_NS


def test_sensors_of_a_case_have_places_codes_and_days() -> None:
    text = """
sensors:
  - {id: a, domain: environment, kind: gauge, place: [122.9, 36.2], code: "9901010103000001", installed: 2026-11-20}
  - {id: b, domain: environment, kind: gauge, installed: "2026-11-21"}
cases: [{name: one, expect: []}]
"""
    (one,) = read_cases(text, "case.yaml", CATALOGUE)

    assert (one.sensors[0].place, one.sensors[0].code) == (Place(122.9, 36.2), "9901010103000001")
    assert [each.installed for each in one.sensors] == [date(2026, 11, 20), date(2026, 11, 21)]


def test_cases_are_read_whole() -> None:
    one = case(f"{{{SPEAKS}, at: 5s, value: 16, quality: clock}}", "{at: 5s, rule: flood, change: cleared}")

    assert (one.said[0].value, one.said[0].quality) == (0.16, Quality.CLOCK)
    assert (one.expected[0].target, one.expected[0].change, one.expected[0].level) == (
        "level-1",
        Change.CLEARED,
        Level.NOTICE,
    )


@pytest.mark.parametrize(
    ("reading", "mistake"),
    [
        pytest.param(f"{SPEAKS}", "either `value` or `values`, got `both or neither`", id="no value"),
        pytest.param(f"{SPEAKS}, value: 1, every: 5s", "`until` beside `every`, got `nothing`", id="for ever"),
        pytest.param(f"{SPEAKS}, value: 1, at: 99d", "at most 40 days, got `99d`", id="too long"),
        pytest.param(f"{SPEAKS}, value: 1, until: 9s", "`until` beside `every`, got `9s`", id="until alone"),
        pytest.param(
            f"{SPEAKS}, values: [1, 2]",
            "`every`, or as many times in `at`, beside `values`, got `2 values and 1 times`",
            id="all at once",
        ),
        pytest.param(
            f"{SPEAKS}, values: [1, 2], at: [0s]",
            "`every`, or as many times in `at`, beside `values`, got `2 values and 1 times`",
            id="fewer times",
        ),
        pytest.param(
            f"{SPEAKS}, value: 1, at: [0s, 1s], every: 9s, until: 9s",
            "one time in `at` beside `every`, got `2`",
            id="two times",
        ),
        pytest.param("sensor: a, quantity: depth, value: 1", "a quantity of the catalogue, got `depth`", id="unknown"),
        pytest.param(
            f"{SPEAKS}, value: 1, quality: odd",
            "one of `out_of_range`, `clock`, `duplicate`, `late`, `stale`, `simulated`, `bad`, `recorded`, `derived`, "
            "got `odd`",
            id="no such quality",
        ),
    ],
)
def test_case_with_a_mistake_is_named_with_its_line(reading: str, mistake: str) -> None:
    with pytest.raises(BadRuleBook) as caught:
        case(f"{{{reading}}}", "")

    assert str(caught.value) == f"Expected {mistake} - at `case.yaml:2`"
