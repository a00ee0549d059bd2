"""The newest readings of a sensor as they go over the wire."""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field

from api.city_facts import CityFacts
from city.clock import iso
from city.history import LatestReading
from city.quality import names_of
from linkage.views import Moment


class LatestValue(BaseModel):
    """The newest reading of one quantity."""

    model_config = ConfigDict(frozen=True)

    value: float | None
    unit: str
    time: Moment
    quality: tuple[str, ...] = Field(description="Why the value is not to be trusted; empty when good.")


def values_of(readings: Iterable[LatestReading], city: CityFacts) -> dict[str, dict[str, object]]:
    """Return one sensor's newest readings by quantity, each with the fields of LatestValue.

    Plain values, because the live stream tells of thousands a second.
    """
    return {
        reading.quantity: {
            "value": reading.value,
            "unit": city.unit_of(reading.quantity),
            "time": iso(reading.time_ns),
            "quality": names_of(reading.quality) if reading.quality else (),
        }
        for reading in readings
    }
