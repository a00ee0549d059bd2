"""What a unit alone tells, wherever a format leaves the quantity to it."""

import pytest

from city.units import is_known
from ingest.decoders.unit_quantities import BY_UNIT
from tests.support.decoding import decoded

_SHARES = {"1"}


@pytest.mark.parametrize("unit", ["kVA", "kvar", "MWh", "NTU", "VA", "kWh"])
def test_a_point_with_a_telling_unit_is_read_whatever_it_is_called(unit: str):
    body = {"deviceId": "pump-7", "data": [{"name": "Q3", "value": 4.25, "unit": unit}]}

    (found,) = decoded("auto", "plant/x", body).measurements

    assert (found.quantity, found.value, found.unit) == (BY_UNIT[unit][0], 4.25, unit)


def test_units_are_ones_that_can_be_converted():
    assert [unit for _, unit in BY_UNIT.values() if unit and unit not in _SHARES and not is_known(unit)] == []
