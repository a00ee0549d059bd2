"""What those who run the system do: discovery, quarantine, rules, users, status."""

from dataclasses import replace

import pytest

from city.feed import Discovered, Heard, Quarantined, RuleSummary, Trouble
from city.intake import BrokerStatus, Shed
from city.level import Domain
from city.place import Place
from city.sensor import Sensor
from linkage.person import Role
from tests.support.api import Town
from tests.support.feed import QUIET

STRANGER = Discovered("new/1", 0, 10**9, 3, "city/traffic/new", ("speed",), '{"speed": 3}')
ADOPTION = {
    "name": "新线圈",
    "domain": "traffic",
    "kind": "loop",
    "longitude": 121.5,
    "latitude": 31.2,
    "maintainer": "police",
    "tags": ["a", "a"],
    "installed": "2026-11-01",
}


async def test_stranger_is_adopted(town: Town) -> None:
    town.feed.strangers = [STRANGER]
    async with town.client_of(Role.OPERATOR) as client:
        listed = (await client.get("/discovery")).json()
        answer = await client.post("/discovery/new/1/adopt", json=ADOPTION)
        shown = (await client.get("/sensors/new/1")).json()

    assert [item["sensor"] for item in listed["items"]] == ["new/1"]
    assert (answer.status_code, answer.json()["tags"]) == (201, ["a"])
    assert (shown["name"], shown["kind"], shown["installed"]) == ("新线圈", "loop", "2026-11-01")
    assert town.feed.refreshed == 1


@pytest.mark.parametrize(
    ("sensor", "change", "status", "at"),
    [
        ("never/heard", {}, 404, "sensor"),
        ("hall/1", {}, 409, "sensor"),
        ("new/1", {"owner": "nobody"}, 404, "department"),
        ("new/1", {"district": "nowhere"}, 404, "district"),
        ("new/1", {"domain": "weather"}, 422, "body.domain"),
        ("new/1", {"id": "other"}, 422, "body.id"),
    ],
)
async def test_adoption_that_cannot_be_is_refused(
    town: Town, sensor: str, change: dict[str, str], status: int, at: str
) -> None:
    town.feed.strangers = [STRANGER]
    async with town.client_of(Role.OPERATOR) as client:
        answer = await client.post(f"/discovery/{sensor}/adopt", json={**ADOPTION, **change})

    assert (answer.status_code, answer.json()["at"]) == (status, at)
    assert town.feed.refreshed == 0


async def test_stranger_is_adopted_as_proposed_without_another_word(town: Town) -> None:
    proposed = Sensor("new/1", "Loop 1", Domain.TRAFFIC, "loop", place=Place(121.5, 31.2), interval_s=30.0)
    town.feed.strangers = [replace(STRANGER, proposed=proposed, heard=(Heard(0, "t", "s"),))]
    async with town.client_of(Role.OPERATOR) as client:
        (listed,) = (await client.get("/discovery")).json()["items"]
        await client.post("/discovery/new/1/adopt")
        shown = (await client.get("/sensors/new/1")).json()

    assert listed["heard"] == [{"time": "1970-01-01T00:00:00.000Z", "topic": "t", "sample": "s"}]
    assert {name: shown[name] for name in listed["proposed"]} == listed["proposed"]
    assert (shown["kind"], shown["longitude"], shown["interval_s"]) == ("loop", 121.5, 30.0)


async def test_what_an_adoption_says_goes_before_the_proposal(town: Town) -> None:
    proposed = Sensor("new/1", "Loop 1", Domain.TRAFFIC, "loop", place=Place(121.5, 31.2), interval_s=30.0)
    town.feed.strangers = [replace(STRANGER, proposed=proposed)]
    said = {"name": "新线圈", "domain": None, "longitude": None, "interval_s": None, "district": "east"}
    async with town.client_of(Role.OPERATOR) as client:
        shown = (await client.post("/discovery/new/1/adopt", json=said)).json()

    assert (shown["name"], shown["domain"], shown["kind"]) == ("新线圈", "traffic", "loop")
    assert (shown["longitude"], shown["interval_s"], shown["district"]) == (None, None, "east")


async def test_quarantine_lists_without_bytes(town: Town) -> None:
    said = "Expected a number, got `Wang - at `$`` - at `$.n`"
    town.feed.set_aside = [Quarantined(number, 0, "t", "bad_json", said, 3, b"\x00\xff1") for number in (1, 2, 3)]
    async with town.client_of(Role.OPERATOR) as client:
        newest = (await client.get("/quarantine?limit=2")).json()
        rest = (await client.get("/quarantine", params={"before": newest["next"]})).json()
        hidden = await client.get("/quarantine/1")

    assert [item["id"] for item in (*newest["items"], *rest["items"])] == [3, 2, 1]
    assert "payload" not in newest["items"][0]
    assert newest["items"][0]["detail"] == "Expected a number - at `$.n`"
    assert hidden.status_code == 403


async def test_quarantine_is_counted_and_replayed_by_reason(town: Town) -> None:
    town.feed.set_aside = [Quarantined(number, 0, "t", reason, "", 1) for number, reason in enumerate("aab", 1)]
    async with town.client_of(Role.OPERATOR) as client:
        before = (await client.get("/quarantine/counts")).json()
        came = (await client.post("/quarantine-replays", json={"reason": "a"})).json()
        again = (await client.post("/quarantine-replays", json={"reason": "a", "after": came["upto"]})).json()
        listed = (await client.get("/quarantine?reason=a")).json()["items"]

    assert [(one["reason"], one["waiting"], one["replayed"]) for one in before] == [("a", 2, 0), ("b", 1, 0)]
    assert (came["understood"], came["more"], again["understood"]) == (2, False, 0)
    assert [item["replayed"] is not None for item in listed] == [True, True]


async def test_quarantine_names_the_broker_and_is_replayed_by_it(town: Town) -> None:
    town.feed.set_aside = [Quarantined(at, 0, "t", "r", "", 1, broker=broker) for at, broker in enumerate(("", "a"), 1)]
    async with town.client_of(Role.OPERATOR) as client:
        listed = (await client.get("/quarantine")).json()["items"]
        came = (await client.post("/quarantine-replays", json={"broker": "a"})).json()
        waiting = (await client.get("/quarantine?broker=a")).json()["items"]

    assert [one["broker"] for one in listed] == ["a", ""]
    assert (came["understood"], [one["replayed"] is not None for one in waiting]) == (1, [True])


async def test_stewards_replay_nothing(town: Town) -> None:
    async with town.client_of(Role.STEWARD) as client:
        answer = await client.post("/quarantine-replays", json={})

    assert answer.status_code == 403


async def test_steward_sees_the_bytes(town: Town) -> None:
    town.feed.set_aside = [Quarantined(1, 0, "t", "decoder_failed", "ValueError: 'Wang'", 3, b"\x00\xff1")]
    async with town.client_of(Role.STEWARD) as client:
        listed = (await client.get("/quarantine")).json()["items"][0]
        shown = (await client.get("/quarantine/1")).json()
        missing = await client.get("/quarantine/2")

    assert (shown["payload"], shown["size"]) == ("AP8x", 3)
    assert (listed["detail"], shown["detail"]) == ("ValueError", "ValueError: 'Wang'")
    assert missing.status_code == 404


async def test_rules_in_force_are_listed(town: Town) -> None:
    rule = RuleSummary(
        "r", {"zh": "水", "en": "water"}, "threshold", "GB", "a.yaml", 3, "environment", "water_level",
        {"major": "above 15 cm"}, 2, 1, "road_water", {"major": 2}, ("water",), "rules: …",
    )  # fmt: skip
    town.feed.book = [rule]
    async with town.client_of(Role.MONITOR) as client:
        (item,) = (await client.get("/rules")).json()["items"]

    assert (item["id"], item["levels"], item["line"]) == ("r", {"major": "above 15 cm"}, 3)


async def test_operator_adds_a_user(town: Town) -> None:
    new = {"username": "wang", "name": "王", "roles": ["officer"], "department": "water", "password": "a long password"}
    async with town.client_of(Role.OPERATOR) as client:
        answer = await client.post("/users", json=new)
        again = await client.post("/users", json=new)
        nowhere = [
            await client.post("/users", json={**new, "username": "wu", field: "nowhere"})
            for field in ("department", "district")
        ]
        listed = (await client.get("/users?limit=1&after=1")).json()
        signed_in = await client.post("/session", json={"username": "wang", "password": "a long password"})

    assert [answer.status_code, again.status_code] == [201, 409]
    assert [(one.status_code, one.json()["at"]) for one in nowhere] == [(404, "department"), (404, "district")]
    assert listed["items"] == [answer.json()]
    assert "password" not in answer.text
    assert signed_in.status_code == 200


async def test_status_tells_of_ingest_and_desk(town: Town) -> None:
    town.feed.now = replace(QUIET, counters={"ingest_messages_received_total": 5.0}, book_error="a.yaml:3")
    async with town.client_of(Role.OPERATOR) as client:
        there = (await client.get("/status")).json()
        town.feed.leave()
        away = (await client.get("/status")).json()

    assert there["ingest"]["counters"] == {"ingest_messages_received_total": 5.0}
    assert (there["ingest"]["book_error"], there["ingest_error"]) == ("a.yaml:3", "")
    assert there["desk"]["sensors"] == 6
    assert away["ingest"] is None
    assert "ingest" in away["ingest_error"]


async def test_city_tells_its_words(town: Town) -> None:
    async with town.client_of(Role.MONITOR) as client:
        city = (await client.get("/city")).json()
        basemap = await client.get("/city/basemap")
        grids = await client.get("/city/grids")

    assert city["name"] == {"zh": "小城", "en": "Small town"}
    assert [one["id"] for one in city["departments"]] == ["desk", "command", "water", "police", "power"]
    assert basemap.headers["content-type"] == grids.headers["content-type"] == "application/geo+json"
    assert basemap.json()["type"] == "FeatureCollection"


async def test_status_tells_how_each_broker_is(town: Town) -> None:
    refusing = BrokerStatus("east", "mqtt://b", connected=False, version="5", error="no", refused={"a/#": "banned"})
    town.feed.now = replace(QUIET, brokers=(BrokerStatus("main", "mqtt://a", connected=True), refusing))
    async with town.client_of(Role.OPERATOR) as client:
        brokers = (await client.get("/status")).json()["ingest"]["brokers"]

    assert [(one["name"], one["connected"], one["refused"]) for one in brokers] == [
        ("main", True, {}),
        ("east", False, {"a/#": "banned"}),
    ]


async def test_what_was_shed_is_listed_newest_first(town: Town) -> None:
    town.feed.let_go = [Shed(number, "gw", "source_rate", 10 * number, 99, 0, 10**9) for number in (1, 2, 3)]
    async with town.client_of(Role.OPERATOR) as client:
        newest = (await client.get("/shed?limit=2")).json()
        rest = (await client.get("/shed", params={"before": newest["next"]})).json()

    assert [one["messages"] for one in (*newest["items"], *rest["items"])] == [30, 20, 10]
    assert (newest["items"][0]["source"], newest["items"][0]["last"]) == ("gw", "1970-01-01T00:00:01.000Z")


async def test_status_tells_what_is_damaged_or_lost(town: Town) -> None:
    trouble = Trouble("history_misses", 1_795_161_600_000_000_000, "? - 2026-11-20T08:00:00.000Z")
    town.feed.now = replace(QUIET, troubles=(trouble,))
    async with town.client_of(Role.OPERATOR) as client:
        told = (await client.get("/status")).json()["ingest"]["troubles"]

    assert told == [
        {"kind": "history_misses", "since": "2026-11-20T08:00:00.000Z", "name": "", "detail": trouble.detail}
    ]
