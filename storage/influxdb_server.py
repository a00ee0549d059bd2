"""One InfluxDB by its address: writes lines, asks InfluxQL; every way in which it can be away is StoreUnavailable."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import SplitResult, unquote, urlsplit

import msgspec
import structlog
from influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.rest import ApiException
from urllib3.exceptions import HTTPError

from city.errors import BadSettings, StoreUnavailable
from storage.arrivals import REFUSED

#: Answers to a write that blame its points. Whatever else is not success (a wrong token, no such bucket, a server that
#: is busy) blames nobody: the points wait.
_POINTS_REFUSED = {400, 413, 422}

#: InfluxDB 1.x and 2.x keep the rest of a request and say how many points they dropped; 3 lists them.
_PARTIAL = re.compile(r"partial write", re.IGNORECASE)
_DROPPED = re.compile(r"dropped=(\d+)")

#: The measurement that is to blame; the quotation marks are escaped where the answer is JSON.
_MEASUREMENT = re.compile(r'on measurement \\?"(.+?)\\?"')

_USUAL_PORT = 8086

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class InfluxAddress:
    """Where an InfluxDB and our bucket in it are; for 1.8 the bucket is `database/retention-policy`, org is `-`."""

    url: str
    org: str
    bucket: str

    @classmethod
    def parse(cls, address: str) -> Self:
        """Read `influxdb://host:port/org/bucket`, or `influxdbs://` for TLS.

        Raises:
            BadSettings: it is not of that form.
        """
        parts = urlsplit(address)
        org, _, bucket = parts.path.removeprefix("/").partition("/")
        scheme = {"influxdb": "http", "influxdbs": "https"}.get(parts.scheme)
        port = _port_of(parts)
        if scheme is None or not parts.hostname or not port or not org or not bucket or parts.username is not None:
            shape = "`influxdb://host:port/org/bucket` without a password"
            raise BadSettings(expected=shape, got=address.rpartition("@")[2], at="history.url")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        return cls(f"{scheme}://{host}:{port}", unquote(org), unquote(bucket))


def _port_of(parts: SplitResult) -> int:
    """Return the port, the usual one where none is told; 0 for what is none."""
    try:
        return parts.port if parts.port is not None else _USUAL_PORT
    except ValueError:
        return 0


class InfluxServer:
    """Speaks to one InfluxDB through influxdb-client; safe between threads."""

    def __init__(
        self,
        address: InfluxAddress,
        *,
        token: str,
        timeout_s: float,
        gzip: bool,
        refused: Callable[[Sequence[str], str], None] = lambda *_: None,
    ) -> None:
        """Tell `refused` of points that are given up, with the server's reason."""
        self._address, self._refused = address, refused
        self._client = InfluxDBClient(
            address.url, token=token, org=address.org, timeout=round(timeout_s * 1000), enable_gzip=gzip
        )
        self._write_api = self._client.write_api(write_options=SYNCHRONOUS)

    def write(self, lines: Sequence[str]) -> None:
        """Write lines with times in nanoseconds; points that the server refuses are counted and hold up nobody.

        Raises:
            StoreUnavailable: it did not take them now; writing all of them again later is right.
        """
        try:
            with _available():
                self._post("\n".join(lines).encode())
        except ApiException as refusal:
            if _PARTIAL.search(body_of(refusal)):
                self._refuse(lines, refusal, _dropped(refusal))
            elif len(lines) == 1:
                self._refuse(lines, refusal, 1)
            else:
                middle = len(lines) // 2
                self.write(lines[:middle])
                self.write(lines[middle:])

    def query(self, statement: str) -> list[dict[str, Any]]:
        """Return the series that an InfluxQL statement gives: `name`, `tags`, `columns` and `values`, times in ns.

        Raises:
            StoreUnavailable: it did not answer, or not with series.
        """
        database, _, policy = self._address.bucket.partition("/")
        parameters = [("db", database), *([("rp", policy)] if policy else []), ("epoch", "ns"), ("q", statement)]
        with _available():
            try:
                response = self._get("/query", parameters)
            except ApiException as error:
                raise _refused(error) from error
        return _series_of(response)

    def close(self) -> None:
        """Release the connections."""
        self._write_api.close()
        self._client.close()

    def _post(self, body: bytes) -> None:
        self._write_api.write(bucket=self._address.bucket, record=body)

    def _get(self, path: str, parameters: list[tuple[str, str]]) -> bytes:
        response = self._client.api_client.call_api(
            path,
            "GET",
            query_params=parameters,
            header_params={"Accept": "application/json"},
            response_type=None,
            _return_http_data_only=True,
            _preload_content=False,
        )
        return bytes(response.data)

    def _refuse(self, lines: Sequence[str], refusal: ApiException, count: int) -> None:
        reason = body_of(refusal)[:300]
        REFUSED.labels("refused_by_store").inc(count)
        self._refused(blamed(lines, reason, count), reason)
        log.warning("points_refused", count=count, of=len(lines), cause=reason, first=lines[0][:200])


def blamed(lines: Sequence[str], reason: str, count: int) -> list[str]:
    """Return the points that a refusal of some of them means, as far as its words tell; never more than `count`."""
    if count >= len(lines):
        return list(lines)
    if "retention" in reason:  # those beyond it are the oldest
        return sorted(lines, key=_time_of)[:count]
    named = _MEASUREMENT.search(reason)
    if named is None:
        return []
    return [line for line in lines if line.startswith((f"{named[1]},", f"{named[1]} "))][:count]


def _time_of(line: str) -> int:
    time = line.rpartition(" ")[2]
    return int(time) if time.isdigit() else 0


@contextmanager
def _available() -> Iterator[None]:
    """Let pass only what blames the points themselves."""
    try:
        yield
    except ApiException as error:
        if error.status in _POINTS_REFUSED:
            raise
        raise _refused(error) from error
    except (HTTPError, OSError) as error:
        raise StoreUnavailable("history", f"{type(error).__name__}: {error}") from error


def _refused(error: ApiException) -> StoreUnavailable:
    cause = f"InfluxDB answered {error.status}: {body_of(error)[:300]}"
    return StoreUnavailable("history", cause, again_s=_again_s(error))


def _again_s(error: ApiException) -> float:
    """Return after how many seconds a server that is busy (429, 503) wants to be asked again; 0 where it does not say.

    https://docs.influxdata.com/influxdb/v2/write-data/troubleshoot/; a date in place of seconds is not read.
    """
    told = (error.headers or {}).get("Retry-After", "")
    return float(told) if told.isdecimal() else 0.0


def body_of(error: ApiException) -> str:
    """Return what the server said; never its headers, which may repeat ours."""
    body = error.body if error.body is not None else error.reason
    return " ".join((body.decode(errors="replace") if isinstance(body, bytes) else str(body)).split())


def _dropped(error: ApiException) -> int:
    found = _DROPPED.search(body_of(error))
    return int(found[1]) if found is not None else 1


class _Result(msgspec.Struct):
    series: list[dict[str, Any]] = []
    error: str = ""


class _Answer(msgspec.Struct):
    """What `/query` answers to one statement."""

    results: list[_Result] = []
    error: str = ""


def _series_of(response: bytes) -> list[dict[str, Any]]:
    try:
        answer = msgspec.json.decode(response, type=_Answer)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StoreUnavailable("history", f"expected JSON from InfluxDB, got {response[:100]!r}") from error
    result = next(iter(answer.results), _Result())
    if answer.error or result.error:
        raise StoreUnavailable("history", answer.error if answer.error else result.error)
    return result.series
