"""Makes the buckets that the history needs in InfluxDB, each with its retention: `liandong influx setup`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

import orjson
from influxdb_client import BucketRetentionRules, InfluxDBClient
from influxdb_client.rest import ApiException
from urllib3.exceptions import HTTPError

from city.errors import BadSettings, StoreUnavailable
from city.history import Resolution
from storage.influxdb_server import InfluxAddress, body_of
from storage.influxql import identifier

#: What is added to the readings' bucket to name those of the roll-ups.
SUFFIXES = {Resolution.RAW: "", Resolution.MINUTE: "_minute", Resolution.HOUR: "_hour"}

#: Retention policy of InfluxDB 1.x where the address names none.
_USUAL_POLICY = "autogen"

_NOT_THERE = 404

_DAY_S = 86_400

#: The length of a shard group is InfluxDB's own for a bucket made with a retention: of fewer than two days, of at most
#: six months, and of more (https://docs.influxdata.com/influxdb/v2/reference/internals/shards/). A shorter retention
#: than the length is refused, so that both must change together.
_SHORT_DAYS, _LONG_DAYS = 2, 180
_SHARD_S = (3600, _DAY_S, 7 * _DAY_S)


@dataclass(frozen=True, slots=True)
class Made:
    """One bucket: its name, whether it is new, and for how many days it keeps what it holds (None: for ever)."""

    name: str
    is_new: bool
    days: int | None


def address_of(address: InfluxAddress, resolution: Resolution) -> InfluxAddress:
    """Return where the bucket of a resolution is; of 1.x it is a retention policy of the same database."""
    if resolution is Resolution.RAW:
        return address
    bucket = address.bucket
    if address.org == "-" and "/" not in bucket:
        bucket = f"{bucket}/{_USUAL_POLICY}"
    return InfluxAddress(address.url, address.org, bucket + SUFFIXES[resolution])


class InfluxSetup:
    """Makes buckets and changes their retention; what they hold stays, as far as the new retention reaches."""

    def __init__(self, address: InfluxAddress, *, token: str, timeout_s: float) -> None:
        self._address = address
        self._client = InfluxDBClient(address.url, token=token, org=address.org, timeout=round(timeout_s * 1000))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def make(self, days: Mapping[Resolution, int | None]) -> list[Made]:
        """Make what is missing and set the retention of what is there; the order is that of `days`.

        Raises:
            StoreUnavailable: the server did not answer, or the token may not do this.
            BadSettings: there is no such organisation.
        """
        with _answered():
            one = self._policy if self._address.org == "-" else self._bucket
            if self._address.org == "-":
                database = self._address.bucket.partition("/")[0]
                self._ask(f"CREATE DATABASE {identifier(database)}")
            return [one(address_of(self._address, resolution).bucket, kept) for resolution, kept in days.items()]

    def _bucket(self, name: str, days: int | None) -> Made:
        """Make one bucket of InfluxDB 2.x."""
        buckets = self._client.buckets_api()
        rules = BucketRetentionRules(type="expire", every_seconds=0 if days is None else days * _DAY_S)
        found = buckets.find_buckets(name=name, org=self._address.org).buckets
        if found:
            if any(one.shard_group_duration_seconds for one in found[0].retention_rules):  # InfluxDB Cloud has none
                rules.shard_group_duration_seconds = _shard_s(days)
            found[0].retention_rules = [rules]
            buckets.update_bucket(found[0])
            return Made(name, is_new=False, days=days)
        owners = self._client.organizations_api().find_organizations(org=self._address.org)
        if not owners:
            raise BadSettings(expected="an organisation of this InfluxDB", got=self._address.org, at="history.url")
        buckets.create_bucket(bucket_name=name, org=owners[0], retention_rules=[rules])
        return Made(name, is_new=True, days=days)

    def _policy(self, name: str, days: int | None) -> Made:
        """Make one retention policy of InfluxDB 1.x; that of the readings is the default one."""
        database, _, policy = name.partition("/")
        policy = policy or _USUAL_POLICY
        is_new = policy not in self._policies(database)
        kept = "INF" if days is None else f"{days}d"
        default = "" if policy.endswith((SUFFIXES[Resolution.MINUTE], SUFFIXES[Resolution.HOUR])) else " DEFAULT"
        self._ask(
            f"{'CREATE' if is_new else 'ALTER'} RETENTION POLICY {identifier(policy)} ON {identifier(database)} "
            f"DURATION {kept} REPLICATION 1 SHARD DURATION {_shard_s(days)}s{default}"
        )
        return Made(name, is_new=is_new, days=days)

    def _policies(self, database: str) -> set[str]:
        answer = self._ask(f"SHOW RETENTION POLICIES ON {identifier(database)}")
        return {row[0] for each in answer.get("series", []) for row in each.get("values", [])}

    def _ask(self, statement: str) -> dict[str, Any]:
        response = self._client.api_client.call_api(
            "/query",
            "POST",
            query_params=[("q", statement)],
            header_params={"Accept": "application/json"},
            response_type=None,
            _return_http_data_only=True,
            _preload_content=False,
        )
        result: dict[str, Any] = orjson.loads(response.data)["results"][0]
        if "error" in result:
            raise StoreUnavailable("history", f"InfluxDB answered {result['error']}")
        return result


def _shard_s(days: int | None) -> int:
    """Return the length of a shard group of a bucket that keeps so many days."""
    if days is None or days > _LONG_DAYS:
        return _SHARD_S[2]
    return _SHARD_S[0] if days < _SHORT_DAYS else _SHARD_S[1]


@contextmanager
def _answered() -> Iterator[None]:
    try:
        yield
    except ApiException as error:
        # An InfluxDB 1.x knows none of the addresses of 2.x.
        remedy = "; of 1.x the address is `influxdb://host:port/-/database`" if error.status == _NOT_THERE else ""
        said = f"InfluxDB answered {error.status}: {body_of(error)[:300].strip()}{remedy}"
        raise StoreUnavailable("history", said) from error
    except (HTTPError, OSError) as error:
        raise StoreUnavailable("history", f"{type(error).__name__}: {error}") from error
    except (orjson.JSONDecodeError, KeyError, IndexError) as error:
        raise StoreUnavailable("history", "expected InfluxDB's answer, got something else") from error
