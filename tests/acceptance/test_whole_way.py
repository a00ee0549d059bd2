"""From a published message to a closed incident, through the public interface alone."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.program import Person, Program, eventually, until
from tests.support.publisher import Publisher
from tests.support.staff import Staff

pytestmark = pytest.mark.timeout(120)


def now(offset_s: float = 0.0) -> str:
    return (datetime.now(UTC) + timedelta(seconds=offset_s)).isoformat().replace("+00:00", "Z")


def incident_on(person: Person, sensor: str, **query: Any) -> dict[str, Any]:
    """Wait for the incident on a sensor and return it whole."""
    found = eventually(
        lambda: [item for item in person.incidents(**query) if item["sensor"] == sensor], what=f"incident on {sensor}"
    )
    return dict(person.get(f"/incidents/{found[0]['id']}"))


def test_reading_is_shown_with_its_unit_and_kept(program: Program, source: Publisher, staff: Staff) -> None:
    time = now()
    source.reading("air-01", time, pm25=35.2, temperature=18.5)

    latest = eventually(lambda: staff.monitor.get("/sensors/air-01")["latest"].get("pm25"), what="latest value")
    series = eventually(
        lambda: staff.monitor.get("/sensors/air-01/readings", quantity="pm25", resolution="raw"), what="series"
    )

    assert (latest["value"], latest["unit"], latest["quality"]) == (35.2, "µg/m³", [])
    assert series["value"][-1] == 35.2


def test_impossible_value_is_kept_with_its_quality(program: Program, source: Publisher, staff: Staff) -> None:
    source.reading("air-01", now(), temperature=900.0)

    quality = eventually(
        lambda: staff.monitor.get("/sensors/air-01")["latest"].get("temperature", {}).get("quality"), what="quality"
    )

    assert quality == ["out_of_range"]


def test_dew_point_is_computed_shown_and_kept(program: Program, source: Publisher, staff: Staff) -> None:
    source.reading("rack-01", now(), domain="machine_room", temperature=20.0, humidity=50.0)

    latest = eventually(lambda: staff.monitor.get("/sensors/rack-01")["latest"].get("dew_point"), what="dew point")
    series = eventually(
        lambda: staff.monitor.get("/sensors/rack-01/readings", quantity="dew_point", resolution="raw")["value"],
        what="series",
    )

    assert (round(latest["value"], 2), latest["unit"], latest["quality"]) == (9.26, "°C", ["derived"])
    assert [round(value, 2) for value in series] == [9.26]


def test_hour_that_a_station_buffered_is_told_as_that_hour(program: Program, source: Publisher, staff: Staff) -> None:
    ends = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)
    minutes = [(ends + timedelta(minutes=minute)).isoformat() for minute in range(-60, 3)]
    body = [{"time": minute, "values": {"pm25": 130.0}} for minute in minutes]
    source.send("city/environment/crowd-12/reading", json.dumps(body).encode())

    latest = eventually(lambda: staff.monitor.get("/sensors/crowd-12")["latest"].get("aqi_cn"), what="index")

    assert latest["value"] == 172  # 115 to 150 µg/m³ are 150 to 200
    assert datetime.fromisoformat(latest["time"]) == ends


def test_unknown_sensor_is_discovered_and_adopted_with_what_it_sent(
    program: Program, source: Publisher, staff: Staff
) -> None:
    source.reading("stranger-7", now(), pm25=21.0)
    found = eventually(lambda: staff.operator.get("/discovery")["items"], what="discovery")
    assert [item["sensor"] for item in found if item["sensor"] == "stranger-7"] == ["stranger-7"]

    staff.operator.post("/discovery/stranger-7/adopt", name="新空气站", domain="environment", kind="air_station")
    series = eventually(
        lambda: staff.monitor.get("/sensors/stranger-7/readings", quantity="pm25", resolution="raw")["value"],
        what="what it had sent",
    )

    assert series == [21.0]


def test_unknown_sensor_is_adopted_as_proposed_by_one_command(
    program: Program, source: Publisher, staff: Staff
) -> None:
    source.reading("stranger-8", now(), pm25=22.0)
    eventually(lambda: "stranger-8" in program.command("sensor", "strangers"), what="discovery")

    told = program.command("sensor", "adopt", "stranger-8", "--set", "district=harbour")
    shown = eventually(lambda: staff.monitor.get("/sensors/stranger-8"), what="the sensor")

    assert told.split("\t")[3:5] == ["environment", "air_station"]
    assert (shown["kind"], shown["district"], shown["latest"]["pm25"]["value"]) == ("air_station", "harbour", 22.0)
    assert "stranger-8" not in program.command("sensor", "strangers")


def test_sensors_of_a_file_are_known_to_ingest_without_a_restart(
    program: Program, source: Publisher, staff: Staff
) -> None:
    def strange() -> bool:
        return "file-01" in {item["sensor"] for item in staff.operator.get("/discovery")["items"]}

    source.reading("file-01", now(), pm25=23.0)
    eventually(strange, what="discovery")
    text = "id,name,domain,kind,district\nfile-01,新空气站,environment,air_station,harbour\n"
    answer = staff.operator.client.post("/registry/sensors", params={"name": "new.csv"}, content=text)
    assert answer.json() == {"rows": 1, "changed": 1, "removed": 0}

    until(strange, lambda seen: not seen, what="the registration")
    assert staff.monitor.get("/sensors/file-01")["latest"]["pm25"]["value"] == 23.0


def test_incident_with_two_departments_goes_through_its_life(program: Program, source: Publisher, staff: Staff) -> None:
    source.reading("up-01", now(-1), water_level=18.0)
    incident = incident_on(staff.acceptor, "up-01", open=True)
    assert (incident["state"], incident["priority"], incident["class"]) == ("reported", 2, "road_water")
    assert incident["cameras"][0]["id"] == "cam-01"

    incident = staff.acceptor.step(incident, "acknowledge")
    source.reading("up-01", now(), water_level=31.0)
    incident = until(
        lambda: incident_on(staff.acceptor, "up-01"), lambda seen: seen["priority"] == 1, what="the rise to critical"
    )
    assert incident["acknowledged_at"] is None, "a rise voids the acknowledgement"

    for person, step in ((staff.acceptor, "verify"), (staff.acceptor, "file")):
        incident = person.step(incident, step)
    incident = staff.dispatcher.step(incident, "dispatch", departments=["water-bureau", "traffic-police"])
    assert {task["department"] for task in incident["tasks"]} == {"water-bureau", "traffic-police"}

    for officer, department in ((staff.water, "water-bureau"), (staff.police, "traffic-police")):
        incident = handled_by(officer, department, incident)
    source.reading("up-01", now(1), water_level=1.0)
    eventually(lambda: incident_on(staff.acceptor, "up-01")["recovered_at"], what="recovery")
    incident = staff.foreman.get(f"/incidents/{incident['id']}")
    assert incident["state"] == "fed_back", "an alarm that clears never closes a filed incident"

    for department in ("water-bureau", "traffic-police"):
        incident = staff.foreman.task_step(incident, task_of(incident, department), "check")
    incident = staff.foreman.step(incident, "close", disposition="resolved")

    assert (incident["state"], incident["disposition"]) == ("closed", "resolved")
    assert [event["step"] for event in incident["events"]][-1] == "close"


def handled_by(officer: Person, department: str, incident: dict[str, Any]) -> dict[str, Any]:
    """Take one department's leg from dispatched to fed back."""
    for step, note in (("accept", ""), ("arrive", ""), ("handle", ""), ("feed_back", "pumped out")):
        more = {"note": note} if note else {}
        incident = officer.task_step(incident, task_of(incident, department), step, **more)
    return incident


def task_of(incident: dict[str, Any], department: str) -> dict[str, Any]:
    return next(task for task in incident["tasks"] if task["department"] == department)


def test_life_safety_rule_dispatches_itself_until_a_person_confirms(
    program: Program, source: Publisher, staff: Staff
) -> None:
    source.reading("rack-01", now(-1), domain="machine_room", temperature=36.0)
    incident = incident_on(staff.acceptor, "rack-01", open=True)

    assert incident["state"] == "dispatched"
    assert incident["confirm_by"] is not None
    confirmed = staff.acceptor.step(incident, "confirm")

    assert confirmed["unconfirmed_at"] is None


def test_illegal_step_names_the_legal_ones_and_the_axes_hold(program: Program, source: Publisher, staff: Staff) -> None:
    source.reading("up-02", now(), water_level=20.0)
    incident = incident_on(staff.acceptor, "up-02", open=True)
    path = f"/incidents/{incident['id']}/steps"

    illegal = staff.foreman.refused(path, step="close", version=incident["version"], disposition="resolved")
    foreign = staff.dispatcher.refused(path, step="file", version=incident["version"])

    assert illegal["code"] == "illegal_transition"
    assert "`verify`" in illegal["detail"]
    assert foreign["code"] == "not_permitted"


def test_silent_sensor_raises_an_alarm(program: Program, source: Publisher, staff: Staff) -> None:
    incident = incident_on(staff.acceptor, "beat-01", open=True)

    assert incident["alarms"][0]["rule"] == "heartbeat"


def test_person_opens_an_incident_by_hand(program: Program, source: Publisher, staff: Staff) -> None:
    opened = staff.police.post(
        "/incidents", **{"class": "road_water"}, title="路口积水", priority=3, source="hotline", note="12345 来电"
    )

    assert opened["state"] == "reported"
    assert opened["source"] == "hotline"


def test_exercise_plays_a_sensor_whose_alarm_is_its_own(program: Program, staff: Staff) -> None:
    drill = staff.dispatcher.post("/drills", plan="flood", scenario="exercise")

    incident = incident_on(staff.monitor, "drill-flood-up-02")
    series = staff.monitor.get("/sensors/drill-flood-up-02/readings", quantity="water_level", resolution="raw")

    assert incident["drill"]
    assert incident["title"]["en"].startswith("[DRILL]") or "[DRILL]" in incident["title"]["en"]
    assert set(series["quality"]) == {32}, "every reading is marked as simulated"
    assert not [one for one in staff.monitor.incidents() if one["drill"] and one["sensor"] == "up-02"]
    assert "drill-flood-up-02" not in staff.monitor.get("/sensors/map")["ids"]
    staff.dispatcher.post(f"/drills/{drill['id']}/end", note="seen")


#: A rule that the running program is given; its alarms are about sensors that nothing else speaks for.
OWN_RULE = """\
  - id: ID
    name: {zh: 人群, en: Crowd}
    kind: threshold
    source: "made up for this test"
    select: {sensors: [SENSOR], quantity: water_level}
    levels: {notice: {above: 5, clear: 4}, major: {above: 10}}
    incident: {class: road_water, priority: {notice: 4, major: 3}}
"""


@pytest.fixture
def rule_file(city: Path, staff: Staff) -> Iterator[Path]:
    """Return the file with the city's rules; put it back as it was, and wait until that is in force."""
    file = city / "rules" / "rules.yaml"
    before, version = file.read_text("utf-8"), staff.monitor.get("/rules")["version"]
    yield file
    file.write_text(before, "utf-8")
    until(lambda: staff.monitor.get("/rules")["version"], lambda found: found == version, what="the rules of before")


def given(staff: Staff, file: Path, rule: str, sensor: str) -> None:
    """Add a rule about one sensor, and wait until it is in force."""
    text = file.read_text("utf-8")
    file.write_text(text + OWN_RULE.replace("ID", rule).replace("SENSOR", sensor), "utf-8")
    eventually(lambda: in_force(staff, rule), what="the new rule")


def in_force(staff: Staff, rule: str) -> dict[str, Any]:
    return next((dict(one) for one in staff.monitor.get("/rules")["items"] if one["id"] == rule), {})


def explained(staff: Staff, rule: str, sensor: str, wanted: str) -> dict[str, Any]:
    """Return why or why not, as soon as the answer is the one wanted."""
    return until(
        lambda: dict(staff.foreman.get(f"/rules/{rule}/explanation", sensor=sensor)),
        lambda found: found["answer"] == wanted,
        what=f"the answer {wanted}",
    )


def test_why_not_and_why_name_condition_reading_and_what_linkage_made_of_it(
    program: Program, source: Publisher, staff: Staff, rule_file: Path
) -> None:
    given(staff, rule_file, "crowd-why", "crowd-01")
    source.reading("crowd-01", now(-2), water_level=4.5)

    calm = explained(staff, "crowd-why", "crowd-01", "not_met")
    printed = program.command("rules", "explain", "--rule", "crowd-why", "--sensor", "crowd-01")
    source.reading("crowd-01", now(), water_level=8.0)
    alarmed = explained(staff, "crowd-why", "crowd-01", "open")
    decided = until(
        lambda: explained(staff, "crowd-why", "crowd-01", "open")["decisions"], bool, what="linkage's decision"
    )

    conditions = calm["targets"][0]["conditions"]
    assert [(one["limit"], one["met"]) for one in conditions] == [("above 5", False), ("above 10", False)]
    assert [one["value"] for one in calm["readings"]] == [4.5]
    assert "no alarm: no level is met" in printed
    assert "notice: above 5 - not met" in printed
    assert (alarmed["level"], alarmed["targets"][0]["value"]) == ("notice", 8.0)
    assert [(one["change"], one["action"]) for one in decided] == [("raised", "open")]
    assert decided[0]["alarm"] == alarmed["changes"][0]["alarm"], "judged again, it is the same alarm"


def test_new_rules_need_no_restart_and_bad_ones_leave_the_running_book_in_force(
    program: Program, source: Publisher, staff: Staff, rule_file: Path
) -> None:
    given(staff, rule_file, "crowd-reload", "crowd-02")
    source.reading("crowd-02", now(-2), water_level=8.0)
    eventually(lambda: in_force(staff, "crowd-reload")["active"], what="its alarm")

    text = rule_file.read_text("utf-8")
    rule_file.write_text(text.replace("notice: {above: 27, clear", "notice: {above: 28, clear"), "utf-8")
    eventually(
        lambda: in_force(staff, "inlet-temperature")["levels"]["notice"].startswith("above 28"), what="the new limit"
    )
    kept = program.command("rules", "explain", "--rule", "crowd-reload", "--sensor", "crowd-02", "--json")
    assert [one["change"] for one in json.loads(kept)["decisions"]] == ["raised"], "other rules' alarms stay"
    assert program.command("rules", "reload").startswith("in force: ")

    rule_file.write_text(text.replace("notice: {above: 27,", "notice: {above: warm,"), "utf-8")
    line = 1 + text[: text.index("notice: {above: 27,")].count("\n")
    error = eventually(lambda: staff.monitor.get("/rules")["error"], what="the mistake")
    source.reading("crowd-02", now(), water_level=1.0)
    until(
        lambda: in_force(staff, "crowd-reload")["active"], lambda count: count == 0, what="the running rule's judgement"
    )

    assert error == f"Expected a number, got `warm` - at `rules/rules.yaml:{line}`"
    assert staff.monitor.get("/status")["ingest"]["book_error"] == error


#: A rule in force that holds for ten minutes, and one in shadow that does not.
HELD_AND_SHADOW = """\
  - id: crowd-held
    name: {zh: 人群, en: Crowd}
    kind: threshold
    source: "made up for this test"
    select: {sensors: [crowd-10], quantity: water_level}
    levels: {notice: {above: 5, clear: 4, hold: 10m}}
    incident: {class: road_water, priority: {notice: 4}}
  - id: crowd-shadow
    name: {zh: 人群试运行, en: Crowd in shadow}
    kind: threshold
    source: "made up for this test"
    shadow: {against: crowd-held}
    select: {sensors: [crowd-10], quantity: water_level}
    levels: {notice: {above: 5, clear: 4}}
    incident: {class: road_water, priority: {notice: 4}}
"""


def test_buffered_upload_is_judged_as_history_and_a_shadow_tells_when_it_is_switched_on(
    program: Program, source: Publisher, staff: Staff, rule_file: Path
) -> None:
    rule_file.write_text(rule_file.read_text("utf-8") + HELD_AND_SHADOW, "utf-8")
    eventually(lambda: in_force(staff, "crowd-shadow"), what="the new rules")
    begins = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
    upload = [
        {"time": (begins + timedelta(minutes=minute)).isoformat(), "values": {"water_level": 8.0}}
        for minute in range(30)
    ]
    source.send("city/environment/crowd-10/reading", json.dumps(upload).encode())

    incident = incident_on(staff.monitor, "crowd-10")
    record = until(
        lambda: staff.foreman.get("/shadow-rules/crowd-shadow/record"), lambda found: found["both"], what="its record"
    )
    in_shadow = [one["rule"] for one in staff.monitor.incidents() if one["sensor"] == "crowd-10"]
    rule_file.write_text(rule_file.read_text("utf-8").replace("    shadow: {against: crowd-held}\n", ""), "utf-8")
    told = until(
        lambda: [one for one in staff.monitor.incidents() if one["rule"] == "crowd-shadow"], bool, what="its alarm"
    )

    assert incident["late"]
    assert datetime.fromisoformat(incident["happened_at"]) == begins + timedelta(minutes=10), "the hold, by its clock"
    assert (record["shadow"]["alarms"], record["earlier"], record["lead_s"]) == (1, 1, 600.0)
    assert in_shadow == ["crowd-held"], "a rule in shadow tells nobody"
    assert datetime.fromisoformat(told[0]["happened_at"]) == begins, "it burns since then"
    assert datetime.fromisoformat(told[0]["opened_at"]) > begins + timedelta(hours=1)
