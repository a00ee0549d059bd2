"""CAP and GeoJSON over HTTP."""

from dataclasses import replace
from xml.etree.ElementTree import fromstring
from zoneinfo import ZoneInfo

import httpx
import pytest

from linkage.cap.config import CapSettings
from linkage.cap.notice import Notice
from linkage.cap.publishing import Publisher
from linkage.cap.reading import read
from linkage.cap.words import Category, Certainty, Severity, Urgency
from linkage.cap.writing import written
from linkage.config import LinkageSettings
from linkage.person import Role
from storage.sql import Database
from tests.support.api import Town, town_on
from tests.support.cap import WARNING
from tests.support.linkage import alarm

ATOM = "{http://www.w3.org/2005/Atom}"

SETTINGS = CapSettings(
    sender="desk@city.example",
    sender_name={"zh": "小城指挥中心", "en": "Small town"},
    public=True,
    incidents=True,
    senders=("met@binhai.example",),
    token="a-long-token",
)

STORM = Notice(
    subject="warning:1",
    event={"zh": "暴雨", "en": "Rainstorm"},
    headline={"zh": "暴雨橙色预警", "en": "Orange rainstorm warning"},
    category=Category.MET,
    urgency=Urgency.EXPECTED,
    severity=Severity.SEVERE,
    certainty=Certainty.LIKELY,
    colour="orange",
    approved=True,
)

TOKEN = {"Authorization": "Bearer a-long-token"}


@pytest.fixture
def city(database: Database) -> Town:
    return town_on(database, linkage=LinkageSettings(cap=SETTINGS))


def publish(town: Town, notice: Notice) -> str:
    publisher = Publisher(SETTINGS, ZoneInfo("Asia/Shanghai"))
    with town.ledger.database.write() as connection:
        identifier = publisher.publish(connection, notice, town.clock.now_ns())
    assert identifier is not None
    return identifier


async def get(town: Town, path: str, *roles: Role, department: str = "") -> httpx.Response:
    async with town.client_of(*roles, department=department) if roles else town.client() as client:
        return await client.get(path)


async def test_public_feed_leads_to_its_messages(city: Town) -> None:
    identifier = publish(city, STORM)

    feed = await get(city, "/cap/feed")
    (link,) = [one.get("href") for one in fromstring(feed.content).iter(f"{ATOM}link") if one.get("rel") == "alternate"]
    message = await get(city, str(link))

    assert feed.headers["content-type"].startswith("application/atom+xml")
    assert message.headers["content-type"].startswith("application/cap+xml")
    assert read(message.content).identifier == identifier


@pytest.mark.parametrize(
    "notice",
    [
        pytest.param(replace(STORM, drill=True), id="a drill"),
        pytest.param(replace(STORM, approved=False), id="not approved"),
    ],
)
async def test_public_sees_neither_drills_nor_what_is_not_approved(city: Town, notice: Notice) -> None:
    identifier = publish(city, notice)

    feed = await get(city, "/cap/feed")
    message = await get(city, f"/cap/messages/{identifier}")

    assert fromstring(feed.content).find(f"{ATOM}entry") is None
    assert (message.status_code, message.json()["code"]) == (404, "not_found")


async def test_feed_shows_what_is_newest_and_not_over(city: Town) -> None:
    publish(city, STORM)
    newest = publish(city, replace(STORM, colour="red"))

    feed = fromstring((await get(city, "/cap/feed")).content)

    assert [str(one.text).rpartition("/")[2] for one in feed.iter(f"{ATOM}id")][1:] == [newest]


@pytest.mark.parametrize("path", ["/cap/feed", "/cap/messages/warning-1-1"])
async def test_nothing_is_public_unless_the_city_says_so(town: Town, path: str) -> None:
    assert (await get(town, path)).status_code == 404


async def test_warning_is_taken_from_who_has_the_token(city: Town) -> None:
    async with city.client() as client:
        first = await client.post("/cap/messages", content=written(WARNING), headers=TOKEN)
        again = await client.post("/cap/messages", content=written(WARNING), headers=TOKEN)
    shown = await get(city, "/cap/in-force", Role.MONITOR)
    listed = await get(city, "/cap/received", Role.LEADER)

    assert (first.status_code, first.json()["state"], first.json()["repeated"]) == (200, "in_force", False)
    assert again.json() == {**first.json(), "repeated": True}
    assert [(one["category"], one["level"]) for one in shown.json()["items"]] == [("rainstorm", "orange")]
    assert [(one["state"], one["source"], one["acting"]) for one in listed.json()["items"]] == [
        ("in_force", "posted", True)
    ]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer "}])
async def test_warning_without_the_token_is_refused(city: Town, headers: dict[str, str]) -> None:
    async with city.client() as client:
        answer = await client.post("/cap/messages", content=written(WARNING), headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_nobody_posts_where_the_city_hears_nobody(town: Town) -> None:
    async with town.client() as client:
        answer = await client.post("/cap/messages", content=written(WARNING), headers={"Authorization": "Bearer "})

    assert answer.status_code == 401


async def test_garbage_is_refused_with_its_reason(city: Town) -> None:
    async with city.client() as client:
        answer = await client.post("/cap/messages", content=b"<alert/>", headers=TOKEN)

    assert (answer.status_code, answer.json()["code"], answer.json()["at"]) == (422, "bad_document", "document")


async def test_messages_of_an_incident_are_for_those_who_see_it(city: Town) -> None:
    (admission,) = city.admitter.admit([alarm()])
    notice = replace(STORM, subject="incident:1", incident=admission.incident, approved=False)
    identifier = publish(city, notice)
    path = f"/incidents/{admission.incident}/cap"

    listed = await get(city, path, Role.MONITOR)
    message = await get(city, f"{path}/{identifier}", Role.FOREMAN)
    stranger = await get(city, path, Role.OFFICER, department="power")
    missing = await get(city, f"{path}/nothing", Role.LEADER)

    assert [(one["identifier"], one["scope"]) for one in listed.json()["items"]] == [(identifier, "Restricted")]
    assert read(message.content).identifier == identifier
    assert (stranger.status_code, missing.status_code) == (404, 404)


async def test_geojson_has_what_the_caller_may_see(city: Town) -> None:
    city.admitter.admit([alarm(), alarm(target="underpass/2", rule="other")])

    everything = await get(city, "/incidents.geojson", Role.MONITOR)
    nothing = await get(city, "/incidents.geojson", Role.OFFICER, department="power")
    first = await get(city, "/incidents.geojson?limit=1", Role.FOREMAN)

    assert everything.headers["content-type"].startswith("application/geo+json")
    features = everything.json()["features"]
    assert {tuple(one["geometry"]["coordinates"]) for one in features} == {(121.5, 31.2), (121.4, 31.2)}
    assert features[0]["properties"]["state"] == "reported"
    assert nothing.json() == {"type": "FeatureCollection", "truncated": False, "features": []}
    assert (len(first.json()["features"]), first.json()["truncated"]) == (1, True)
