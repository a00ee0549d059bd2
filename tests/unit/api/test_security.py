"""What guards every answer."""

import httpx
import pytest
from pydantic import ValidationError

from api.config import HttpSettings
from api.pictures import masked, may_embed
from api.security import host_name
from linkage.person import Role
from storage.sql import Database
from tests.support.api import BASE, Town, town_on


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/session", "/nowhere", "/"])
async def test_every_answer_keeps_the_page_to_itself(town: Town, path: str) -> None:
    async with town.client() as client:
        headers = (await client.get(BASE + path)).headers

    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == "'none'"
    assert policy["worker-src"] == "'self' blob:"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in headers


async def test_pages_show_pictures_of_the_citys_own_hosts(database: Database) -> None:
    town = town_on(database, HttpSettings(snapshot_hosts=("cams.example",)))
    async with town.client() as client:
        headers = (await client.get(f"{BASE}/healthz")).headers

    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["img-src"] == "'self' data: blob: https://cams.example:* http://cams.example:*"
    assert policy["default-src"] == "'self'"


@pytest.mark.parametrize("host", ["*", "cams.example; script-src *", "https://cams.example", "", "a b"])
def test_host_of_pictures_is_a_hosts_name(host: str) -> None:
    with pytest.raises(ValidationError, match="a host name or an address"):
        HttpSettings(snapshot_hosts=(host,))


@pytest.mark.parametrize(
    ("url", "embed"),
    [
        pytest.param("https://cams.example/1.jpg", True, id="the city's own"),
        pytest.param("https://CAMS.example:8443/1.jpg", True, id="on another port"),
        pytest.param("https://cams.example.evil/1.jpg", False, id="another host"),
        pytest.param("https://cams.example@evil/1.jpg", False, id="a user's name"),
    ],
)
def test_only_pictures_of_allowed_hosts_are_embedded(url: str, *, embed: bool) -> None:
    assert may_embed(url, ("Cams.example",)) is embed


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param('{"snapshot":"https://cams.example/1.jpg","n":3}', '{"snapshot":"…","n":3}', id="JSON"),
        pytest.param(r'{"s":"http:\/\/cams.example\/1.jpg"}', '{"s":"…"}', id="JSON that escapes slashes"),
        pytest.param("rtsp://cams/1 and more", "… and more", id="a stream"),
        pytest.param("12:30 // no address", "12:30 // no address", id="none"),
    ],
)
def test_addresses_are_cut_out_of_a_strangers_message(text: str, shown: str) -> None:
    assert masked(text) == shown


async def test_https_is_remembered_by_browsers(database: Database) -> None:
    town = town_on(database, HttpSettings(public_url="https://city.example"))
    async with town.client() as client:
        headers = (await client.get(f"{BASE}/healthz", headers={"Host": "city.example"})).headers

    assert headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8470", 200),
        ("localhost", 200),
        ("LOCALHOST:1", 200),
        ("[::1]:8470", 200),
        ("city.example", 200),
        ("wall.city.example", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("", 421),
        ("evil.example:8470@127.0.0.1", 421),
    ],
)
async def test_host_must_be_ours(database: Database, host: str, status: int) -> None:
    settings = HttpSettings(public_url="https://City.example", allowed_hosts=("wall.city.example",))
    async with town_on(database, settings).client() as client:
        answer = await client.get(f"{BASE}/healthz", headers={"Host": host})

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("header", "name"), [("a:1", "a"), ("A", "a"), ("[::1]:80", "::1"), ("[::1]", "::1"), ("", ""), ("[", "")]
)
def test_host_name_is_read_without_port(header: str, name: str) -> None:
    assert host_name(header) == name


def test_address_that_is_listened_on_is_known() -> None:
    assert "10.1.2.3" in HttpSettings(host="10.1.2.3").known_hosts


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_wildcard_is_no_name(host: str) -> None:
    assert host not in HttpSettings(host=host).known_hosts


@pytest.mark.parametrize("url", ["city.example", "ftp://city.example", "https://"])
def test_public_url_must_be_an_address(url: str) -> None:
    with pytest.raises(ValidationError, match="Expected an http or https address"):
        HttpSettings(public_url=url)


async def test_foreign_sites_get_no_cors(town: Town) -> None:
    async with town.client_of(Role.MONITOR) as client:
        answer = await client.get("/session", headers={"Origin": "https://evil.example"})
        preflight = await client.options("/session", headers={"Origin": "https://evil.example"})

    assert not [name for name in (*answer.headers, *preflight.headers) if name.startswith("access-control")]


async def test_large_answers_are_compressed(town: Town) -> None:
    async with town.client_of(Role.MONITOR) as client:
        answer = await client.get("/sensors")

    assert answer.headers["content-encoding"] == "gzip"
    assert isinstance(answer, httpx.Response)
    assert len(answer.json()["items"]) == 6
