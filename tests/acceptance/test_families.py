"""Real messages of three payload families, recorded in the field, through the running program."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.program import Program, until
from tests.support.publisher import Publisher
from tests.support.staff import Staff

#: One broker is enough for what happens behind it.
pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.parametrize("program", ["embedded"], indirect=True, scope="module"),
]

PAYLOADS = Path(__file__).resolve().parents[3] / "shared" / "payloads"

#: Family -> where its messages are published; None for the topic under which they were recorded.
TOPICS = {"tts_v3": None, "fiware": "fiware/sample", "influx_line": "telegraf/sample"}


def samples() -> list[dict[str, Any]]:
    """Return one message of each family that must give readings, recorded under a topic that this city routes."""
    if not PAYLOADS.exists():
        pytest.skip("the recorded payloads are not beside this checkout")
    lines = [json.loads(line) for line in (PAYLOADS / "manifest.jsonl").read_text("utf-8").splitlines()]
    good = [line for line in lines if line["expect"] == "readings"]
    return [
        next(line for line in good if line["family"] == family and (topic or line["topic"].startswith("v3/")))
        for family, topic in TOPICS.items()
    ]


def test_recorded_messages_arrive_as_readings(program: Program, source: Publisher, staff: Staff) -> None:
    wanted = {}
    for sample in samples():
        topic = TOPICS[sample["family"]] or sample["topic"]
        source.send(topic, (PAYLOADS / sample["file"]).read_bytes(), key=topic)
        wanted[sample["readings"][0]["sensor"]] = sample["family"]

    found = until(lambda: discovered(staff), lambda seen: seen >= wanted.keys(), what=f"discovery of {sorted(wanted)}")

    assert found >= wanted.keys()


def test_source_that_is_written_while_the_program_runs_is_read(
    program: Program, source: Publisher, staff: Staff
) -> None:
    sources = program.city / "sources.toml"
    before = sources.read_text("utf-8")
    numbers = iter(range(1000))

    def told() -> str:
        return str(staff.operator.get("/status")["ingest"]["book_error"])

    def heard() -> set[str]:  # what comes before it is subscribed to is the broker's alone
        source.send("city/plant/boiler-7", b"3.5", key=f"boiler {next(numbers)}")
        return discovered(staff)

    template = before + "\n[[template]]\ntopic = 'city/plant/{sensor}'\nquantity = 'pressure'\nunit = 'bananas'\n"
    sources.write_text(template)
    wrong = until(told, bool, what="the mistake")
    sources.write_text(template.replace("bananas", "kPa"))

    assert f"sources.toml:{before.count(chr(10)) + 5}" in wrong
    assert "boiler-7" in until(heard, lambda seen: "boiler-7" in seen, what="the new source")
    assert not told()


def discovered(staff: Staff) -> set[str]:
    """Return the sensors that send but are not registered."""
    return {item["sensor"] for item in staff.operator.get("/discovery", limit=500)["items"]}
