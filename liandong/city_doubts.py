"""What a city folder may say, but hardly means: a rule about no sensor, a sensor of a district that is none."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from liandong.city_folder import CityFolder
from liandong.rule_doubts import rule_doubts
from linkage.grids import drawn_grids
from linkage.responsibility import unwatched
from rules.book import read_book
from rules.population import Population

#: Sensors named with one doubt; of more the number is told.
_NAMED = 3


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
    book = read_book(city.book, city.catalogue)
    if not book.rules:
        yield "Expected at least one rule, got none - at `rules/`"
    yield from rule_doubts(book, Population(city.sensors.census, {}), city.catalogue)


def _strangers(city: CityFolder, word: str, allowed: frozenset[str]) -> Iterator[str]:
    column = city.sensors.census.words[word]
    for value in sorted(set(column.words) - allowed - {""}):
        yield f"Expected the {word} to be one of the city's, got `{value}` - at {_those(city, column.having([value]))}"


def _unwatched(city: CityFolder) -> Iterator[str]:
    grids = sorted(unwatched(city.responsibility, drawn_grids(city.grids).codes))
    if grids:
        yield f"Expected a collector for every grid, got none - at {_listed(grids, len(grids))}, `responsibility.yaml`"


def _derived(city: CityFolder) -> Iterator[str]:
    census = city.sensors.census
    for selection in city.derived.selections() if city.sensors else ():
        if not selection.rows(census).any():
            yield f"Expected a selection of some sensor, got one of none - at `{selection.at}`"


def _sites(city: CityFolder) -> Iterator[str]:
    """Yield names of sites where no sensor is: most likely the id was mistyped."""
    known = set(city.sensors.census.words["site"].words)
    for site in city.about.sites if known else ():
        if site not in known:
            yield f"Expected the site of some sensor, got a name for `{site}` - at `city.toml`"


def _quantities(city: CityFolder) -> Iterator[str]:
    lists = city.sensors.census.words["quantities"]
    told = dict.fromkeys(quantity for listed in lists.words for quantity in listed)
    for quantity in (one for one in told if city.catalogue.find(one) is None):
        those = lists.where([quantity in listed for listed in lists.words])
        yield f"Expected a quantity of the catalogue, got `{quantity}` - at {_those(city, those)}"


def _abroad(city: CityFolder) -> Iterator[str]:
    if city.about.bounds is None:
        return
    west, south, east, north = city.about.bounds

    numbers = city.sensors.census.numbers
    longitude, latitude = numbers["longitude"], numbers["latitude"]
    outside = (longitude < west) | (longitude > east) | (latitude < south) | (latitude > north)
    if outside.any():
        yield f"Expected places within the bounds of `city.toml`, got others - at {_those(city, outside)}"


def _those(city: CityFolder, picked: NDArray[np.bool_]) -> str:
    """Name the first of the picked sensors by id, and say how many there are besides."""
    rows = np.flatnonzero(picked)
    return _listed([city.sensors.census.texts["id"][row] for row in rows[:_NAMED].tolist()], len(rows))


def _listed(names: Sequence[str], count: int) -> str:
    more = f" and {count - _NAMED} more" if count > _NAMED else ""
    return ", ".join(f"`{name}`" for name in names[:_NAMED]) + more
