from dataclasses import replace

from linkage.acting import Scene
from linkage.cap.atlas import Atlas
from linkage.event_log import Entry
from linkage.opening import opened_by_alarm
from linkage.telling.messages import body, common_facts, idempotency_key, subject
from tests.support.linkage import RAISED, book, life_safety

BOOK = book()
SCENE = Scene(
    now_ns=100,
    directory=BOOK.directory,
    standard=BOOK.standards.of("road_water"),
    calendar=BOOK.calendar,
    next_task=1,
)
OPENED = opened_by_alarm(life_safety(RAISED), 1, SCENE, BOOK, 900)
ENTRY = Entry(1, "a" * 64, OPENED.deeds[0])


def test_key_is_the_same_for_the_same_event_department_and_channel():
    keys = {idempotency_key(ENTRY, department, channel) for department in ("a", "b") for channel in ("x", "y")}

    assert len(keys) == 4
    assert idempotency_key(ENTRY, "a", "x") in keys


def test_subject_says_what_and_which():
    assert subject(ENTRY, OPENED.case) == (
        "[20261120-000001] 新事件 下穿积水：东门下穿 / New incident: Underpass flooding: East Gate"
    )


def test_message_names_the_place_and_its_district():
    sites = {OPENED.case.incident.place: {"zh": "东门下穿通道", "en": "East Gate underpass"}}
    named = replace(BOOK, atlas=Atlas(names={"east": {"zh": "东区", "en": "East"}}, sites=sites))
    said = common_facts(OPENED.case, named, "")

    assert "地点 / Place: 东门下穿通道 东区 / East Gate underpass East" in body(ENTRY, OPENED.case, named, "")
    assert [said[language]["place"] for language in ("zh", "en")] == ["东门下穿通道", "East Gate underpass"]


def test_subject_says_when_the_system_filed_by_itself():
    assert "系统自动立案" in subject(Entry(2, "b" * 64, OPENED.deeds[1]), OPENED.case)


def test_body_says_what_to_do_first_and_that_nobody_confirmed_it():
    text = body(ENTRY, OPENED.case, BOOK, "https://wall.example/")

    assert "优先级 / Priority: 2 · major" in text
    assert "时间 / Since: 2026-11-20 16:00:00 +0800" in text
    assert "- Close the road" in text
    assert "not yet confirmed" in text
    assert text.endswith("https://wall.example/#/incident/1")


def test_a_hazard_that_nobody_has_confirmed_is_called_so():
    doubted = opened_by_alarm(replace(RAISED, unconfirmed=True), 1, SCENE, BOOK, 900)
    entry = Entry(1, "a" * 64, doubted.deeds[0])
    said = common_facts(doubted.case, BOOK, "")

    assert subject(entry, doubted.case).startswith("[20261120-000001] 新事件（险情待证实） 下穿积水")
    assert "Hazard unconfirmed: its sensor died" in body(entry, doubted.case, BOOK, "")
    assert [said[language]["unconfirmed"] for language in ("zh", "en")] == ["险情待证实", "Hazard unconfirmed"]
    assert common_facts(OPENED.case, BOOK, "")["en"]["unconfirmed"] == ""
