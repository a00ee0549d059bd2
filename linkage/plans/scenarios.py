"""The scenarios of drills in a plan's file."""

from city.level import PRIORITIES
from city.yaml_lines import Located
from linkage.plans.fields import between, each, ident, minutes
from linkage.plans.scenario import Inject, Scenario
from linkage.scales import COLOURS, LEVELS
from linkage.warnings.categories import CATEGORIES

_OPTIONAL = ("district", "place", "longitude", "latitude", "note", "level", "warning", "injects")


def scenario_of(entry: Located) -> Scenario:
    """Return one scenario.

    Raises:
        BadCityFile: naming the line, what was expected and what was found.
    """
    found = entry.fields(("id", "name", "title", "priority"), _OPTIONAL)
    longitude, latitude = _degrees(found.get("longitude"), 180), _degrees(found.get("latitude"), 90)
    if (longitude is None) is not (latitude is None):
        raise entry.wrong(expected="longitude and latitude together", got="one of them")
    return Scenario(
        id=ident(found["id"]),
        name=found["name"].names(),
        title=found["title"].names(),
        priority=between(found["priority"], PRIORITIES[0], PRIORITIES[-1]),
        district=found["district"].text() if "district" in found else "",
        place=found["place"].text() if "place" in found else "",
        longitude=longitude,
        latitude=latitude,
        note=found["note"].names() if "note" in found else {},
        level=found["level"].word(LEVELS) if "level" in found else "",
        warning=_warning(found["warning"]) if "warning" in found else {},
        injects=tuple(sorted(each(found.get("injects"), _inject), key=lambda inject: inject.after_min)),
        line=entry.line,
    )


def _inject(entry: Located) -> Inject:
    found = entry.fields(("after_min", "text"))
    return Inject(after_min=minutes(found["after_min"]), text=found["text"].names())


def _warning(entry: Located) -> dict[str, str]:
    found = entry.fields(("category", "level"))
    return {"category": found["category"].word(tuple(CATEGORIES)), "level": found["level"].word(COLOURS)}


def _degrees(entry: Located | None, most: int) -> float | None:
    if entry is None:
        return None
    degrees = entry.number()
    if not -most <= degrees <= most:
        raise entry.wrong(expected=f"-{most} to {most}")
    return degrees
