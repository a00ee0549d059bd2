"""What the API tells about the city itself, gathered once at start from the city folder."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from city.catalogue import Catalogue
from linkage.views import Names


class DepartmentFacts(BaseModel):
    """A department as screens name it."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: Names
    axis: Literal["supervision", "command", "department"]
    level: str
    district: str


class ConditionFacts(BaseModel):
    """A case of a class: what makes it one, how long handling may take, and when it is over."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: Names
    limit: str = Field(description="Such as `2 urgent_hour`.")
    closing: Names


class ClassFacts(BaseModel):
    """A class of incident as screens name it."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: Names
    code: str
    conditions: tuple[ConditionFacts, ...] = Field((), description="One is chosen at filing; the first where none is.")
    reopen: str | None = Field(None, description="How long after closing the same alarm reopens, if not as usual.")


class QuantityFacts(BaseModel):
    """A quantity: its unit, its kind and what is plausible."""

    model_config = ConfigDict(frozen=True)

    unit: str
    name: Names
    kind: str
    minimum: float | None
    maximum: float | None


class City(BaseModel):
    """The city: names, places and words that every screen needs."""

    model_config = ConfigDict(frozen=True)

    name: Names
    timezone: str = Field(description="IANA time zone of the city's clocks.")
    center: tuple[float, float] = Field(description="Longitude and latitude, WGS-84 degrees.")
    zoom: float
    bounds: tuple[float, float, float, float] | None = Field(description="West, south, east, north.")
    districts: tuple[str, ...]
    district_names: Mapping[str, Names]
    site_names: Mapping[str, Names] = Field({}, description="By the word that sensors and incidents give for a site.")
    departments: tuple[DepartmentFacts, ...]
    classes: tuple[ClassFacts, ...]
    quantities: Mapping[str, QuantityFacts]
    version: str = Field(description="Version of the program.")
    demo: bool


@dataclass(slots=True)
class CityFacts:
    """The city, and its two map layers as GeoJSON text; what changes of it while the desk runs is told by `know`."""

    city: City
    basemap: bytes
    grids: bytes
    catalogue: Catalogue = field(default_factory=lambda: Catalogue({}))

    def know(self, catalogue: Catalogue, quantities: Mapping[str, QuantityFacts]) -> None:
        """Have the quantities of this catalogue from now on."""
        self.catalogue = catalogue
        self.city = self.city.model_copy(update={"quantities": quantities})

    def unit_of(self, series: str) -> str:
        """Return the unit of a series, labelled or not; empty for what the catalogue does not know, or is doubtful."""
        known = self.city.quantities.get(series.partition("/")[0])
        return known.unit if known is not None else ""

    def is_department(self, department: str) -> bool:
        """Tell whether the city has this department."""
        return any(known.id == department for known in self.city.departments)

    def is_district(self, district: str) -> bool:
        """Tell whether the city has this district."""
        return district in self.city.districts
