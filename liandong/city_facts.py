"""The city folder as the API tells it."""

from api.city_facts import City, CityFacts, ClassFacts, DepartmentFacts, QuantityFacts
from city.catalogue import Catalogue
from liandong.city_folder import CityFolder
from linkage.views import Names


def city_facts(city: CityFolder, *, version: str, demo: bool) -> CityFacts:
    """Return what the API and the console need to know of the city."""
    about = city.about
    told = City(
        name=Names(**about.name),
        timezone=about.zone.key,
        center=about.center,
        zoom=about.zoom,
        bounds=about.bounds,
        districts=tuple(about.districts),
        district_names={district: Names(**names) for district, names in about.districts.items()},
        departments=tuple(
            DepartmentFacts(
                id=one.id, name=Names(**one.name), axis=one.axis.value, level=one.level, district=one.district
            )
            for one in city.departments
        ),
        classes=tuple(ClassFacts(id=one.id, name=Names(**one.name), code=one.code) for one in city.standards),
        quantities=_quantities(city.catalogue),
        version=version,
        demo=demo,
    )
    return CityFacts(told, basemap=city.basemap, grids=city.grids)


def _quantities(catalogue: Catalogue) -> dict[str, QuantityFacts]:
    return {
        name: QuantityFacts(
            unit=quantity.unit,
            name=Names(zh=quantity.names.get("zh", name), en=quantity.names.get("en", name)),
            kind=quantity.kind.value,
            minimum=quantity.minimum,
            maximum=quantity.maximum,
        )
        for name, quantity in catalogue.quantities.items()
    }
