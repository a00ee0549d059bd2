"""Rules in shadow and their record, over HTTP."""

from dataclasses import replace

import pytest

from city.alarm import Shadow
from city.feed import RuleSummary
from linkage.person import Role
from tests.support.api import Town
from tests.support.linkage import alarm

RULE = RuleSummary(
    id="water",
    name={"zh": "水", "en": "water"},
    kind="threshold",
    source="s",
    file="a.yaml",
    line=1,
    domain="environment",
    quantity="water_level",
    levels={},
    sensors=2,
    active=0,
    incident_class="road_water",
    priority={},
    departments=(),
)
BOOK = [RULE, replace(RULE, id="sharper", shadow=Shadow("water"), switch="a.yaml:12")]


async def test_record_of_a_rule_in_shadow_is_shown_beside_the_rule_in_force(town: Town) -> None:
    town.feed.book = BOOK
    shadow = alarm(rule="sharper")
    town.admitter.admit([alarm(), replace(shadow, response=replace(shadow.response, shadow=Shadow("water")))])
    async with town.client_of(Role.FOREMAN) as foreman:
        (listed,) = (await foreman.get("/shadow-rules")).json()["items"]
        record = (await foreman.get("/shadow-rules/sharper/record?to=2026-11-21T00:00:00Z")).json()

    assert (listed["id"], listed["switch"], listed["against"], listed["alarms"]) == (
        "sharper",
        "a.yaml:12",
        ["water"],
        1,
    )
    assert (record["both"], record["only_shadow"], record["only_live"], record["whole"]) == (1, 0, 0, True)
    assert (record["from"], record["to"]) == ("2026-11-14T00:00:00.000Z", "2026-11-21T00:00:00.000Z")
    assert record["items"][0]["side"] == "both"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("water/record", 404, id="not in shadow"),
        pytest.param("nobody/record", 404, id="no such rule"),
        pytest.param("sharper/record?from=2026-01-01T00:00:00Z&to=2026-03-01T00:00:00Z", 409, id="too long"),
        pytest.param("sharper/record?from=2026-03-01T00:00:00Z&to=2026-01-01T00:00:00Z", 409, id="turned round"),
    ],
)
async def test_what_has_no_record_is_refused(town: Town, path: str, status: int) -> None:
    town.feed.book = BOOK
    async with town.client_of(Role.FOREMAN) as foreman:
        answer = await foreman.get(f"/shadow-rules/{path}")

    assert answer.status_code == status


async def test_what_a_cap_holds_is_listed_by_its_incident(town: Town) -> None:
    town.admitter.admit([alarm(target=f"drain/{number}") for number in range(25)])
    async with town.client_of(Role.MONITOR) as monitor:
        queue = (await monitor.get("/incidents?limit=200")).json()["items"]
        (summary,) = [one for one in queue if one["title"]["en"].endswith("and 5 more")]
        listed = (await monitor.get(f"/held?incident={summary['id']}")).json()
        others = (await monitor.get("/held?incident=1")).json()

    assert {one["reason"] for one in listed["items"]} == {"capped"}
    assert (len(listed["items"]), others["items"], others["total"]) == (5, [], 5)
