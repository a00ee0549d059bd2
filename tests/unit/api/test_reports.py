"""Reports, photos, calls back and what stands around, over HTTP."""

import asyncio
from typing import Any

import httpx

from linkage.person import Role
from tests.support.api import Town
from tests.support.reporting import COVER, photo

REPORT = {"class": "road_water", "source": "collector", "longitude": 121.5, "latitude": 31.2}
PHONE = "13800000000"


async def filed(client: httpx.AsyncClient, key: str = "", **more: object) -> Any:
    answer = await client.post("/reports", json={**REPORT, **more}, headers={"Idempotency-Key": key} if key else {})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_collector_reports_with_a_photo_sent_before(town: Town) -> None:
    async with town.client_of(Role.COLLECTOR) as collector:
        sent = await collector.put("/photos/photo-0001", content=photo(place=True))
        report = await filed(collector, photos=["photo-0001"])
        shown = (await collector.get(f"/incidents/{report['incident']}/photos")).json()["items"]
        picture = await collector.get("/photos/photo-0001?small=true")

    assert sent.json()["place"] == {"longitude": 121.5, "latitude": 31.2}
    assert [one["id"] for one in shown] == ["photo-0001"]
    assert picture.headers["content-type"] == "image/jpeg"
    assert picture.headers["x-content-type-options"] == "nosniff"
    assert picture.headers["content-disposition"] == 'inline; filename="photo-0001.jpg"'


async def test_report_sent_twice_at_once_is_one_incident(town: Town) -> None:
    async with town.client_of(Role.COLLECTOR) as collector:
        answers = await asyncio.gather(*(filed(collector, "key-1") for _ in range(4)))

    assert {answer["incident"] for answer in answers} == {"1"}


async def test_near_duplicates_are_offered(town: Town) -> None:
    async with town.client_of(Role.COLLECTOR) as collector:
        report = await filed(collector)
        near = await collector.get("/reports/near?class=road_water&longitude=121.5001&latitude=31.2")
        joined = await filed(collector, joins=report["incident"])

    (one,) = near.json()["items"]
    assert (one["summary"]["id"], one["reports"]) == (report["incident"], 1)
    assert joined["joined"] is True


async def test_large_body_is_for_photos_alone(town: Town) -> None:
    async with town.client_of(Role.COLLECTOR) as collector:
        large = await collector.post("/reports", content=b"x" * 300_000)
        too_large = await collector.put("/photos/photo-0001", content=b"x" * (12 * 1024 * 1024 + 1))
        no_photo = await collector.put("/photos/photo-0001", content=b"x" * 300_000)

    assert (large.status_code, too_large.status_code, no_photo.status_code) == (413, 413, 422)


async def test_caller_is_seen_by_acceptors_and_nobody_else(town: Town) -> None:
    caller = {"name": "王先生", "phone": PHONE, "call_back": True}
    async with town.client_of(Role.ACCEPTOR) as acceptor, town.client_of(Role.DISPATCHER) as dispatcher:
        report = await filed(acceptor, source="hotline", caller=caller)
        seen = await acceptor.get(f"/reports/{report['report']}/caller")
        refused = await dispatcher.get(f"/reports/{report['report']}/caller")
        listed = await dispatcher.get(f"/incidents/{report['incident']}/reports")
        whole = await dispatcher.get(f"/incidents/{report['incident']}")

    assert seen.json() == {"name": "王先生", "phone": PHONE}
    assert refused.status_code == 403
    assert listed.json()["items"][0]["has_caller"] is True
    assert PHONE not in listed.text + whole.text


async def test_collector_has_what_is_to_be_verified(town: Town) -> None:
    async with town.client_of(Role.COLLECTOR) as collector, town.client_of(Role.DISPATCHER) as dispatcher:
        await filed(collector)
        mine = (await collector.get("/field-work")).json()
        theirs = (await dispatcher.get("/field-work")).json()

    assert [one["steps"][0]["step"] for one in mine["verify"]] == ["verify"]
    assert theirs == {"verify": [], "check": []}


async def test_cameras_and_components_stand_around(town: Town) -> None:
    async with town.client_of(Role.COLLECTOR) as collector:
        report = await filed(collector)
        around = (await collector.get(f"/incidents/{report['incident']}/around?radius_m=500")).json()["items"]
        near = (await collector.get(f"/incidents/{report['incident']}/around?radius_m=5")).json()["items"]

    assert {(one["group"], one["id"]) for one in around} >= {("camera", "camera/1"), ("component", COVER.id)}
    assert {one["id"] for one in near} == {"underpass/1", COVER.id}


async def test_component_tells_what_it_is(town: Town) -> None:
    async with town.client_of(Role.MONITOR) as monitor:
        one = (await monitor.get(f"/components/{COVER.id}")).json()
        unknown = await monitor.get("/components/none")
        found = (await monitor.get("/components", params={"q": "井盖", "help": False})).json()["items"]
        helping = (await monitor.get("/components", params={"help": True})).json()["items"]
        history = (await monitor.get("/sensor-history/underpass/1")).json()

    assert (one["kind"], one["maintainer"], one["state"]) == ("manhole", "power", "intact")
    assert unknown.status_code == 404
    assert ([part["id"] for part in found], helping) == ([COVER.id], [])
    assert history == {"incidents": [], "alarms": []}
