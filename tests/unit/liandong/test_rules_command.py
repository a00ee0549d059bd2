"""The rules of the demo city, on their own cases: what `liandong rules test` runs."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

from city.alarm import Change, Shadow
from city.clock import SECOND_NS, SystemClock
from liandong.city_folder import read_city
from liandong.cli import run
from liandong.exits import Exit
from rules.book import read_book
from rules.cases import read_cases
from storage.migrate import upgrade
from storage.sql import Database
from tests.support.linkage import Town, alarm
from tests.support.small_city import write_small_city

HAIBIN = Path(__file__).resolve().parents[3] / "examples" / "haibin"
CASES = HAIBIN / "rules" / "tests"


def rules(*arguments: str) -> int:
    return run(["rules", *arguments])


def test_rules_of_the_demo_city_pass_their_cases(capsys: pytest.CaptureFixture[str]) -> None:
    code = rules("test", "--city", str(HAIBIN), str(CASES))

    printed = capsys.readouterr().out.splitlines()
    assert [line for line in printed if not line.startswith("good")] == [f"{len(printed) - 1} cases, all good"]
    assert code == Exit.OK


def test_every_rule_of_the_demo_city_is_tried_at_every_level() -> None:
    city = read_city(HAIBIN)
    tried = {
        (one.rule, one.level)
        for file in CASES.glob("*.yaml")
        for case in read_cases(file.read_text("utf-8"), file.name, city.catalogue)
        for one in case.expected
        if one.change in {Change.RAISED, Change.RISEN}
    }

    book = read_book(city.book, city.catalogue)
    assert {(rule.id, level) for rule in book.rules for level in rule.terms.levels} - tried == set()


def test_rules_shadow_compares_what_was_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    city = write_small_city(tmp_path / "city")
    file = city / "rules" / "rules.yaml"
    written = yaml.safe_load(file.read_text("utf-8"))
    against = written["rules"][0]["id"]
    written["rules"].append({**written["rules"][0], "id": "sharper", "shadow": {"against": against}})
    file.write_text(yaml.safe_dump(written, allow_unicode=True), "utf-8")
    (tmp_path / "data").mkdir(mode=0o700)
    database = Database(f"sqlite:///{tmp_path / 'data' / 'city.sqlite'}")
    upgrade(database)
    now_ns = SystemClock().now_ns()
    found = replace(alarm(rule=against), time_ns=now_ns - 60 * SECOND_NS)
    earlier = replace(alarm(rule="sharper"), time_ns=now_ns - 90 * SECOND_NS)
    shadow = replace(earlier, response=replace(earlier.response, shadow=Shadow(against)))
    Town(database).admitter.admit([found, shadow])
    database.close()

    capsys.readouterr()  # what admission said
    code = rules("shadow", "--json", "--data", str(tmp_path / "data"), "--city", str(city))
    (record,) = json.loads(capsys.readouterr().out)
    shown = rules("shadow", "--data", str(tmp_path / "data"), "--city", str(city))

    assert (code, shown) == (Exit.OK, Exit.OK)
    assert (record["rule"], record["against"], record["both"], record["lead_s"]) == ("sharper", [against], 1, 30.0)
    assert "Rules in shadow" in capsys.readouterr().out


def test_rules_test_tells_what_came_out_otherwise(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "case.yaml"
    reading = "{sensor: up-01a, quantity: water_level, unit: cm, value: 40}"
    file.write_text(f"cases: [{{name: deep, rule: underpass-water, readings: [{reading}], expect: []}}]")

    code = rules("test", "--city", str(HAIBIN), "--json", str(file))

    (outcome,) = json.loads(capsys.readouterr().out)
    assert code == Exit.FAILED
    assert (outcome["name"], outcome["good"], outcome["line"]) == ("deep", False, 1)
    assert "`underpass-water` raised critical on `up-01a`" in outcome["remarks"][0]


def test_rules_test_refuses_what_is_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert rules("test", "--city", str(HAIBIN), "nowhere") == Exit.USAGE
    assert "got `nothing` - at `nowhere`" in capsys.readouterr().err


def test_rules_schema_accepts_the_books_of_the_demo_city(capsys: pytest.CaptureFixture[str]) -> None:
    assert rules("schema") == Exit.OK

    schema = jsonschema_rs.validator_for(json.loads(capsys.readouterr().out))
    for file in (HAIBIN / "rules").glob("*.yaml"):
        schema.validate(yaml.safe_load(file.read_text("utf-8")))
