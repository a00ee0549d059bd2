from pathlib import Path

import jsonschema_rs
import pytest
import yaml

from city.alarm import Flapping, Inhibitor, Lane
from city.level import Domain, Level
from rules.bands import Span
from rules.book import read_book
from rules.faults import BadRuleBook
from rules.kinds.threshold import ThresholdTerms
from rules.schema import json_schema
from rules.selection import Selection
from tests.support.judging import CATALOGUE, book, rule

BAD = sorted((Path(__file__).parent / "bad").glob("*.yaml"))

WHOLE = """
rules:
  - id: underpass-water
    name: {zh: 下穿通道积水, en: Underpass flooding}
    kind: threshold
    source: "GB 50014: one lane at most 15 cm"
    select:
      domain: environment
      quantity: water_level
      kinds: [underpass_level]
      districts: [harbour]
      sites: [tunnel-3]
      tags: [low]
      sensors: [level-1]
    levels:
      notice: {above: 3, clear: 2, hold: 1m}
      critical: {above: 27, clear: 22, hold: 0s}
    unit: cm
    incident:
      class: road_water
      priority: {notice: 4, critical: 1}
      departments: [water-bureau, traffic-police]
      first_actions: {zh: [封路], en: [Close the road]}
      life_safety: true
  - id: quiet
    name: {zh: 静默, en: Silent}
    kind: silence
    source: three periods, duty room decision
    select: {domain: machine_room}
    levels: {notice: {intervals: 3}, major: {intervals: 10}}
    incident:
      class: fault
      priority: {notice: 4, major: 3}
      inhibited_by: [{rule: underpass-water, same: site}]
      flapping: {changes: 6, within: 10m, quiet: 5m}
      with_asset: false
"""


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_book_names_every_mistake(path: Path) -> None:
    text = path.read_text("utf-8")
    expected = [line.removeprefix("# ") for line in text.splitlines() if line.startswith("# Expected")]

    with pytest.raises(BadRuleBook) as caught:
        read_book([(path.name, text)], CATALOGUE)

    assert [str(fault) for fault in caught.value.faults] == expected


def test_book_collects_the_mistakes_of_all_files() -> None:
    with pytest.raises(BadRuleBook, match=r"a\.yaml:1` \(and 2 more\)") as caught:
        read_book([("a.yaml", "nothing: 1"), ("b.yaml", "rules: 5")], CATALOGUE)

    assert [fault.at for fault in caught.value.faults] == ["a.yaml:1", "a.yaml:1", "b.yaml:1"]


def test_book_reads_a_whole_rule() -> None:
    flood, _ = read_book([("rules/water.yaml", WHOLE)], CATALOGUE).rules

    assert (flood.id, flood.kind, flood.file, flood.line) == ("underpass-water", "threshold", "rules/water.yaml", 3)
    assert flood.select == Selection(
        Domain.ENVIRONMENT,
        "water_level",
        kinds=("underpass_level",),
        districts=("harbour",),
        sites=("tunnel-3",),
        tags=("low",),
        sensors=("level-1",),
    )
    assert flood.response.priority == {"notice": 4, "critical": 1}
    assert flood.response.departments == ("water-bureau", "traffic-police")
    assert flood.response.first_actions == {"zh": ("封路",), "en": ("Close the road",)}
    assert flood.response.life_safety
    assert flood.text.startswith("  - id: underpass-water")
    assert flood.text.endswith("life_safety: true")


def test_book_converts_limits_to_the_quantitys_unit() -> None:
    flood, _ = read_book([("rules/water.yaml", WHOLE)], CATALOGUE).rules

    assert isinstance(flood.terms, ThresholdTerms)
    assert flood.terms.unit == "m"
    assert [(band.level, band.limit, band.clear) for band in flood.terms.bands] == [
        (Level.NOTICE, Span(float("-inf"), 0.03), Span(float("-inf"), 0.02)),
        (Level.CRITICAL, Span(float("-inf"), 0.27), Span(float("-inf"), 0.22)),
    ]


def test_book_says_levels_in_words() -> None:
    flood, quiet = read_book([("rules/water.yaml", WHOLE)], CATALOGUE).rules

    assert flood.terms.described() == {
        "notice": "above 0.03 m for 1m, until not above 0.02 m",
        "critical": "above 0.27 m, until not above 0.22 m",
    }
    assert quiet.terms.described()["major"] == "not heard for 10 intervals"


def test_book_knows_the_quantities_of_its_own_catalogue() -> None:
    own = ("quantities.toml", '[quantity.tide]\nunit = "m"\nkind = "gauge"\n')

    read = read_book([own, *book(rule("{notice: {above: 300}}", select="{quantity: tide}"))], CATALOGUE)

    assert read.quantities == {"tide"}


def test_book_without_files_has_no_rules() -> None:
    assert read_book([], CATALOGUE).rules == ()
    assert read_book([("rules/none.yaml", "rules: []")], CATALOGUE).rules == ()


def test_schema_accepts_what_the_book_accepts() -> None:
    jsonschema_rs.validator_for(json_schema()).validate(yaml.safe_load(WHOLE))


@pytest.mark.parametrize(
    "name", ["unknown_key", "unknown_kind", "no_source", "unknown_level", "two_sides", "hold_without_unit", "no_levels"]
)
def test_schema_refuses_what_a_schema_can_see(name: str) -> None:
    path = next(path for path in BAD if path.stem == name)

    assert not jsonschema_rs.validator_for(json_schema()).is_valid(yaml.safe_load(path.read_text("utf-8")))


def test_book_reads_what_holds_an_alarm_back() -> None:
    response = read_book([("rules.yaml", WHOLE)], CATALOGUE).rules[1].response

    assert response.inhibited_by == (Inhibitor("underpass-water", "site"),)
    assert response.flapping == Flapping(6, within_ns=600 * 10**9, quiet_ns=300 * 10**9)
    assert response.with_asset is False


def test_alarms_open_incidents_unless_the_rule_says_that_they_are_about_equipment() -> None:
    hinting = WHOLE.replace("with_asset: false", "with_asset: false\n      lane: equipment")

    rules, others = (read_book([("rules.yaml", text)], CATALOGUE).rules for text in (WHOLE, hinting))

    assert [rule.response.lane for rule in rules] == [Lane.CITY, Lane.CITY]
    assert [rule.response.lane for rule in others] == [Lane.CITY, Lane.EQUIPMENT]
