import pytest

from city.catalogue import Aggregation, Catalogue, QuantityKind, default_catalogue, rate_unit, series_name
from city.errors import BadCityFile
from city.units import Conversion

GOOD = '[quantity.pm25]\nunit = "µg/m³"\nkind = "gauge"\n'


@pytest.mark.parametrize(
    ("word", "quantity"),
    [
        pytest.param("relative_humidity", "humidity", id="an alias"),
        pytest.param("relativeHumidity", "humidity", id="camel case"),
        pytest.param("PM2.5", "pm25", id="a dot between digits"),
        pytest.param("pm2_5", "pm25", id="an underscore between digits"),
        pytest.param("pm1_0", "pm1", id="pm1.0 is not pm10"),
        pytest.param("PM10", "pm10", id="upper case"),
        pytest.param("LAeq", "noise_laeq", id="a vendor's word"),
        pytest.param("batV", "battery_voltage", id="an abbreviation"),
    ],
)
def test_quantity_is_found_by_any_of_its_names(word: str, quantity: str):
    found = default_catalogue().find(word)

    assert found is not None
    assert found.name == quantity


def test_unknown_quantity_is_not_found():
    assert default_catalogue().find("brightness_of_the_moon") is None


def test_default_quantities_are_complete():
    for name, quantity in default_catalogue().quantities.items():
        assert set(quantity.names) == {"zh", "en"}, name
        assert quantity.source, name
        assert isinstance(quantity.conversion(quantity.unit), Conversion), name


def test_default_catalogue_knows_how_values_add_up():
    quantities = default_catalogue().quantities

    assert quantities["noise_laeq"].aggregation is Aggregation.ENERGETIC
    assert quantities["wind_direction"].aggregation is Aggregation.CIRCULAR
    assert quantities["precipitation"].aggregation is Aggregation.SUM
    assert quantities["smoke"].aggregation is Aggregation.LAST
    assert quantities["energy"].kind is QuantityKind.COUNTER


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("gauge", Aggregation.LINEAR),
        ("counter", Aggregation.LAST),
        ("state", Aggregation.LAST),
        ("event", Aggregation.SUM),
    ],
)
def test_kind_says_how_values_add_up(kind: str, expected: Aggregation):
    catalogue = Catalogue.parse(f'[quantity.a]\nunit = ""\nkind = "{kind}"\n')

    assert catalogue.quantities["a"].aggregation is expected


def test_city_adds_and_redefines():
    text = '[quantity.temperature]\nunit = "K"\nkind = "gauge"\n'
    text += '[quantity.ice]\nunit = "cm"\nkind = "gauge"\naliases = ["rime"]\n'

    catalogue = Catalogue.parse(text, base=default_catalogue())

    assert catalogue.quantities["temperature"].unit == "K"
    assert catalogue.find("Rime") is catalogue.quantities["ice"]
    assert catalogue.find("pm25") is default_catalogue().quantities["pm25"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            GOOD + "\n[quantity.a]\nunit = ''\nkind = 'gauge'\nmade_of = ['b']",
            "got `['b']` - at `q.toml:8`",
            id="computed of no lists",
        ),
        pytest.param(
            "[quantity.a",
            "Expected TOML, got `Expected ']' at the end of a table declaration` - at `q.toml:1`",
            id="not TOML",
        ),
        pytest.param(
            GOOD + "[sensor]\n", "Expected tables `[quantity.NAME]`, got `sensor` - at `q.toml:4`", id="another table"
        ),
        pytest.param("quantity = 3", "Expected tables `[quantity.NAME]`, got `3` - at `q.toml:1`", id="no table"),
        pytest.param(
            "[quantity.a]\nkind = 'gauge'", "Expected `unit` a text, got `nothing` - at `q.toml:1`", id="no unit"
        ),
        pytest.param(
            GOOD + "\n[quantity.a]\nkind = 'gauge'\nunit = 'furlong per stone'",
            "or empty for a count or state, got `furlong per stone` - at `q.toml:7`",
            id="unknown unit",
        ),
        pytest.param(
            "[quantity.a]\nunit = 'm'\nkind = 'gage'",
            "Expected `kind` one of gauge, counter, state, event, got `gage` - at `q.toml:3`",
            id="unknown kind",
        ),
        pytest.param(
            "[quantity.a]\nunit = 'm'\nkind = 'gauge'\nminimum = 'low'",
            "Expected `minimum` a number, got `low` - at `q.toml:4`",
            id="limit that is no number",
        ),
        pytest.param(
            GOOD + "minimum = nan", "Expected `minimum` a number, got `nan` - at `q.toml:4`", id="limit that is NaN"
        ),
        pytest.param(
            GOOD + "minimum = 5\nmaximum = 1",
            "Expected `maximum` at least the minimum 5.0, got `1.0` - at `q.toml:5`",
            id="limits crossed",
        ),
        pytest.param(GOOD + "colour = 'red'", "got `colour` - at `q.toml:4`", id="unknown key"),
        pytest.param(
            '[quantity."a/b"]\nunit = "m"\nkind = "gauge"',
            "Expected a name of ASCII letters, digits and `_`, got `a/b` - at `q.toml:1`",
            id="a name with a slash",
        ),
        pytest.param(
            GOOD + "aliases = [3]", "Expected `aliases` a list of names, got `[3]` - at `q.toml:4`", id="alias no name"
        ),
        pytest.param(
            "[quantity.mine]\nunit = 'm'\nkind = 'gauge'\naliases = ['humidity']",
            "Expected each name and alias once, got `humidity (also of humidity)` - at `q.toml:4`",
            id="alias of another",
        ),
        pytest.param(
            GOOD + "aggregation = 'circular'",
            "Expected `aggregation` circular only of angles in `°`, got `µg/m³` - at `q.toml:4`",
            id="a bearing that is none",
        ),
        pytest.param(
            GOOD + "aggregation = 'energetic'",
            "Expected `aggregation` energetic only of levels in dB, dBm, dBFS, got `µg/m³` - at `q.toml:4`",
            id="a level that is none",
        ),
        pytest.param(
            "[quantity.a]\nunit = 'kWh'\nkind = 'counter'\naggregation = 'sum'",
            "Expected `aggregation` sum of no counter, whose values hold what came before, got `sum` - at `q.toml:4`",
            id="a sum of totals",
        ),
        pytest.param(GOOD + "name = { fr = 'a' }", "Expected `name` a table like", id="unknown language"),
    ],
)
def test_mistake_is_named_with_its_line(text: str, message: str):
    with pytest.raises(BadCityFile) as caught:
        Catalogue.parse(text, file="q.toml", base=default_catalogue())

    assert message in str(caught.value)


def test_series_name_tells_label_and_doubtful_unit():
    assert series_name("temperature") == "temperature"
    assert series_name("temperature", label="SHT") == "temperature/SHT"
    assert series_name("temperature", unit=None) == "temperature[?]"
    assert series_name("temperature", unit="kg", label="2") == "temperature[kg]/2"


@pytest.mark.parametrize(
    ("series", "quantity"),
    [("temperature", "temperature"), ("temperature/SHT", "temperature"), ("temperature[?]", None), ("x", None)],
)
def test_series_knows_its_quantity(series: str, quantity: str | None):
    found = default_catalogue().of_series(series)

    assert (found.name if found is not None else None) == quantity


def test_counter_has_a_rise_and_a_rate():
    catalogue = Catalogue.parse(
        '[quantity.vehicles]\nunit = "veh"\nkind = "counter"\nname = { zh = "车数", en = "Vehicles" }'
    )

    rise, rate = catalogue.quantities["vehicles_increase"], catalogue.quantities["vehicles_rate"]

    assert (rise.unit, rate.unit) == ("veh", "veh/h")
    assert (rate.names["zh"], rate.names["en"]) == ("车数速率", "Vehicles, rate")
    assert rise.made_of == rate.made_of == (frozenset({"vehicles"}),)


@pytest.mark.parametrize(
    ("counter", "unit", "factor"), [("B", "B/s", 1), ("kWh", "kW", 3600), ("", "1/h", 3600), ("m³", "m³/h", 3600)]
)
def test_unit_of_a_rate(counter: str, unit: str, factor: float):
    assert rate_unit(counter) == (unit, factor)


def test_quantity_is_made_of_quantities_there_are():
    quantities = default_catalogue().quantities

    assert {word for one in quantities.values() for way in one.made_of for word in way} <= quantities.keys()
    assert quantities["dew_point"].made_of == (frozenset({"temperature", "humidity"}),)


@pytest.mark.parametrize(
    ("series", "name"),
    [
        pytest.param("humidity", "humidity", id="its own name"),
        pytest.param("PM2.5", "pm25", id="an alias"),
        pytest.param("PM2.5/inlet", "pm25/inlet", id="of one of several probes"),
        pytest.param("PM2.5[kg/m³]/inlet", "pm25[kg/m³]/inlet", id="in a unit that does not convert"),
        pytest.param("smell/x", "smell/x", id="what nobody knows"),
    ],
)
def test_series_is_named_by_its_quantitys_own_name(series: str, name: str) -> None:
    assert default_catalogue().canonical(series) == name
