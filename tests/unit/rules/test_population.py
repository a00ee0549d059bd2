"""Which sensors a selection means, where the quantity is one that is computed."""

import pytest

from city.entry import NumberedSensor
from city.level import Domain
from city.sensor import Sensor
from rules.population import Population
from rules.selection import Selection


@pytest.mark.parametrize(
    ("listed", "quantity", "meant"),
    [
        pytest.param(("temperature", "humidity"), "dew_point", True, id="it lists all that makes it up"),
        pytest.param(("temperature",), "dew_point", False, id="half of it"),
        pytest.param(("noise_level",), "noise_excess", True, id="one of two ways"),
        pytest.param(("energy",), "energy_rate", True, id="a counter's rate"),
        pytest.param(("energy",), "energy_increase/L1", True, id="a counter's rise, of one of several"),
        pytest.param(("dew_point",), "dew_point", True, id="it tells it itself"),
        pytest.param((), "dew_point", True, id="it lists nothing"),
    ],
)
def test_sensor_is_meant_that_lists_what_a_quantity_is_computed_of(listed, quantity, meant):
    sensor = Sensor("probe", "probe", Domain.MACHINE_ROOM, "inlet_probe", quantities=listed)
    population = Population([NumberedSensor(1, sensor)], {})

    assert list(population.match(Selection(quantity=quantity))) == ([0] if meant else [])
