"""The city folder as the API tells it."""

from api.city_facts import City, CityFacts, ClassFacts, ConditionFacts, DepartmentFacts, QuantityFacts
from city.catalogue import Catalogue
from liandong.city_folder import CityFolder
from linkage.standards import Standard
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
        site_names={site: Names(**names) for site, names in city.sites.items()},
        departments=tuple(
            DepartmentFacts(
                id=one.id, name=Names(**one.name), axis=one.axis.value, level=one.level, district=one.district
            )
            for one in city.departments
        ),
        classes=tuple(_class(one) for one in city.standards),
        quantities=quantity_facts(city.catalogue),
        version=version,
        demo=demo,
    )
    return CityFacts(told, basemap=city.basemap, grids=city.grids, catalogue=city.catalogue)


def _class(standard: Standard) -> ClassFacts:
    conditions = tuple(
        ConditionFacts(id=one.id, name=Names(**one.name), limit=str(one.handle), closing=Names(**one.closing))
        for one in standard.conditions
    )
    return ClassFacts(
        id=standard.id,
        name=Names(**standard.name),
        code=standard.code,
        conditions=conditions,
        reopen=None if standard.reopen is None else str(standard.reopen),
    )


def quantity_facts(catalogue: Catalogue) -> dict[str, QuantityFacts]:
    """Return the quantities as screens name them."""
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
