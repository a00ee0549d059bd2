"""Drives a town over MQTT in real time until it is told to stop, with scenarios beginning on their minute."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from city.clock import SECOND_NS, Clock, iso
from city.errors import BadRequest
from simulators.fleet import SimulatedSensor
from simulators.mouth import Line, Mouth
from simulators.payload import encode, event
from simulators.scenarios import SCENARIOS
from simulators.scenarios.scenario import Story
from simulators.town import Town


@dataclass(frozen=True, slots=True)
class Start:
    """A scenario and how many seconds after the start it begins."""

    name: str
    after_s: float = 0.0


#: What happens by itself in the demo, all within its first minute.
DEMO = (Start("overheating", 5.0), Start("flood", 15.0))


def stories(fleet: list[SimulatedSensor], starts: tuple[Start, ...]) -> list[tuple[Story, float]]:
    """Return the stories of the named scenarios for this fleet, each with its beginning.

    Raises:
        BadRequest: there is no such scenario, or this city lacks what it plays with.
    """
    told = []
    for start in starts:
        if start.name not in SCENARIOS:
            raise BadRequest(expected=" or ".join(f"`{name}`" for name in SCENARIOS), got=start.name, at="scenario")
        story = SCENARIOS[start.name].tell(fleet)
        if story is None:
            raise BadRequest(expected="a city with the sensors it needs", got="one without", at=start.name)
        told.append((story, start.after_s))
    return told


def drive(
    fleet: list[SimulatedSensor],
    line: Line,
    *,
    starts: Callable[[], tuple[Start, ...]],
    timezone: ZoneInfo,
    clock: Clock,
    stop: threading.Event,
) -> int:
    """Publish until `stop` is set; return how many messages the broker acknowledged.

    `starts` is asked every second which scenarios are to begin, counted from that second.

    Raises:
        BadRequest: a scenario cannot be played here.
        StoreUnavailable: the broker does not take messages.
    """
    town = Town(fleet)
    began = clock.now_ns() // SECOND_NS
    domains = {sensor.id: sensor.domain for sensor in fleet}
    with Mouth(line, f"simulators-{began}") as mouth:
        second = began
        while not stop.is_set():
            for story, after_s in stories(fleet, starts()):
                town.begin(story, second + after_s)
            _say_second(town, second, timezone, mouth, domains)
            second += 1
            stop.wait(max(0.0, second - clock.now_ns() / SECOND_NS))
    return mouth.acknowledged


def _say_second(town: Town, second: int, timezone: ZoneInfo, mouth: Mouth, domains: dict[str, str]) -> None:
    local = datetime.fromtimestamp(second, timezone)
    time = iso(second * SECOND_NS)
    for sensor, values in town.readings(second, local.hour + local.minute / 60 + local.second / 3600).items():
        mouth.say(*encode(sensor, values, time))
    for report in town.reports(second):
        mouth.say(*event(domains[report.sensor], report.sensor, report.event, report.confidence, time))
