import pytest

from city.errors import BadCityFile
from ingest.routes import KNOWN_GRAMMARS, NATIVE_FILTERS, Routes
from ingest.topics import overlap

ROUTE = '[[route]]\nfilter = "roofs/#"\ndecoder = "tts_v3"\n'


def family(routes: Routes, topic: str) -> str | None:
    route = routes.find(topic)
    return route.family if route is not None else None


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        pytest.param("city/traffic/a/reading", "native", id="native reading"),
        pytest.param("city/traffic/a/status", "native", id="native status"),
        pytest.param("city/traffic/a/other", None, id="another leaf"),
        pytest.param("v3/app@tenant/devices/dev/up", "tts_v3", id="The Things Stack"),
        pytest.param("/key/device/attrs", "fiware", id="an IoT Agent"),
        pytest.param("telegraf/host/cpu", "influx_line", id="Telegraf"),
        pytest.param("roofs/7", "tts_v3", id="the city's own route"),
        pytest.param("elsewhere", None, id="nobody's topic"),
    ],
)
def test_topic_finds_its_family(topic: str, expected: str | None):
    assert family(Routes.parse(ROUTE), topic) == expected


def test_city_takes_a_known_grammar_over():
    routes = Routes.parse('[[route]]\nfilter = "telegraf/+"\ndecoder = "auto"\n')

    assert family(routes, "telegraf/cpu") == "auto"
    assert family(routes, "telegraf/host/cpu") is None


def test_filters_never_overlap():
    filters = Routes.parse(ROUTE).filters

    assert set(filters) == {*NATIVE_FILTERS, *KNOWN_GRAMMARS, "roofs/#"}
    assert not [(a, b) for a in filters for b in filters if a < b and overlap(a, b)]


def test_options_reach_the_decoder():
    text = ROUTE.replace("tts_v3", "fiware") + '[route.options]\nsensor = "device"\ntimezone = "Europe/Madrid"\n'
    route = Routes.parse(text).find("roofs/1")
    body = b'{"id": "e", "type": "T", "refDevice": "d", "temperature": 1, "dateObserved": "2026-07-01T10:00:00"}'

    assert route is not None
    (measurement,) = route.decoder.decode("roofs/1", body).measurements
    assert measurement.sensor == "d"
    assert measurement.time_ns == 1_782_892_800_000_000_000


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("[[route]\n", "Expected TOML", id="not TOML"),
        pytest.param(
            "[routes]\n",
            "Expected tables `[[route]]`, `[[template]]`, `[[source]]` and `[quota]`, got `routes` - at `s.toml:1`",
            id="another table",
        ),
        pytest.param("[route]\n", "Expected tables `[[route]]`, got `dict` - at `s.toml:1`", id="one table"),
        pytest.param(
            "[[route]]\ndecoder = 'auto'\n", "an MQTT topic filter, got `nothing` - at `s.toml:1`", id="no filter"
        ),
        pytest.param(
            "[[route]]\n\nfilter = 'a/#/b'\n", "an MQTT topic filter, got `a/#/b` - at `s.toml:3`", id="no such filter"
        ),
        pytest.param(ROUTE + ROUTE, "`roofs/#` of another route, got `roofs/#` - at `s.toml:5`", id="filter twice"),
        pytest.param(
            "[[route]]\nfilter = '#'\ndecoder = 'auto'",
            "`city/+/+/reading` of the native topics, got `#` - at `s.toml:2`",
            id="a filter over the native topics",
        ),
        pytest.param(
            "[[route]]\nfilter = 'liandong/x'\ndecoder = 'auto'",
            "`liandong/#` of our own topics",
            id="our own topics",
        ),
        pytest.param(
            "[[route]]\nfilter = 'a'\ndecoder = 'sparkplug'",
            "got `sparkplug` - at `s.toml:3`",
            id="an unknown decoder",
        ),
        pytest.param(
            ROUTE + "qos = 1\n",
            "Expected `filter`, `decoder` or `options`, got `qos` - at `s.toml:4`",
            id="unknown key",
        ),
        pytest.param(ROUTE + "options = {speed = 1}\n", "got `speed` - at `s.toml:4`", id="an unknown option"),
        pytest.param(
            ROUTE + "options = {timezone = 'Mars'}\n", "`timezone` an IANA time zone, got `Mars`", id="no zone"
        ),
        pytest.param(ROUTE + "options = {units = {a = 'glug'}}\n", "got `{'a': 'glug'}` - at `s.toml:4`", id="no unit"),
    ],
)
def test_mistake_is_named_with_its_line(text: str, message: str):
    with pytest.raises(BadCityFile) as caught:
        Routes.parse(text, file="s.toml")

    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("topic", "first"),
    [
        pytest.param("axis/B8/event/tns:onvif/Device", True, id="observations"),
        pytest.param("homeassistant/sensor/x/config", True, id="descriptions"),
        pytest.param("telegraf/host/cpu", False, id="measurements"),
        pytest.param("nobody/knows/it", False, id="nobody's"),
    ],
)
def test_observations_and_descriptions_go_first(topic: str, *, first: bool):
    assert Routes.parse("").goes_first(topic) is first
