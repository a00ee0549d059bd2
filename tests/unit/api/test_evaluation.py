"""Evaluation, audit and access log over HTTP."""

import csv
import io
from datetime import UTC, datetime

import httpx
import pytest

from city.clock import to_ns
from city.feed import Quarantined
from linkage.audit.config import AuditSettings
from linkage.audit.rounds import Auditor
from linkage.person import Role
from storage.sql import Database
from tests.support.api import Town
from tests.support.event_rows import write_cases
from tests.support.made_up_cases import HOUR_NS, MadeCase, Maker

START_NS = to_ns(datetime(2026, 11, 2, tzinfo=UTC))
NOVEMBER = {"period": "month", "at": "2026-11-20"}


@pytest.fixture
def cases(database: Database) -> list[MadeCase]:
    maker = Maker(5, START_NS, 10 * 24 * HOUR_NS)
    made = [maker.made() for _ in range(60)]
    write_cases(database, made)
    return made


def rows(answer: httpx.Response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def test_departments_are_evaluated_up_to_the_newest_event(town: Town, cases: list[MadeCase]) -> None:
    async with town.client_of(Role.EVALUATOR) as client:
        sheet = (await client.get("/evaluation/departments", params=NOVEMBER)).json()
        formulas = (await client.get("/evaluation/formulas")).json()

    water = next(line for line in sheet["lines"] if line["id"] == "water")
    handled = sum(
        leg.done_ns is not None for case in cases if not case.drill for leg in case.legs if leg.department == "water"
    )
    assert (sheet["period"]["label"], sheet["behind"]) == ("2026-11", 0)
    assert water["now"]["counts"]["handled"] == handled
    assert water["now"]["rates"]["handled_in_time_rate"]["denominator"] == water["now"]["counts"]["should_handle"]
    assert water["now"]["grade"] in {grade["grade"] for grade in formulas["grades"]}
    assert [part["item"] for part in water["now"]["parts"]] == [
        item["item"] for item in formulas["subjects"]["department"]
    ]
    assert water["before"]["score"] is None


@pytest.mark.parametrize(
    ("path", "query", "subject"),
    [
        pytest.param("areas", {"by": "district"}, "district", id="districts"),
        pytest.param("areas", {"by": "grid"}, "grid", id="grids"),
        pytest.param("posts", {"post": "collector"}, "collector", id="collectors"),
        pytest.param("posts", {"post": "dispatcher"}, "dispatcher", id="dispatchers"),
    ],
)
async def test_areas_and_posts_are_evaluated(
    town: Town, cases: list[MadeCase], path: str, query: dict[str, str], subject: str
) -> None:
    async with town.client_of(Role.LEADER) as client:
        sheet = (await client.get(f"/evaluation/{path}", params={**NOVEMBER, **query})).json()

    assert (sheet["subject"], len(cases)) == (subject, 60)
    assert sheet["whole"]["now"]["counts"]


async def test_person_is_called_as_the_log_calls_them(town: Town, cases: list[MadeCase]) -> None:
    async with town.client_of(Role.EVALUATOR) as client:
        sheet = (await client.get("/evaluation/posts", params={**NOVEMBER, "post": "foreman"})).json()

    assert {line["name"] for line in sheet["lines"]} == {"Foreman-1", "Foreman-2"}
    assert cases


async def test_trend_rules_and_times_answer(town: Town, cases: list[MadeCase]) -> None:
    async with town.client_of(Role.EVALUATOR) as client:
        trend = (await client.get("/evaluation/trend", params={**NOVEMBER, "id": "water"})).json()
        rules = (await client.get("/evaluation/rules", params=NOVEMBER)).json()
        times = (await client.get("/evaluation/times", params=NOVEMBER)).json()

    assert [point["period"]["label"] for point in trend["points"]][-1] == "2026-11"
    assert rules["rules"][0]["incidents"] == sum(not case.drill for case in cases)
    assert {one["measure"] for one in times["spreads"]} >= {"dispatched", "fed_back", "checked"}


@pytest.mark.parametrize("table", ["department", "district", "collector", "rules", "times"])
async def test_table_is_had_as_csv(town: Town, cases: list[MadeCase], table: str) -> None:
    async with town.client_of(Role.EVALUATOR) as client:
        answer = await client.get("/evaluation/csv", params={**NOVEMBER, "table": table})

    assert answer.headers["content-type"].startswith("text/csv")
    assert f"{table}-2026-11.csv" in answer.headers["content-disposition"]
    assert rows(answer)
    assert cases


async def test_csv_keeps_numerator_and_denominator(town: Town, cases: list[MadeCase]) -> None:
    async with town.client_of(Role.EVALUATOR) as client:
        answer = await client.get("/evaluation/csv", params={**NOVEMBER, "table": "department"})

    water = next(row for row in rows(answer) if row["subject"] == "water")
    in_time = int(water["handled_in_time"]) + int(water["exempt"])
    assert (water["handled_in_time_rate:numerator"], water["handled_in_time_rate:denominator"]) == (
        str(in_time),
        water["should_handle"],
    )
    assert cases


async def test_evaluator_of_a_district_sees_that_one_alone(town: Town, cases: list[MadeCase]) -> None:
    async with town.client_of(Role.EVALUATOR, district="east") as client:
        sheet = (await client.get("/evaluation/areas", params={**NOVEMBER, "district": "west"})).json()

    assert [line["id"] for line in sheet["lines"]] == ["east"]
    assert sheet["whole"]["now"]["counts"]["reported"] == sum(
        case.district == "east" and not case.drill for case in cases
    )


@pytest.mark.parametrize(
    ("query", "label"),
    [
        pytest.param({"period": "week", "at": "2026-11-20"}, "2026-W47", id="a week"),
        pytest.param(
            {"period": "custom", "from": "2026-11-20", "to": "2026-11-01"}, "2026-11-01/2026-11-20", id="turned"
        ),
        pytest.param({"period": "custom"}, "2026-11-01/2026-11-20", id="this month so far"),
        pytest.param({"period": "year", "at": "0001-01-01"}, "2000", id="long ago"),
    ],
)
async def test_period_is_understood(town: Town, query: dict[str, str], label: str) -> None:
    async with town.client_of(Role.EVALUATOR) as client:
        sheet = (await client.get("/evaluation/departments", params=query)).json()

    assert sheet["period"]["label"] == label


@pytest.mark.parametrize("query", [{"at": "2026-13-01"}, {"at": "1"}, {"period": "day"}, {"by": "street"}])
async def test_question_that_cannot_be_is_refused(town: Town, query: dict[str, str]) -> None:
    async with town.client_of(Role.EVALUATOR) as client:
        answer = await client.get("/evaluation/areas", params=query)

    assert answer.status_code == 422


async def test_audit_tells_how_far_it_is(town: Town, database: Database, cases: list[MadeCase]) -> None:
    async with town.client_of(Role.EVALUATOR) as client:
        before = (await client.get("/audit")).json()
        Auditor(database, town.clock, AuditSettings()).take()
        after = (await client.get("/audit")).json()

    assert before["round"] is None
    assert after["number"] == sum(len(case.events) for case in cases)
    assert (after["round"]["ended_number"], after["round"]["ended_faults"]) == (after["number"], 0)


async def test_look_at_quarantined_bytes_is_logged(town: Town) -> None:
    town.feed.set_aside = [Quarantined(7, 0, "city/x", "not_json", "", 3, b"abc")]
    async with town.client_of(Role.STEWARD, name="si") as steward:
        await steward.get("/quarantine/7")
        looks = (await steward.get("/access-log")).json()["items"]
    async with town.client_of(Role.EVALUATOR) as evaluator:
        table = rows(await evaluator.get("/access-log/csv"))

    assert [(look["person_name"], look["what"], look["key"]) for look in looks] == [("Si", "quarantined", "7")]
    assert [row["key"] for row in table] == ["7"]
