"""Whatever is sent: acknowledged, quarantined with its reason, counted, and the good messages beside it unharmed."""

from datetime import UTC, datetime

import pytest

from tests.support.program import Program, eventually, until
from tests.support.publisher import Publisher
from tests.support.staff import Staff

pytestmark = pytest.mark.timeout(120)

_READING = "city/environment/air-01/reading"

JUNK = {
    "junk bytes": (_READING, bytes(range(128, 256))),
    "two megabytes": (_READING, b'{"values": {"pm25": "' + b"x" * 2_000_000 + b'"}}'),
    "deep JSON": (_READING, b"[" * 5000 + b"]" * 5000),
    "not a number": (_READING, b'{"values": {"pm25": NaN}}'),
    "beyond a double": (_READING, b'{"values": {"pm25": 1e999}}'),
    "wrong types": (_READING, b'{"values": ["pm25", 3]}'),
    "invalid UTF-8": (_READING, b'{"values": {"pm25": 1}, "unit": "\xff\xfe"}'),
    "odd topic": ("city/environment/%s\u202e../reading", b'{"values": {"pm25": 1}}'),
    "cut off": (_READING, b'{"values": {"pm25": 1'),
    "no values": (_READING, b'{"time": "2026-11-20T08:00:00Z"}'),
}


def test_bad_input_is_quarantined_and_harms_nothing(program: Program, source: Publisher, staff: Staff) -> None:
    before = program.metric("ingest_messages_quarantined_total")
    for topic, payload in JUNK.values():
        source.send(topic, payload, key=topic)
        source.reading("air-01", datetime.now(UTC).isoformat(), pm25=40.0)

    eventually(lambda: source.open == 0, what="every acknowledgement")
    eventually(
        lambda: program.metric("ingest_messages_quarantined_total") - before >= len(JUNK), what="quarantine's count"
    )
    listed = until(
        lambda: staff.steward.get("/quarantine", limit=50)["items"],
        lambda seen: len(seen) >= len(JUNK),
        what="the list",
    )
    good = until(
        lambda: staff.monitor.get("/sensors/air-01/readings", quantity="pm25", resolution="raw")["value"],
        lambda values: values.count(40.0) >= len(JUNK),
        what="the good readings",
    )

    assert all(entry["reason"] for entry in listed)
    assert {entry["broker"] for entry in listed} == {"main"}
    assert good.count(40.0) == len(JUNK)


def test_quarantined_bytes_are_for_the_steward_alone(program: Program, source: Publisher, staff: Staff) -> None:
    source.send(_READING, b"\x00\x01 not json")
    entry = eventually(lambda: staff.steward.get("/quarantine")["items"], what="quarantine")[0]

    refused = staff.operator.client.get(f"/quarantine/{entry['id']}")
    shown = staff.steward.get(f"/quarantine/{entry['id']}")

    assert refused.status_code == 403
    assert shown["id"] == entry["id"]


def test_quarantine_is_replayed_by_command_and_what_is_refused_again_stays(
    program: Program, source: Publisher, staff: Staff
) -> None:
    source.send("city/environment/replayed-01/reading", b"not json either")
    chosen = {"topic": "city/+/replayed-01/#"}
    eventually(lambda: staff.steward.get("/quarantine", **chosen)["items"], what="quarantine")

    said = program.command("quarantine", "replay", "--topic", chosen["topic"], code=1)
    nothing = program.command("quarantine", "replay", "--broker", "nowhere")
    counted = program.command("quarantine", "counts")

    assert said.splitlines()[-1] == "0 understood, 1 refused again, 0 not kept whole"
    assert nothing == "0 understood, 0 refused again, 0 not kept whole"
    assert "not_json\tcity/environment\t" in counted
    until(
        lambda: [one["tries"] for one in staff.steward.get("/quarantine", **chosen)["items"]],
        lambda tries: tries == [1],
        what="the try",
    )
