"""How influxdb-client's answers become ours: what waits, what is given up and counted, and what is never told."""

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from city.errors import StoreUnavailable
from storage.arrivals import REFUSED
from storage.influxdb_server import InfluxAddress, InfluxServer
from storage.refused import RefusedPoints
from tests.support.servers import free_port

TOKEN = "a-very-secret-token"

#: Status and body of an answer to these lines.
Answer = Callable[[list[str]], tuple[int, str]]


@dataclass
class Scripted:
    """A server that answers as a test says; `kept` are the lines it took, `requests` path and headers."""

    answer: Answer = lambda _: (204, "")
    kept: list[str] = field(default_factory=list)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    port: int = 0


def _handler(script: Scripted) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            data = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
            self._reply(data.decode().split("\n"))

        def do_GET(self) -> None:
            self._reply([])

        def _reply(self, lines: list[str]) -> None:
            script.requests.append((self.path, dict(self.headers)))
            status, text = script.answer(lines)
            script.kept += lines if status == 204 else []
            self.send_response(status)
            for name, value in script.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@pytest.fixture
def script() -> Iterator[Scripted]:
    script = Scripted()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(script)) as server:
        script.port = server.server_port
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield script
        server.shutdown()
        thread.join()


@pytest.fixture
def influxdb(script: Scripted) -> Iterator[InfluxServer]:
    address = InfluxAddress.parse(f"influxdb://127.0.0.1:{script.port}/my%20city/raw")
    server = InfluxServer(address, token=TOKEN, timeout_s=2.0, gzip=True)
    yield server
    server.close()


def refused() -> float:
    return float(REFUSED.labels("refused_by_store")._value.get())


def test_write_names_org_bucket_and_precision_and_carries_the_token(script: Scripted, influxdb: InfluxServer) -> None:
    influxdb.write(["a,sensor=x value=1 1", "b,sensor=x value=2 2"])

    ((path, headers),) = script.requests
    assert path == "/api/v2/write?org=my+city&bucket=raw&precision=ns"
    assert headers["Authorization"] == f"Token {TOKEN}"
    assert script.kept == ["a,sensor=x value=1 1", "b,sensor=x value=2 2"]


@pytest.mark.parametrize("status", [400, 413, 422])
def test_refused_point_does_not_hold_up_the_rest(script: Scripted, influxdb: InfluxServer, status: int) -> None:
    script.answer = lambda lines: (status, '{"message":"bad"}') if any("bad" in line for line in lines) else (204, "")
    lines = [f"{'bad' if number in {3, 70} else 'good'} value={number}" for number in range(100)]
    before = refused()

    influxdb.write(lines)

    assert sorted(script.kept) == sorted(line for line in lines if line.startswith("good"))
    assert refused() == before + 2
    assert len(script.requests) < 30


def test_partial_write_is_counted_and_not_repeated(script: Scripted, influxdb: InfluxServer) -> None:
    script.answer = lambda _: (422, '{"message":"partial write: points beyond retention policy dropped=3"}')
    before = refused()

    influxdb.write([f"a value={number}" for number in range(10)])

    assert refused() == before + 3
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        pytest.param("partial write: points beyond retention policy dropped=1", ["b value=1 5"], id="the oldest"),
        pytest.param(
            'partial write: field type conflict: input field "value" on measurement "a" is type float dropped=1',
            ["a,sensor=x value=1 7"],
            id="the measurement",
        ),
        pytest.param("partial write: for its own reasons dropped=1", [], id="nobody knows"),
    ],
)
def test_points_of_a_partial_write_are_kept_aside_where_its_words_tell_which(
    script: Scripted, tmp_path: Path, reason: str, expected: list[str]
) -> None:
    script.answer = lambda _: (422, json.dumps({"message": reason}))
    aside = RefusedPoints(tmp_path / "influxdb.refused")
    address = InfluxAddress.parse(f"influxdb://127.0.0.1:{script.port}/city/raw")
    server = InfluxServer(address, token=TOKEN, timeout_s=2.0, gzip=True, refused=aside.keep)

    server.write(["ab value=1 9", "a,sensor=x value=1 7", "b value=1 5"])
    server.close()

    kept = json.loads((tmp_path / "influxdb.refused").read_text())
    assert kept["points"] == expected
    assert json.loads(kept["reason"]) == {"message": reason}
    assert TOKEN not in str(kept)


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
def test_answer_that_blames_no_point_means_wait(script: Scripted, influxdb: InfluxServer, status: int) -> None:
    script.answer = lambda _: (status, '{"message":"not now"}')
    before = refused()

    with pytest.raises(StoreUnavailable, match=f"InfluxDB answered {status}: .*not now") as caught:
        influxdb.write(["a value=1", "b value=2"])

    assert refused() == before
    assert TOKEN not in f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__cause__}"


@pytest.mark.parametrize(
    ("told", "expected"),
    [("20", 20.0), ("Sat, 21 Nov 2026 08:00:00 GMT", 0.0), ("-5", 0.0)],
    ids=["s", "date", "minus"],
)
def test_server_that_is_busy_says_when_to_come_again(
    script: Scripted, influxdb: InfluxServer, told: str, expected: float
) -> None:
    script.answer, script.headers = lambda _: (503, '{"message":"busy"}'), {"Retry-After": told}

    with pytest.raises(StoreUnavailable) as caught:
        influxdb.write(["a value=1"])

    assert caught.value.again_s == expected
    assert len(script.requests) == 1


def test_server_that_is_away_means_wait() -> None:
    address = InfluxAddress.parse(f"influxdb://127.0.0.1:{free_port()}/city/raw")
    server = InfluxServer(address, token=TOKEN, timeout_s=2.0, gzip=False)

    with pytest.raises(StoreUnavailable, match="Connection refused"):
        server.write(["a value=1"])
    with pytest.raises(StoreUnavailable, match="Connection refused"):
        server.query("SELECT 1")

    server.close()


@pytest.mark.parametrize(
    ("status", "body", "cause"),
    [
        pytest.param(200, '{"results":[{"error":"database not found: raw"}]}', "database not found", id="no database"),
        pytest.param(200, '{"error":"unable to parse"}', "unable to parse", id="statement"),
        pytest.param(200, "<html>", "expected JSON", id="a proxy"),
        pytest.param(200, "[]", "expected JSON", id="no answer to a query"),
        pytest.param(200, '{"results": null}', "expected JSON", id="no results"),
        pytest.param(400, '{"error":"bad"}', "InfluxDB answered 400", id="refused"),
        pytest.param(401, '{"error":"unauthorized access"}', "unauthorized", id="token"),
    ],
)
def test_query_without_an_answer_is_unavailable(
    script: Scripted, influxdb: InfluxServer, status: int, body: str, cause: str
) -> None:
    script.answer = lambda _: (status, body)

    with pytest.raises(StoreUnavailable, match=cause):
        influxdb.query("SELECT 1")


def test_query_for_a_retention_policy_names_database_and_policy(script: Scripted) -> None:
    script.answer = lambda _: (200, '{"results":[{"statement_id":0}]}')
    address = InfluxAddress.parse(f"influxdb://127.0.0.1:{script.port}/-/city/autogen")
    server = InfluxServer(address, token="", timeout_s=2.0, gzip=False)

    assert server.query("SELECT 1") == []

    ((path, headers),) = script.requests
    assert path == "/query?db=city&rp=autogen&epoch=ns&q=SELECT+1"
    assert "Authorization" not in headers
    server.close()
