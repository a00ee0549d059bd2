"""Recorded city data through the running program: kept with its own times, judged, told to nobody."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.program import Program, eventually, until
from tests.support.staff import Staff

#: One broker is enough for what happens behind it.
pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.parametrize("program", ["embedded"], indirect=True, scope="module"),
]

NAB = Path(__file__).resolve().parents[3] / "shared" / "nab" / "data"

RECORDINGS = [
    pytest.param(
        "realTraffic/speed_7578.csv",
        {"sensor": "recorded-7578", "quantity": "speed", "unit": "mph", "timezone": "America/Chicago"},
        {"from": "2015-09-08T00:00:00-05:00", "to": "2015-09-18T00:00:00-05:00"},
        id="city traffic",
    ),
    pytest.param(
        "realKnownCause/machine_temperature_system_failure.csv",
        {
            "sensor": "recorded-machine",
            "quantity": "device_temperature",
            "unit": "°F",
            "timezone": "UTC",
            "domain": "machine_room",
        },
        {"from": "2014-02-01T00:00:00Z", "to": "2014-02-20T00:00:00Z"},
        id="machine temperature",
    ),
]


@pytest.mark.parametrize(("file", "options", "span"), RECORDINGS)
def test_recording_is_kept_judged_and_told_to_nobody(
    program: Program, staff: Staff, file: str, options: dict[str, str], span: dict[str, str]
) -> None:
    if not NAB.exists():
        pytest.skip("the recorded series are not beside this checkout")
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    embedded = "[mqtt]" not in program.settings

    program.command(
        "replay", str(NAB / file), *words, *(("--mqtt", f"127.0.0.1:{program.mqtt_port}") if embedded else ())
    )

    series = eventually(lambda: read(staff, options, span)["time_ms"], what="recorded times")
    assert datetime.fromtimestamp(series[0] / 1000, UTC).year < 2016
    quality = read(staff, options, span)["quality"]
    assert all(flags & 128 for flags in quality), "recorded"
    found = until(lambda: on_sensor(staff, options["sensor"]), bool, what="an incident")[0]
    incident = staff.acceptor.get(f"/incidents/{found['id']}")
    assert incident["recorded"]
    assert incident["happened_at"] < "2016"
    assert incident["deadline"]["started_at"] > "2026", "response clocks start at receipt"
    assert staff.acceptor.get("/messages", incident=incident["id"])["items"] == []


def read(staff: Staff, options: dict[str, str], span: dict[str, str]) -> dict[str, Any]:
    query = {"quantity": options["quantity"], "resolution": "raw", "limit": 10_000, **span}
    return dict(staff.monitor.get(f"/sensors/{options['sensor']}/readings", **query))


def on_sensor(staff: Staff, sensor: str) -> list[dict[str, Any]]:
    return [row for row in staff.acceptor.incidents(limit=200) if row["sensor"] == sensor]
