"""What a back-test takes of the city folder and the registry."""

from collections.abc import Iterable

from city.census import Census
from city.entry import NumberedSensor
from city.sensor import Sensor
from liandong.backtest.counting import Organisation
from liandong.backtest.running import Town
from liandong.city_folder import CityFolder
from liandong.places import Places
from liandong.settings import Settings
from liandong.stores import database_at
from linkage.grids import drawn_grids
from linkage.opening import CityBook
from registry.sensors import SensorRegistry


def town_of(settings: Settings, city: CityFolder) -> Town:
    """Return the city as folder and registry have it now.

    Raises:
        StoreUnavailable: there is a registry that does not answer.
    """
    holidays = settings.city / "holidays.toml"
    census = Census.of(NumberedSensor(number, sensor) for number, sensor in enumerate(_sensors(settings, city)))
    return Town(
        catalogue=city.catalogue,
        census=census,
        zone=city.about.zone.key,
        holidays=holidays.read_text("utf-8") if holidays.exists() else "",
        linkage=_linkage(city, census),
        settings=settings.linkage,
        who=Organisation(city.departments, city.roster, city.calendar),
    )


def _sensors(settings: Settings, city: CityFolder) -> Iterable[Sensor]:
    """Return who is registered; of a city that never ran, whom its folder names."""
    if settings.database.url is None and not settings.folder.database.exists():
        return city.sensors
    with database_at(settings.database, settings.folder) as database:
        return list(SensorRegistry(database).all())


def _linkage(city: CityFolder, census: Census) -> CityBook:
    sensors = tuple(one.sensor for one in census)
    places = Places(sensors)
    by_id = {sensor.id: sensor for sensor in sensors}
    return CityBook(
        city.departments,
        city.standards,
        city.about.zone,
        city.calendar,
        lambda name: by_id[name] if name in by_id else places.find(name),
        sensors=lambda: sensors,
        component={one.id: one for one in city.components}.get,
        reports=city.reports,
        plans=city.plans,
        districts=tuple(city.about.districts),
        grids=drawn_grids(city.grids),
    )
