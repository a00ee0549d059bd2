"""What a value means, by what its device tells."""

import pytest

from city.catalogue import default_catalogue
from city.errors import UndecodableMessage
from ingest.meaning import Told, understand

CATALOGUE = default_catalogue()


@pytest.mark.parametrize(
    ("told", "name"),
    [
        pytest.param(Told("temperature"), "temperature", id="by our convention"),
        pytest.param(Told("temperature", "°F"), "temperature", id="in a unit that converts"),
        pytest.param(Told("temperature", None), "temperature[?]", id="in no unit that anybody told"),
        pytest.param(Told("temperature", "kg"), "temperature[kg]", id="in a unit of something else"),
        pytest.param(Told("temperature/2"), "temperature/2", id="with its label in the name"),
        pytest.param(Told("temperature", label="2"), "temperature/2", id="with a label"),
        pytest.param(Told("temperature/2", label="x"), "temperature/2/x", id="with both: the name is its own"),
        pytest.param(Told("of_nobody", "kg"), "of_nobody", id="of no catalogue"),
    ],
)
def test_series_is_named_by_what_is_told(told: Told, name: str):
    assert understand(told, CATALOGUE).name == name


def test_value_is_brought_into_the_quantitys_unit_and_range():
    meaning = understand(Told("temperature", "°F"), CATALOGUE)
    quantity = CATALOGUE.quantities["temperature"]

    assert 212 * meaning.factor + meaning.offset == pytest.approx(100)
    assert (meaning.minimum, meaning.maximum, meaning.increase) == (quantity.minimum, quantity.maximum, "")


def test_counter_has_a_series_of_its_rises():
    assert understand(Told("energy/L1", "Wh"), CATALOGUE).increase == "energy_increase/L1"


@pytest.mark.parametrize("told", [Told("a" * 300), Told("temperature", "u" * 300), Told("temperature/" + "b" * 300)])
def test_name_that_no_registry_could_hold_is_refused(told: Told):
    with pytest.raises(UndecodableMessage):
        understand(told, CATALOGUE)
