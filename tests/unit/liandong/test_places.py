from dataclasses import replace

import pytest

from city.level import Domain
from city.place import Place
from city.sensor import Sensor
from liandong.places import Places


def sensor(number: int, **said: str) -> Sensor:
    bare = Sensor(f"s-{number}", "", Domain.ENVIRONMENT, "level", place=Place(120 + number, 30))
    return replace(bare, **said)  # type: ignore[arg-type]


PLACES = Places(
    [
        sensor(0, site="tunnel", upstream="gateway-1", grid="990101", district="harbour", owner="water"),
        sensor(2, site="tunnel", upstream="gateway-1", grid="990102", district="harbour", owner="water"),
        sensor(4, site="bridge", district="hill"),
        Sensor("s-9", "", Domain.TRAFFIC, "loop", site="feed"),
    ]
)


@pytest.mark.parametrize("name", ["tunnel", "gateway-1", "harbour"])
def test_place_stands_in_the_middle_of_its_sensors(name: str) -> None:
    found = PLACES.find(name)

    assert found is not None
    assert (found.id, found.place, found.district, found.grid, found.owner) == (
        name,
        Place(121, 30),
        "harbour",
        "",
        "water",
    )


def test_place_without_positions_has_none() -> None:
    found = PLACES.find("feed")

    assert found is not None
    assert (found.place, found.domain) == (None, Domain.TRAFFIC)


@pytest.mark.parametrize("name", ["", "nowhere"])
def test_place_that_no_sensor_has_is_none(name: str) -> None:
    assert PLACES.find(name) is None
