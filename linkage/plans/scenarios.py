"""The scenarios of drills in a plan's file."""

from itertools import pairwise

from city.level import PRIORITIES
from city.yaml_lines import Located
from linkage.plans.fields import between, each, ident, minutes
from linkage.plans.scenario import Inject, Scenario
from linkage.plans.track import Track
from linkage.scales import COLOURS, LEVELS
from linkage.warnings.categories import CATEGORIES

_OPTIONAL = ("district", "place", "longitude", "latitude", "note", "level", "warning", "injects", "sensors")


#: A day of an exercise, minutes, and points that somebody can still read.
_LONGEST_MIN, _MOST_POINTS = 1440, 200


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
        tracks=each(found.get("sensors"), _track),
        line=entry.line,
    )


def _track(entry: Located) -> Track:
    found = entry.fields(("sensor", "quantity", "points"), ("unit", "every_s"))
    points = tuple(_point(one) for one in found["points"].items())
    if not 1 <= len(points) <= _MOST_POINTS or any(one[0] >= two[0] for one, two in pairwise(points)):
        raise found["points"].wrong(expected=f"1 to {_MOST_POINTS} points, each later than the one before")
    return Track(
        sensor=found["sensor"].text(),
        quantity=found["quantity"].text(),
        unit=found["unit"].text() if "unit" in found else "",
        every_s=between(found["every_s"], 1, 3600) if "every_s" in found else 10,
        points=points,
        line=entry.line,
    )


def _point(entry: Located) -> tuple[float, float]:
    members = entry.items()
    if len(members) != 2:
        raise entry.wrong(expected="a minute and a value, such as `[5, 30]`")
    minute = members[0].number()
    if not 0 <= minute <= _LONGEST_MIN:
        raise members[0].wrong(expected=f"0 to {_LONGEST_MIN} minutes")
    return minute, members[1].number()


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
