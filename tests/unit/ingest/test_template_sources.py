import pytest

from city.errors import BadCityFile
from ingest.routes import Routes

SOURCE = """
[[template]]
topic = "plant/{sensor}/pressure"
quantity = "pressure"
unit = "bar"

[[template]]
topic = "gate/{sensor}"
filter = "gate/+"
body = "json"
readings = [
  { path = "$.open", quantity = "door_open", words = { yes = 1, no = 0 } },
  { path = "$.t", quantity = "temperature", unit = "°C" },
]
"""


def test_templates_are_routes():
    routes = Routes.parse(SOURCE)
    plant, gate = routes.find("plant/p1/pressure"), routes.find("gate/g1")

    assert {"plant/+/pressure", "gate/+"} <= set(routes.filters)
    assert plant is not None
    assert gate is not None
    (pressure,) = plant.decoder.decode("plant/p1/pressure", b"3.5").measurements
    assert (plant.family, pressure.sensor, pressure.value, pressure.unit) == ("template", "p1", 3.5, "bar")
    readings = gate.decoder.decode("gate/g1", b'{"open": "yes", "t": 3}').measurements
    assert [(one.quantity, one.value) for one in readings] == [("door_open", 1.0), ("temperature", 3.0)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            '[[template]]\ntopic = "a/{sensor}"\n',
            "Expected `quantity` of a scalar, got `nothing` - at `s.toml:1`",
            id="no quantity",
        ),
        pytest.param(
            '[[template]]\ntopic = "a/{x}"\nquantity = "t"\n',
            "Expected names that topic or paths capture, got `{sensor}` - at `s.toml:1`",
            id="no sensor",
        ),
        pytest.param(
            '[[template]]\ntopic = "a/+"\nquantity = "t"\n',
            "Expected `topic` a topic with `{name}` or `{name...}` for its levels, got `a/+` - at `s.toml:2`",
            id="a filter for a pattern",
        ),
        pytest.param(
            '[[template]]\ntopic = "a/{sensor}"\nquantity = "t"\n\nunit = "quarx"\n',
            "Expected `unit` a unit that can be converted, got `quarx` - at `s.toml:5`",
            id="an unknown unit",
        ),
        pytest.param(
            '[[template]]\ntopic = "a/{sensor}"\nbody = "json"\nreadings = [\n{ path = "b", quantity = "t" }]\n',
            "Expected `readings.0.path` a path like `$.a.b[0]`, `$[*].c` or `$.{name}.d`, got `b` - at `s.toml:4`",
            id="no path",
        ),
        pytest.param(
            '[[template]]\ntopic = "city/{sensor}/b/reading"\nquantity = "t"\n',
            "Expected filters that do not overlap `city/+/+/reading` of the native topics, "
            "got `city/+/b/reading` - at `s.toml:2`",
            id="somebody's topics",
        ),
        pytest.param(
            '[[template]]\ntopic = "a/{sensor}"\nquantity = "t"\ntime_format = "%Q.%m"\n',
            "Expected `time_format` a time as `strptime` writes it, such as `%Y-%m-%d`, got `%Q.%m` - at `s.toml:4`",
            id="no form of a time",
        ),
        pytest.param(
            '[[template]]\ntopic = "a/{sensor}"\nquantity = "t"\ntime_format = "%d.%m. %H:%M"\n',
            "Expected `time_format` a time with year, month and day, got `%d.%m. %H:%M` - at `s.toml:4`",
            id="a time without a year",
        ),
        pytest.param(
            SOURCE + '[[template]]\ntopic = "a/b"\nfilter = "a/#b"\nquantity = "t"\nsensor = "s"\n',
            "Expected `filter` an MQTT topic filter, got `a/#b` - at `s.toml:17`",
            id="no filter",
        ),
        pytest.param(
            '[[template]]\ntopic = "a/{sensor}"\nqantity = "t"\n',
            "Expected a known key, got `qantity` - at `s.toml:3`",
            id="a key that there is not",
        ),
        pytest.param(
            '[[template]]\ntopic = "a/{sensor}"\nquantity = "t"\nbody = "xml"\n',
            "Expected `body` `scalar`, `json`, `either`, `lines` or `nothing`, got `xml` - at `s.toml:4`",
            id="another body",
        ),
        pytest.param("template = 3", "Expected tables `[[template]]`, got `int` - at `s.toml:1`", id="no table"),
    ],
)
def test_mistake_is_named_with_line_and_key(text: str, message: str):
    with pytest.raises(BadCityFile) as caught:
        Routes.parse(text, file="s.toml")

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ('[route.options]\ntimezone = "X/Y"', "`timezone` an IANA time zone, got `X/Y` - at `s.toml:8`"),
        ('options = {timezone = "X/Y"}', "`timezone` an IANA time zone, got `X/Y` - at `s.toml:7`"),
        ("[route.options]\n# foo = 2\nfoo = 3", "a known key, got `foo` - at `s.toml:9`"),
        (
            '[route.options.units]\nt = "quarx"',
            "`units` units that can be converted, got `{'t': 'quarx'}` - at `s.toml:7`",
        ),
        (
            '[route.options]\nregisters.U = [{place = -1, quantity = "t"}]',
            "`registers.U.0.place` greater than or equal to 0, got `-1` - at `s.toml:8`",
        ),
        ("options = 3", "`options` a table, got `3` - at `s.toml:7`"),
    ],
)
def test_mistake_of_an_option_is_named_where_it_stands(options: str, message: str):
    text = '[[route]]\nfilter = "y/#"\ndecoder = "auto"\n[[route]]\nfilter = "x/#"\ndecoder = "auto"\n' + options
    with pytest.raises(BadCityFile) as caught:
        Routes.parse(text, file="s.toml")

    assert str(caught.value).removeprefix("Expected ").removeprefix("the option ") == message
