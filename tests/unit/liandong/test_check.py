"""`liandong check` names every mistake of every city file in one look, each with file and line."""

import re
from pathlib import Path

import pytest

from liandong.cli import run
from liandong.exits import Exit
from tests.support.small_city import write_small_city

SOURCES = """\
[[route]]
filter = "a/#/b"
decoder = "chirpstak"
colour = "red"
[[route]]
filter = "site/#"
decoder = "auto"
options = {timezone = "Mars/Olympus", unit = "m"}
[[template]]
topic = "site/{sensor}"
quantity = "speed"
scale = "ten"
[[source]]
name = "gateway"
topics = []
weight = -1
[quota]
messages_per_s = 0
[routes]
"""

QUANTITIES = """\
[quantity.smell]
unit = "stench"
kind = "gage"
color = "brown"
[quantity.dust]
unit = "ug/m3"
kind = "gauge"
minimum = 5
maximum = 1
[quantity.fog]
unit = "m"
kind = "gauge"
aliases = ["temperature"]
"""

DERIVED = """\
[noise]
period_min = 1
day_from = 99
[[noise.zone]]
class = "7"
sensors = ["a"]
[[noise.zone]]
class = "1"
[fog]
"""

CITY = """\
timezone = "Mars/Olympus"
center = [36.2, 122.9]
zoom = 99
[name]
zh = "小城"
[districts]
a = "A"
b = { zh = "乙", en = "B" }
c = 3
"""

HOLIDAYS = """\
national = "yes"
office_hours = ["9-5"]
[[holiday]]
from = 2027-02-05
[[workday]]
name = { zh = "补班", en = "Make-up day" }
from = "tomorrow"
"""

DEPARTMENTS = """\
departments:
  - {id: desk, name: {zh: 监督中心, en: Supervision}, axis: supervison}
  - {id: desk, name: {zh: 监督中心}, axis: supervision}
  - {id: fire, nam: {zh: 消防, en: Fire}}
"""

STANDARDS = """\
classes:
  - {id: road_water, name: {zh: 道路积水, en: Road water}, code: "0506", verify_min: 0, file_min: 15, dispatch_min: 15,
     handle_h: 2, check: soon, closing: {zh: 积水消除, en: Water gone}, source: "city table"}
  - {id: heat, colour: red}
"""

REPORTS = """\
hotlines:
  - {id: "12345"}
classes:
  - {class: road_water, priority: 9}
  - {class: heat, prioritee: 2}
"""

ROSTERS = """\
people:
  - {username: Li Lei, name: 李雷}
  - {username: han, name: ""}
posts:
  - {department: desk, id: duty}
"""

MESSAGES = """\
groups:
  - {id: chiefs}
  - {id: "", name: {zh: 领导, en: Chiefs}}
"""

ESCALATION = """\
chains:
  - {priorities: [1], steps: [{after_s: -1, tell: assignee}, {after_s: 60}]}
  - {priorities: [9], steps: []}
"""

RESPONSIBILITY = """\
collectors:
  - {username: li}
  - {grids: ["1"]}
"""

UPWARD = """\
initial: 5
final: 9
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write_small_city(tmp_path / "city")


@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [
        pytest.param("sources.toml", SOURCES, [2, 3, 4, 8, 8, 12, 15, 16, 18, 19], id="sources"),
        pytest.param("quantities.toml", QUANTITIES, [2, 3, 4, 9, 13], id="quantities"),
        pytest.param("derived.toml", DERIVED, [2, 3, 5, 7, 9], id="derived"),
        pytest.param("city.toml", CITY, [1, 2, 3, 4, 7, 9], id="the city itself"),
        pytest.param("holidays.toml", HOLIDAYS, [1, 2, 3, 5], id="holidays"),
        pytest.param("departments.yaml", DEPARTMENTS, [2, 3, 4, 4], id="departments"),
        pytest.param("case-standards.yaml", STANDARDS, [2, 3, 4, 4], id="classes of cases"),
        pytest.param("reports.yaml", REPORTS, [2, 4, 5], id="reports"),
        pytest.param("rosters.yaml", ROSTERS, [2, 3, 5], id="rosters"),
        pytest.param("messages.yaml", MESSAGES, [2, 3], id="messages"),
        pytest.param("escalation.yaml", ESCALATION, [2, 2, 3], id="escalation"),
        pytest.param("responsibility.yaml", RESPONSIBILITY, [2, 3], id="responsibility"),
        pytest.param("upward.yaml", UPWARD, [1, 2], id="reports upward"),
    ],
)
def test_check_names_every_mistake_of_a_file(
    name: str, text: str, lines: list[int], small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (small / name).write_text(text)

    code = run(["check", "--city", str(small)])

    said = capsys.readouterr().err.splitlines()
    told = [found for line in said if (found := re.search(rf"^Expected .*, got `.*` - at `.*{name}:(\d+)`$", line))]
    assert code == Exit.SETTINGS
    assert sorted(int(found[1]) for found in told) == lines, said


def test_check_names_every_mistake_of_the_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "own.toml"
    file.write_text('[mqtt]\nurl = "x"\n[history]\ncolour = 3\n[http]\nport = "abc"\npassword_hash = "hunter2"\n')

    code = run(["check", "--config", str(file)])

    said = capsys.readouterr().err.splitlines()
    assert code == Exit.SETTINGS
    assert sorted(line.rpartition(" - at ")[2] for line in said) == [
        f"`{file}:{place}`" for place in ("2: mqtt.url", "4: history.colour", "6: http.port", "7: http.password_hash")
    ]
    assert "hunter2" not in "".join(said)


def test_check_names_what_the_settings_lead_to_in_vain(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, city = tmp_path / "own.toml", Path(__file__).resolve().parents[3] / "examples" / "haibin"
    file.write_text(
        """
        [history]
        url = "influxdb://host:99999/org/bucket"
        [database]
        url = "mysql://root:hunter2@host/name"
        [mqtt.brokers.east]
        url = "mqtts://east"
        ca_file = "/nowhere/ca.pem"
        password = "hunter2"
        username = "u"
        """
    )

    code = run(["check", "--config", str(file), "--city", str(city)])

    told = capsys.readouterr()
    assert code == Exit.SETTINGS
    assert told.err.splitlines()[:3] == [
        "Expected `influxdb://host:port/org/bucket` without a password, got `influxdb://host:99999/org/bucket`"
        " - at `history.url`",
        "Expected `sqlite:///path` or `postgresql+psycopg://…`, got `mysql` - at `database.url`",
        "Expected a readable file, got `No such file or directory` - at `/nowhere/ca.pem`, `mqtt.brokers.east`",
    ]
    assert "mqtt.brokers.east.url = mqtts://east" in told.out.splitlines()
    assert "hunter2" not in told.out + told.err


def test_other_commands_say_how_many_mistakes_the_settings_have(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "own.toml"
    file.write_text('[http]\nport = "abc"\nprot = 2\n')

    assert run(["source", "list", "--config", str(file)]) == Exit.SETTINGS
    assert capsys.readouterr().err.rstrip().endswith("(and 1 more, which `liandong check` names)")
