"""What a person says has happened, as it comes from a report form."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from city.errors import BadRequest
from linkage.opening import CityBook, Report
from linkage.proposing import MAINTAINER, OWNER, TABLE, Proposal, first_that_handles
from linkage.standards import Condition


@dataclass(frozen=True, slots=True)
class Caller:
    """Who called: personal data, seen by few, every look logged."""

    name: str = ""
    phone: str = ""
    call_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One report; what is empty was not said.

    Attributes:
        title: a title of the reporter's own; without one, class and condition are the title.
        priority: the reporter's own judgement; without one, class and condition propose it.
        photos: ids of photos that the reporter has sent before.
    """

    incident_class: str
    source: str
    title: str = ""
    priority: int | None = None
    hotline: str = ""
    condition: str = ""
    component: str = ""
    sensor: str | None = None
    note: str = ""
    longitude: float | None = None
    latitude: float | None = None
    district: str = ""
    place: str = ""
    caller: Caller = Caller()
    photos: tuple[str, ...] = ()

    def facts(self) -> dict[str, object]:
        """Return everything said, for the fingerprint of a request."""
        return asdict(self)


def checked(said: Said, book: CityBook) -> None:
    """Check what only the city's book can know.

    Raises:
        BadRequest: the hotline, condition or component is none of the city's, or what belongs together is apart.
    """
    reports = book.reports
    if said.hotline and reports.hotline(said.hotline) is None:
        known = ", ".join(f"`{hotline.id}`" for hotline in reports.hotlines)
        raise BadRequest(expected=f"one of {known}" if known else "no hotline", got=said.hotline, at="hotline")
    if said.hotline and said.source != "hotline":
        raise BadRequest(expected="source `hotline` with a hotline", got=said.source, at="source")
    if said.condition and _condition(said, book) is None:
        raise BadRequest(expected="a condition of the class", got=said.condition, at="condition")
    if said.component and book.component(said.component) is None:
        raise BadRequest(expected="a registered component", got=said.component, at="component")
    if said.caller.call_back and not said.caller.phone:
        raise BadRequest(expected="a number to call back", got="nothing", at="caller.phone")


def as_report(said: Said, book: CityBook) -> Report:
    """Return the report that opens an incident: with its title, priority, place and the departments proposed."""
    component = book.component(said.component) if said.component else None
    longitude, latitude = said.longitude, said.latitude
    if longitude is None and latitude is None and component is not None:
        longitude, latitude = component.place
    district = said.district if said.district or component is None else component.district
    proposed, why = _proposed(said, book, district)
    names = _names(said, book)
    return Report(
        title=said.title if said.title else names["zh"],
        names={} if said.title else names,
        incident_class=said.incident_class,
        priority=_priority(said, book),
        source=said.source,
        note=said.note,
        sensor=said.sensor,
        longitude=longitude,
        latitude=latitude,
        district=district,
        place=said.place if said.place or component is None else component.name,
        proposed=proposed,
        proposed_why=why,
        condition=said.condition,
    )


def _priority(said: Said, book: CityBook) -> int:
    return book.reports.priority(said.incident_class, said.condition) if said.priority is None else said.priority


def _condition(said: Said, book: CityBook) -> Condition | None:
    conditions = book.standards.of(said.incident_class).conditions
    return next((one for one in conditions if one.id == said.condition and one.id != said.incident_class), None)


def _names(said: Said, book: CityBook) -> dict[str, str]:
    """Return class and condition as a title in both languages."""
    names: Mapping[str, str] = book.standards.of(said.incident_class).name
    condition = _condition(said, book)
    if condition is None:
        return dict(names)
    return {
        "zh": f"{names['zh']}：{condition.name['zh']}",
        "en": f"{names['en']}: {condition.name['en']}",
    }


def _proposed(said: Said, book: CityBook, district: str) -> Proposal:
    """Return whom to propose and why: who looks after the component, else its owner, else the class's table."""
    component = book.component(said.component) if said.component else None
    table = book.reports.department(said.incident_class, district)
    choices = [(table, TABLE)]
    if component is not None:
        choices = [(component.maintainer, MAINTAINER), (component.owner, OWNER), *choices]
    return first_that_handles(book.directory, choices)
