"""Why and why not, asked over HTTP: the engine is real, ingest's side of the link is kept in memory."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from city.clock import iso
from city.entry import Connection, Tick
from city.history import LatestReading
from linkage.person import Role
from rules.schema import json_schema
from rules.summary import summaries
from tests.support.api import Town
from tests.support.feed import QUIET
from tests.support.judging import START_NS, Bench, at, book, context, rule, sensor

LEVELS = "{notice: {above: 20, clear: 15, hold: 2m}, major: {above: 40}}"


def told(values: Sequence[float], *, number: int = 1, quality: int = 0) -> list[LatestReading]:
    """Return readings of a sensor in centimetres, one a minute from the start."""
    return [
        LatestReading(f"level-{number}", "water_level", at(60 * minute), at(60 * minute), value, quality)
        for minute, value in enumerate(values)
    ]


@pytest.fixture
def flooding(town: Town) -> Town:
    """Return the town with a rule about water in force, and ingest that has listened since the start."""
    bench = Bench()
    bench.feed(context(book(rule(LEVELS)), [sensor(1), sensor(2, kind="rain_gauge")]))
    bench.feed(Connection(START_NS, listening=True), Tick(at(1)))
    town.feed.engine = bench.engine
    return town


async def explained(town: Town, query: str, role: Role = Role.MONITOR, rule: str = "flood") -> dict[str, Any]:
    async with town.client_of(role) as client:
        answer = await client.get(f"/rules/{rule}/explanation?{query}")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_a_hold_that_runs_says_what_is_missing(flooding: Town) -> None:
    for reading in told([5, 25, 26]):
        flooding.feed.keep(reading)

    found = await explained(flooding, f"sensor=level-1&at={iso(at(150))}")

    assert (found["answer"], found["level"]) == ("holding", "notice")
    (target,) = found["targets"]
    notice, major = target["conditions"]
    assert (target["value"], target["unit"], target["time"]) == (26, "cm", iso(at(120)))
    assert (notice["limit"], notice["met"], notice["held_s"], notice["left_s"]) == ("above 20", True, 60, 60)
    assert (major["limit"], major["met"], major["left_s"]) == ("above 40", False, None)
    assert found["readings"][0]["value"] == 26


async def test_what_was_not_judged_is_passed_over_with_its_flag(flooding: Town) -> None:
    for reading in told([50], quality=64):
        flooding.feed.keep(reading)

    found = await explained(flooding, f"sensor=level-1&at={iso(at(90))}")

    assert found["answer"] == "no_reading"
    assert found["readings"][0]["passed_over"] == ["bad"]


async def test_an_open_alarm_says_since_when_and_what_linkage_made_of_it(flooding: Town) -> None:
    for reading in told([50, 50]):
        flooding.feed.keep(reading)

    found = await explained(flooding, f"sensor=level-1&at={iso(at(90))}")

    assert (found["answer"], found["level"]) == ("open", "major")
    assert [(one["change"], one["level"], one["time"]) for one in found["changes"]] == [("raised", "major", iso(at(0)))]
    assert found["decisions"] == []


async def test_a_sensor_that_is_not_selected_is_told_by_which_condition(flooding: Town) -> None:
    bench = Bench()
    select = "{quantity: water_level, kinds: [underpass_level], tags: [main]}"
    bench.feed(context(book(rule(LEVELS, select=select)), [sensor(1)]))
    flooding.feed.engine = bench.engine

    found = await explained(flooding, "sensor=level-1")

    assert found["answer"] == "not_selected"
    failed = [(one["condition"], one["wanted"], one["found"]) for one in found["selection"] if not one["met"]]
    assert failed == [("tags", ["main"], [])]


async def test_an_exempt_sensor_is_told_on_whose_word(flooding: Town) -> None:
    bench = Bench()
    extra = "exceptions: [{select: {sensors: [level-1]}, source: works until May, exempt: true}]"
    bench.feed(context(book(rule(LEVELS, extra=extra)), [sensor(1)]))
    flooding.feed.engine = bench.engine

    found = await explained(flooding, "sensor=level-1")

    assert (found["answer"], found["exception"]) == ("exempt", {"source": "works until May", "exempt": True})


async def test_outside_its_hours_a_rule_says_when_they_begin(flooding: Town) -> None:
    bench = Bench()
    bench.feed(context(book(rule(LEVELS, extra='when: {hours: ["07:00-09:00"]}')), [sensor(1)]))
    flooding.feed.engine = bench.engine
    for reading in told([50]):
        flooding.feed.keep(reading)

    found = await explained(flooding, f"sensor=level-1&at={iso(at(30))}")

    assert found["answer"] == "out_of_hours"
    # The start is 22:13:20 in Shanghai.
    assert (found["hours"]["open"], found["hours"]["until"]) == (False, "2026-09-21T23:00:00.000Z")


async def test_a_moment_before_the_book_says_so(flooding: Town) -> None:
    found = await explained(flooding, f"sensor=level-1&at={iso(at(-3600))}")

    assert (found["answer"], found["window"]["limits"]) == ("no_reading", ["newer_book"])


async def test_unknown_rules_and_sensors_are_not_found_and_ingest_may_be_away(flooding: Town) -> None:
    async with flooding.client_of(Role.MONITOR) as client:
        rule_, sensor_ = [
            await client.get(f"/rules/{one}")
            for one in ("no/explanation?sensor=level-1", "flood/explanation?sensor=no")
        ]
        nothing = await client.get("/rules/flood/explanation")
        flooding.feed.leave()
        away = await client.get("/rules/flood/explanation?sensor=level-1")

    assert [one.status_code for one in (rule_, sensor_, nothing, away)] == [404, 404, 422, 503]


async def test_who_does_not_see_the_queue_is_told_no_decisions(flooding: Town) -> None:
    found = await explained(flooding, "sensor=level-1", role=Role.STEWARD)

    assert found["decisions"] == []


async def test_rules_tell_why_newer_files_are_not_in_force(flooding: Town) -> None:
    wrong = "Expected a number, got `x` - at `rules/a.yaml:9`"
    flooding.feed.now = replace(QUIET, book_version="abc", book_error=wrong)
    async with flooding.client_of(Role.MONITOR) as client:
        told_ = (await client.get("/rules")).json()

    assert (told_["version"], told_["error"]) == ("abc", wrong)


async def test_rules_that_judge_a_sensor_are_listed_by_its_name_and_no_others(flooding: Town) -> None:
    engine = flooding.feed.engine
    assert engine is not None
    flooding.feed.book = summaries(engine)

    async with flooding.client_of(Role.MONITOR) as client:
        about = [(await client.get(f"/rules?sensor={one}")).json()["items"] for one in ("level-1", "gate-1")]

    assert [[rule["id"] for rule in items] for items in about] == [["flood"], []]


async def test_the_schema_of_rule_files_is_published(town: Town) -> None:
    async with town.client_of(Role.MONITOR) as client:
        schema = (await client.get("/rules/schema")).json()

    assert schema == json_schema()
    assert "rules" in schema["properties"]


async def test_a_clock_that_is_ahead_is_judged_by_what_had_arrived(flooding: Town) -> None:
    flooding.feed.keep(LatestReading("level-1", "water_level", at(0), at(0), 25, 0))
    flooding.feed.keep(LatestReading("level-1", "water_level", at(130), at(30), 25, 0))
    flooding.feed.keep(LatestReading("level-1", "water_level", at(135), at(135), 5, 0))

    found = await explained(flooding, f"sensor=level-1&at={iso(at(60))}")

    assert (found["answer"], found["level"]) == ("open", "notice")
    assert found["targets"][0]["time"] == iso(at(130))
    assert found["window"]["later"] is None


async def test_a_buffered_upload_says_when_it_came(flooding: Town) -> None:
    flooding.feed.keep(LatestReading("level-1", "water_level", at(0), at(600), 50, 0))

    found = await explained(flooding, f"sensor=level-1&at={iso(at(60))}")

    assert (found["answer"], found["window"]["later"]) == ("no_reading", iso(at(600)))
