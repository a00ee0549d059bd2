import pytest

from city.clock import SECOND_NS
from city.level import Domain
from city.place import Place
from city.sensor import Sensor
from ingest.introduction import NOTHING_TOLD, Introduction
from ingest.proposal import interval, proposal


def every(seconds: float, *, times: int = 8, jitter: float = 0.0) -> list[int]:
    return [round((number * seconds + jitter * (number % 2)) * SECOND_NS) for number in range(times)]


@pytest.mark.parametrize(
    ("topic", "quantities", "domain", "kind"),
    [
        pytest.param("city/environment/a/reading", ["pm25", "temperature"], "environment", "air_station", id="air"),
        pytest.param("roofs/a", ["temperature", "wind_speed"], "environment", "weather_station", id="weather"),
        pytest.param("x/y", ["flow", "speed"], "traffic", "loop_detector", id="traffic by its quantities"),
        pytest.param("x/y", ["people_in/line1"], "video", "camera", id="a label does not hide the quantity"),
        pytest.param("city/video/a/event", [], "video", "camera", id="a camera that only tells events"),
        pytest.param("city/machine_room/a/reading", ["pm25"], "machine_room", "sensor", id="the topic is believed"),
        pytest.param("x/y", ["moonlight"], "environment", "sensor", id="nothing is known"),
    ],
)
def test_domain_and_kind_are_proposed(topic: str, quantities: list[str], domain: str, kind: str) -> None:
    proposed = proposal("a", topic, quantities, [], NOTHING_TOLD)

    assert (proposed.domain, proposed.kind) == (domain, kind)


def test_proposal_says_what_the_sensor_told() -> None:
    told = Introduction(122.8, 36.1, "Roof 7")

    assert proposal("a", "x/y", ["pm25", "pm25/2", "pm25[?]"], every(60), told) == Sensor(
        "a",
        "Roof 7",
        Domain.ENVIRONMENT,
        "air_station",
        place=Place(122.8, 36.1),
        interval_s=60.0,
        quantities=("pm25",),
    )


@pytest.mark.parametrize(
    ("arrivals_ns", "seconds"),
    [
        pytest.param(every(60, jitter=3), 60.0, id="with some jitter"),
        pytest.param(every(290), 300.0, id="near a usual one"),
        pytest.param(every(45), 45.0, id="an unusual one"),
        pytest.param([0, 0, 0, *every(10)[1:]], 10.0, id="several messages at once"),
        pytest.param(every(10, times=3), None, id="too few to tell"),
        pytest.param([round(s * SECOND_NS) for s in (0, 1, 400, 402, 4000, 4001, 9000)], None, id="on change"),
        pytest.param([], None, id="nothing"),
    ],
)
def test_interval_is_learned(arrivals_ns: list[int], seconds: float | None) -> None:
    assert interval(arrivals_ns) == seconds
