"""What a route may tell its decoder, checked when the city folder is read."""

from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from city.errors import BadCityFile
from city.faults import ManyFaults
from city.measurement import Measurement
from city.units import is_known
from ingest.mistakes import Mistake, mistakes_of


class Register(BaseModel):
    """What one number in a gateway's list of registers is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    place: int = Field(ge=0, le=65_535, description="Where in the list it stands, from 0")
    quantity: str = Field(min_length=1, max_length=200, description="What it measures")
    unit: str | None = Field(None, description="Unit of the value after scaling")
    scale: float = Field(1.0, allow_inf_nan=False, description="Factor from the number to the value")
    signed: bool = Field(default=False, description="Whether the number is sixteen bits with a sign")

    @field_validator("unit")
    @classmethod
    def _known_unit(cls, unit: str | None) -> str | None:
        if unit is not None and not is_known(unit):
            raise PydanticCustomError("unit", "Expected a unit that can be converted")
        return unit


class DecoderOptions(BaseModel):
    """Options that every family understands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    timezone: str | None = Field(
        None, description="IANA zone of times that carry no offset; without it they are unusable"
    )
    units: dict[str, str] = Field({}, description="Unit by quantity, where the devices do not say it")
    quantities: dict[str, str] = Field({}, description="openSenseMap: quantity by the sensor's id")
    sensor: Literal["entity", "device"] = Field(
        "entity", description="FIWARE: whether an entity's own id or the device it refers to is the sensor"
    )
    sensor_tags: tuple[str, ...] = Field(
        (), description="Line protocol: the tags that name the sensor, outermost first"
    )

    registers: dict[str, tuple[Register, ...]] = Field(
        {}, description="Modbus gateways: what the registers of a request mean, by the request's `name`"
    )

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str | None) -> str | None:
        try:
            return name if name is None else ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise PydanticCustomError("zone", "Expected an IANA time zone") from error

    @field_validator("units")
    @classmethod
    def _known_units(cls, units: dict[str, str]) -> dict[str, str]:
        for unit in units.values():
            if not is_known(unit):
                raise PydanticCustomError("unit", "Expected units that can be converted")
        return units

    @property
    def zone(self) -> tzinfo | None:
        """Return the zone of times without an offset."""
        return ZoneInfo(self.timezone) if self.timezone is not None else None

    def told(self, measurements: list[Measurement]) -> list[Measurement]:
        """Fill in the units that the route tells where the message did not; returns the same list."""
        if self.units:
            for measurement in measurements:
                if measurement.unit is None:
                    measurement.unit = self.units.get(measurement.quantity)
        return measurements


def read_options(given: Mapping[str, Any], at: Callable[[str], str]) -> DecoderOptions:
    """Return the options of one route; `at` returns where an option stands.

    Raises:
        ManyFaults: some are unknown or have values that they cannot have.
    """
    try:
        return DecoderOptions.model_validate(given)
    except ValidationError as error:
        raise ManyFaults(tuple(_fault(mistake, at) for mistake in mistakes_of(error))) from error


def _fault(mistake: Mistake, at: Callable[[str], str]) -> BadCityFile:
    place = at(mistake.key.partition(".")[0] or "options")
    expected = f"the option {mistake.expected}" if mistake.key else f"`options` {mistake.expected}"
    return BadCityFile(expected=expected, got=mistake.got, at=place)
