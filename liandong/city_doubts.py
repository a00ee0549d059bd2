"""What a city folder may say, but hardly means: a rule about no sensor, a sensor of a district that is none."""

from collections.abc import Iterator
from datetime import datetime

import numpy as np

from city.census import Census
from city.entry import NumberedSensor
from city.sensor import Sensor
from liandong.city_folder import CityFolder
from linkage.grids import drawn_grids
from linkage.responsibility import unwatched
from rules.book import read_book
from rules.population import Population

#: Sensors named with one doubt; of more the number is told.
_NAMED = 3

#: A tag that `liandong replay` gives: rules about recordings wait for sensors that no file has.
_RECORDED = "recorded"


def doubts(city: CityFolder) -> Iterator[str]:
    """Yield each doubt as one line: expected, got, and where."""
    yield from _rules(city)
    known = {department.id for department in city.departments}
    for word, allowed in (
        ("district", city.about.districts),
        ("authority", known),
        ("owner", known),
        ("maintainer", known),
    ):
        yield from _strangers(city, word, frozenset(allowed))
    yield from _quantities(city)
    yield from _derived(city)
    yield from _sites(city)
    yield from _unwatched(city)
    yield from _abroad(city)
    yield from _plans(city)


def _plans(city: CityFolder) -> Iterator[str]:
    """Yield plans past their review: they stay in force, and should not."""
    today = datetime.now(city.about.zone).date()
    for plan in city.plans.in_force(today):
        if plan.next_review <= today:
            yield f"Expected a plan reviewed by {plan.next_review}, got the old version - at `{plan.file}:{plan.line}`"


def _rules(city: CityFolder) -> Iterator[str]:
    rules = read_book(city.book, city.catalogue).rules
    if not rules:
        yield "Expected at least one rule, got none - at `rules/`"
    population = Population([NumberedSensor(number, sensor) for number, sensor in enumerate(city.sensors)], {})
    for rule in rules:
        if _RECORDED not in rule.select.tags and not np.size(population.match(rule.select)):
            yield f"Expected a rule about some sensor, got `{rule.id}` about none - at `{rule.file}:{rule.line}`"


def _strangers(city: CityFolder, word: str, allowed: frozenset[str]) -> Iterator[str]:
    found: dict[str, list[str]] = {}
    for sensor in city.sensors:
        value = str(getattr(sensor, word))
        if value and value not in allowed:
            found.setdefault(value, []).append(sensor.id)
    for value, sensors in found.items():
        yield f"Expected the {word} to be one of the city's, got `{value}` - at {_listed(sensors)}"


def _unwatched(city: CityFolder) -> Iterator[str]:
    grids = sorted(unwatched(city.responsibility, drawn_grids(city.grids).codes))
    if grids:
        yield f"Expected a collector for every grid, got none - at {_listed(grids)}, `responsibility.yaml`"


def _derived(city: CityFolder) -> Iterator[str]:
    census = Census.of([NumberedSensor(number, sensor) for number, sensor in enumerate(city.sensors)])
    for selection in city.derived.selections() if city.sensors else ():
        if not selection.rows(census).any():
            yield f"Expected a selection of some sensor, got one of none - at `{selection.at}`"


def _sites(city: CityFolder) -> Iterator[str]:
    """Yield names of sites where no sensor is: most likely the id was mistyped."""
    known = {sensor.site for sensor in city.sensors}
    for site in city.about.sites if known else ():
        if site not in known:
            yield f"Expected the site of some sensor, got a name for `{site}` - at `city.toml`"


def _quantities(city: CityFolder) -> Iterator[str]:
    found: dict[str, list[str]] = {}
    for sensor in city.sensors:
        for quantity in sensor.quantities:
            if city.catalogue.find(quantity) is None:
                found.setdefault(quantity, []).append(sensor.id)
    for quantity, sensors in found.items():
        yield f"Expected a quantity of the catalogue, got `{quantity}` - at {_listed(sensors)}"


def _abroad(city: CityFolder) -> Iterator[str]:
    if city.about.bounds is None:
        return
    west, south, east, north = city.about.bounds

    def outside(sensor: Sensor) -> bool:
        place = sensor.place
        return place is not None and not (west <= place.longitude <= east and south <= place.latitude <= north)

    sensors = [sensor.id for sensor in city.sensors if outside(sensor)]
    if sensors:
        yield f"Expected places within the bounds of `city.toml`, got others - at {_listed(sensors)}"


def _listed(sensors: list[str]) -> str:
    more = f" and {len(sensors) - _NAMED} more" if len(sensors) > _NAMED else ""
    return ", ".join(f"`{sensor}`" for sensor in sensors[:_NAMED]) + more
