"""Which series an export is of: names looked up, and what nobody knows refused."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass

from city.catalogue import Catalogue
from city.errors import BadRequest
from city.exporting import Wanted
from city.feed import Feed
from city.history import Resolution, SeriesQuery

#: Series asked for at a time.
_PAGE = 5000


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for: sensors and quantities, all where none are named, in a span of time (UTC nanoseconds)."""

    sensors: Sequence[str]
    quantities: Sequence[str]
    span: range


async def choose(
    asked: Asked, feed: Feed, catalogue: Catalogue, registered: Iterable[tuple[str, Sequence[str]]]
) -> list[Wanted]:
    """Return the series that are asked for, of what is registered and of what was heard lately, in order.

    Quantities may be named by an alias. What was named and is neither may still have been, and have readings.

    Raises:
        BadRequest: a sensor or quantity that was named is none, and has no readings in the span.
        StoreUnavailable: ingest does not answer.
    """
    quantities = [catalogue.canonical(one) for one in asked.quantities]
    listed = {sensor: tuple(map(catalogue.canonical, own)) for sensor, own in registered}
    heard = [one async for one in _heard(feed, asked.sensors)]
    spoken = {(sensor, one) for sensor, own in listed.items() for one in own} | {*heard}
    named = {one for _, one in spoken} | {*catalogue.quantities}
    known = spoken | {(sensor, one) for sensor in asked.sensors for one in quantities}
    found = [
        Wanted(sensor, quantity, _unit(catalogue, quantity), asked.span.start, asked.span.stop)
        for sensor, quantity in sorted(known)
        if (not asked.sensors or sensor in asked.sensors) and (not quantities or quantity in quantities)
    ]
    for sensor in set(asked.sensors) - {*listed, *(one for one, _ in heard)}:
        if not await _any(feed, [one for one in found if one.sensor == sensor]):
            expected = "a sensor that is registered, was heard lately or has readings in that time"
            raise BadRequest(expected=expected, got=sensor, at="--sensor")
    for word, quantity in zip(asked.quantities, quantities, strict=True):
        series = [one for one in found if one.quantity == quantity]
        if quantity not in named and not await _any(feed, series):
            expected = "a quantity of the catalogue, or a series that has readings in that time"
            raise BadRequest(expected=expected, got=word, at="--quantity")
    return found


async def _heard(feed: Feed, sensors: Sequence[str]) -> AsyncIterator[tuple[str, str]]:
    """Yield each series of these sensors, of all where none are named, that was heard lately."""
    if sensors:
        for reading in await feed.latest(sensors):
            yield reading.sensor, reading.quantity
        return
    told = 0
    while page := await feed.series_heard(told, _PAGE):
        for series in page:
            yield series
        told += len(page)


async def _any(feed: Feed, series: Sequence[Wanted]) -> bool:
    """Tell whether one of these series has readings."""
    for one in series:
        query = SeriesQuery(one.sensor, one.quantity, one.start_ns, one.end_ns, Resolution.RAW, 1)
        if (await feed.readings(query)).time_ns:
            return True
    return False


def _unit(catalogue: Catalogue, quantity: str) -> str:
    found = catalogue.of_series(quantity)
    return "" if found is None else found.unit
