"""`liandong influx setup`: on InfluxDB 1.6 itself, and on 2.x's interface as its documentation tells it."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import pytest

from city.errors import BadSettings, StoreUnavailable
from city.history import Resolution
from liandong.cli import run
from storage.influxdb_server import InfluxAddress
from storage.influxdb_setup import InfluxSetup, address_of
from tests.support.servers import DIRECT, Server, free_port

TOKEN = "a-very-secret-token"
DAYS: dict[Resolution, int | None] = {Resolution.RAW: 30, Resolution.MINUTE: 365, Resolution.HOUR: None}


class Buckets(BaseHTTPRequestHandler):
    """InfluxDB 2.x's buckets and organisations (docs.influxdata.com/influxdb/v2/api), for one organisation `city`."""

    kept: dict[str, dict[str, Any]]

    def do_GET(self) -> None:
        path, asked = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        if path == "/api/v2/orgs":
            self._reply({"orgs": [{"id": "0123456789abcdef", "name": "city"}] if asked["org"] == ["city"] else []})
        else:
            self._reply({"buckets": [self.kept[name] for name in asked["name"] if name in self.kept]})

    def do_POST(self) -> None:
        bucket = self._body() | {"id": f"{len(self.kept):016x}"}
        for rule in bucket["retentionRules"]:
            rule.setdefault("shardGroupDurationSeconds", 86_400 if rule["everySeconds"] else 7 * 86_400)
        self.kept[bucket["name"]] = bucket
        self._reply(bucket, 201)

    def do_PATCH(self) -> None:
        changed = self._body()
        ((before,), (rule,)) = self.kept[changed["name"]]["retentionRules"], changed["retentionRules"]
        rule.setdefault("shardGroupDurationSeconds", before["shardGroupDurationSeconds"])
        if 0 < rule["everySeconds"] < rule["shardGroupDurationSeconds"]:
            self._reply({"message": "shard-group duration must also be updated"}, 422)
            return
        self.kept[changed["name"]] |= changed
        self._reply(self.kept[changed["name"]])

    def _body(self) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return body

    def _reply(self, content: dict[str, Any], status: int = 200) -> None:
        authorised = self.headers["Authorization"] == f"Token {TOKEN}"
        body = json.dumps(content if authorised else {"message": "unauthorized access"}).encode()
        self.send_response(status if authorised else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    Buckets.kept = {}
    with ThreadingHTTPServer(("127.0.0.1", 0), Buckets) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def made(
    port: int, token: str = TOKEN, org: str = "city", days: dict[Resolution, int | None] = DAYS
) -> list[tuple[str, bool]]:
    address = InfluxAddress.parse(f"influxdb://127.0.0.1:{port}/{org}/readings")
    with InfluxSetup(address, token=token, timeout_s=5.0) as setup:
        return [(one.name, one.is_new) for one in setup.make(days)]


def test_buckets_are_made_with_their_retention_and_changed_when_they_are_there(port: int) -> None:
    first, second = made(port), made(port)

    names = ["readings", "readings_minute", "readings_hour"]
    assert first == [(name, True) for name in names]
    assert second == [(name, False) for name in names]
    kept = {name: bucket["retentionRules"][0]["everySeconds"] for name, bucket in Buckets.kept.items()}
    assert kept == {"readings": 30 * 86_400, "readings_minute": 365 * 86_400, "readings_hour": 0}


def test_what_was_kept_for_ever_may_be_kept_for_a_day(port: int) -> None:
    made(port, days=dict.fromkeys(DAYS))
    made(port, days={**DAYS, Resolution.RAW: 1})

    (rule,) = Buckets.kept["readings"]["retentionRules"]
    assert (rule["everySeconds"], rule["shardGroupDurationSeconds"]) == (86_400, 3600)


def test_refusal_is_told_without_the_token(port: int) -> None:
    with pytest.raises(StoreUnavailable, match=r"401: .*unauthorized") as caught:
        made(port, token="another-secret")
    with pytest.raises(BadSettings, match="an organisation of this InfluxDB"):
        made(port, org="nobody")

    assert "another-secret" not in f"{caught.value!r} {caught.value.__cause__}"


def test_server_that_is_away_is_told() -> None:
    with pytest.raises(StoreUnavailable, match="Connection refused"):
        made(free_port())


def test_server_of_1x_that_is_asked_as_2x_is_told_how_it_is_named(influxdb_server: Server) -> None:
    with pytest.raises(StoreUnavailable, match=r"404.*; of 1\.x the address is `influxdb://host:port/-/database`"):
        made(influxdb_server.port)


def test_retention_policies_of_1x_are_made_and_changed(influxdb_server: Server) -> None:
    database = f"city_{uuid4().hex}"
    address = InfluxAddress.parse(f"influxdb://{influxdb_server.host}:{influxdb_server.port}/-/{database}")

    with InfluxSetup(address, token="", timeout_s=5.0) as setup:
        setup.make(dict.fromkeys(DAYS))
        setup.make({**DAYS, Resolution.RAW: 1})
        changed = setup.make(DAYS)

    assert [one.is_new for one in changed] == [False] * 3
    assert policies(influxdb_server, database) == {
        "autogen": ("720h0m0s", True),
        "autogen_minute": ("8760h0m0s", False),
        "autogen_hour": ("0s", False),
    }


def policies(server: Server, database: str) -> dict[str, tuple[str, bool]]:
    asked = {"q": f'SHOW RETENTION POLICIES ON "{database}"'}
    answer = httpx.get(f"{server.url}/query", params=asked, **DIRECT).json()
    (series,) = answer["results"][0]["series"]
    return {row[0]: (row[1], row[4]) for row in series["values"]}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param("influxdb://db/city/readings", "readings_hour", id="2.x"),
        pytest.param("influxdb://db/-/city", "city/autogen_hour", id="1.x"),
        pytest.param("influxdb://db/-/city/long", "city/long_hour", id="1.x with a policy"),
    ],
)
def test_roll_ups_have_buckets_of_their_own(address: str, expected: str) -> None:
    assert address_of(InfluxAddress.parse(address), Resolution.HOUR).bucket == expected


def test_command_tells_what_it_made(port: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = tmp_path / "liandong.toml"
    settings.write_text(
        f'[history]\nurl = "influxdb://127.0.0.1:{port}/city/readings"\ntoken = "{TOKEN}"\nretention_days = 30\n'
    )

    assert run(["influx", "setup", "--config", str(settings)]) == 0

    told = capsys.readouterr()
    assert told.out.splitlines()[0] == "readings: made, keeps 30 days"
    assert told.out.splitlines()[2] == "readings_hour: made, keeps for ever"
    assert TOKEN not in told.out + told.err
