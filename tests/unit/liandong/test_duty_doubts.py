"""What `liandong check` doubts about duty: unpublished years, gaps and overlaps, with the line of the roster."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from city.calendar import PUBLISHED, Calendar
from city.clock import to_ns
from liandong.city_folder import BadCity, CityFolder, read_city
from liandong.duty_doubts import duty_doubts
from linkage.roster.parsing import parse_rosters
from tests.support.small_city import write_small_city

NOW_NS = to_ns(datetime(2026, 11, 20, 8, tzinfo=UTC))

POST = """\
posts:
  - department: water-bureau
    id: duty
    name: {zh: 值班, en: Duty}
    start: 2026-11-02
    patterns: [{shifts: ["08:00-20:00", "20:00-08:00"], teams: [ann, bob]}]
"""
LEADER = """\
  - department: water-bureau
    id: leader
    name: {zh: 带班, en: Leader}
    start: 2026-11-02
    patterns: [{shifts: ["00:00-24:00"], teams: [eve]}]
"""


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> CityFolder:
    return read_city(write_small_city(tmp_path_factory.mktemp("city") / "small"))


def _doubts(city: CityFolder, rosters: str) -> list[str]:
    calendar = Calendar(zone=city.about.zone)
    return list(duty_doubts(replace(city, roster=parse_rosters(rosters), calendar=calendar), NOW_NS))


def test_a_roster_round_the_clock_is_not_doubted(city):
    assert _doubts(city, POST + LEADER) == []


def test_a_gap_is_named_with_its_times_and_line(city):
    (doubt,) = _doubts(city, POST.replace(', "20:00-08:00"', ""))

    assert doubt.startswith(
        "Expected somebody on duty in post `duty` of `water-bureau`, got nobody 2026-11-20 20:00 to "
    )
    assert doubt.endswith("times more - at `rosters.yaml:2`")


def test_nobody_is_missed_before_the_roster_starts(city):
    assert _doubts(city, POST.replace("2026-11-02", "2026-12-24")) == []


def test_a_person_in_two_posts_is_named(city):
    (doubt,) = _doubts(city, POST + LEADER.replace("[eve]", "[bob]"))

    assert "Expected `bob` in one post at a time, got post `duty` of `water-bureau` and post `leader`" in doubt
    assert doubt.endswith("at `rosters.yaml:7`")


def test_a_year_that_nobody_has_published_is_named(city):
    year = max(PUBLISHED) + 1
    unknown = replace(city, calendar=Calendar(zone=city.about.zone))

    december = list(duty_doubts(unknown, to_ns(datetime(year - 1, 12, 2, tzinfo=UTC))))
    november = list(duty_doubts(unknown, to_ns(datetime(year - 1, 11, 2, tzinfo=UTC))))

    assert december == [
        f"Expected holidays and make-up days of {year}, got none: Monday to Friday count as working days"
        " - at `holidays.toml:1`"
    ]
    assert november == []


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        pytest.param("holidays.toml", "years = 2027", "a list of years.*holidays.toml:1", id="holidays"),
        pytest.param("rosters.yaml", POST.replace("ann", "Ann"), "small letters.*rosters.yaml:6", id="rosters"),
        pytest.param(
            "rosters.yaml",
            POST.replace("water-bureau", "army"),
            "departments.yaml for post.*rosters.yaml:2",
            id="whose",
        ),
    ],
)
def test_a_mistake_of_these_files_is_named_with_the_rest(tmp_path: Path, file, text, message):
    folder = write_small_city(tmp_path / "small")
    (folder / file).write_text(text, "utf-8")

    with pytest.raises(BadCity, match=message):
        read_city(folder)
