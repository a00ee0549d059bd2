from pathlib import Path

import pytest

from city.errors import BadCityFile, BadRequest
from simulators.drive import DEMO, Start, stories
from simulators.fleet import SimulatedSensor, load_fleet
from simulators.rhythm import rhythm_of
from simulators.scenarios import SCENARIOS
from simulators.town import Town

HAIBIN = Path(__file__).resolve().parents[3] / "examples" / "haibin"


@pytest.fixture(scope="module")
def fleet() -> list[SimulatedSensor]:
    return load_fleet(HAIBIN)


def test_fleet_plays_every_quantity_of_the_example_city(fleet):
    silent = {
        (sensor.kind, quantity)
        for sensor in fleet
        for quantity in sensor.quantities
        if rhythm_of(sensor.kind, quantity, sensor.tags) is None
    }

    assert len(fleet) > 1800
    assert silent == set()


def test_every_sensor_speaks_once_an_interval(fleet):
    town = Town(fleet)
    longest = max(sensor.interval_s for sensor in fleet)

    counts: dict[str, int] = {}
    for second in range(longest):
        for sensor in town.readings(second, 3.0):
            counts[sensor.id] = counts.get(sensor.id, 0) + 1

    assert counts == {sensor.id: longest // sensor.interval_s for sensor in fleet}


def test_town_says_the_same_on_every_run(fleet):
    assert Town(fleet).readings(60, 8.0) == Town(fleet).readings(60, 8.0)


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario_begins_and_ends(fleet, name):
    story = SCENARIOS[name].tell(fleet)
    assert story is not None

    moved = {key: max(bend(10.0, at) - 10.0 for at in range(0, 300, 10)) for key, bend in story.bends.items()}
    left = {key: bend(10.0, story.lasts_s) for key, bend in story.bends.items()}

    assert max(moved.values()) > 5
    assert all(value == pytest.approx(10.0, abs=0.01) for value in left.values())


def test_flood_is_seen_by_a_camera_once(fleet):
    town = Town(fleet)
    (story, _), *_ = stories(fleet, (Start("flood"),))
    town.begin(story, 0.0)

    told = [report for second in range(200) for report in town.reports(second)]

    assert [report.event for report in told] == ["road_water"]


def test_demo_scenarios_begin_within_the_first_minute(fleet):
    assert {start.name for start in DEMO} == set(SCENARIOS)
    assert all(after_s < 60 for _, after_s in stories(fleet, DEMO))


def test_unknown_scenario_names_the_known_ones(fleet):
    with pytest.raises(BadRequest, match="Expected `overheating` or `flood`, got `earthquake`"):
        stories(fleet, (Start("earthquake"),))


def test_fleet_names_the_line_that_is_wrong(tmp_path):
    text = (HAIBIN / "sensors.csv").read_text("utf-8").splitlines()[:3]
    text[2] = text[2].replace(",60,", ",often,")
    (tmp_path / "sensors.csv").write_text("\n".join(text), "utf-8")

    with pytest.raises(BadCityFile, match=r"sensors\.csv:3"):
        load_fleet(tmp_path)
