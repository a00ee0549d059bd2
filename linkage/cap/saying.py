"""What is said of an incident: a pure function from the record to a notice."""

from city.level import Domain, Level
from city.place import Place
from linkage.cap.atlas import Atlas
from linkage.cap.model import Area, Circle
from linkage.cap.notice import SEVERITY_OF, Notice
from linkage.cap.notice import Place as NamedPlace
from linkage.cap.words import Category, Certainty, ResponseType, Severity, Urgency
from linkage.record import IncidentRecord
from linkage.states import Disposition

_CATEGORY_OF = {
    Domain.TRAFFIC: Category.TRANSPORT,
    Domain.ENVIRONMENT: Category.ENV,
    Domain.MACHINE_ROOM: Category.INFRA,
    Domain.VIDEO: Category.SECURITY,
}

#: Severity of an alarm's level, where no warning colour says more.
_SEVERITY_OF = {
    Level.CRITICAL: Severity.SEVERE,
    Level.MAJOR: Severity.MODERATE,
    Level.NOTICE: Severity.MINOR,
}

_FALSE = frozenset({Disposition.FALSE_RULE, Disposition.FALSE_SENSOR, Disposition.FALSE_PERSON})


def about_incident(incident: IncidentRecord, event: dict[str, str], atlas: Atlas, radius_km: float) -> Notice:
    """Return what is said of an incident as it stands; `event` is the name of its class."""
    return Notice(
        subject=f"incident:{incident.id}",
        event=event,
        headline=incident.title,
        description=_description(incident, atlas),
        instruction={language: "\n".join(lines) for language, lines in incident.first_actions.items()},
        category=_CATEGORY_OF.get(Domain(incident.domain), Category.SAFETY) if incident.domain else Category.SAFETY,
        urgency=Urgency.IMMEDIATE if incident.priority <= 2 else Urgency.EXPECTED,
        severity=_severity(incident),
        # A sensor's fact is observed; so is what somebody verified. A report alone is likely.
        certainty=Certainty.OBSERVED if incident.by_alarm or incident.verified_ns is not None else Certainty.LIKELY,
        response_types=(ResponseType.AVOID,) if incident.longitude is not None else (ResponseType.MONITOR,),
        colour=incident.warning_level,
        event_code=incident.incident_class,
        parameters=_parameters(incident),
        places=(_place(incident, atlas, radius_km),),
        onset_ns=incident.happened_ns,
        drill=incident.drill,
        over=not incident.is_open,
        incident=incident.id,
        numbers=(incident.number,),
    )


def _severity(incident: IncidentRecord) -> Severity:
    if incident.warning_level:
        return SEVERITY_OF[incident.warning_level]
    return _SEVERITY_OF[Level(incident.level)] if incident.level else Severity.UNKNOWN


def _description(incident: IncidentRecord, atlas: Atlas) -> dict[str, str]:
    if incident.is_open:
        spot = atlas.spot(incident.place)
        return {"zh": f"地点：{spot['zh']}", "en": f"Place: {spot['en']}"} if incident.place else {}
    if incident.disposition in _FALSE:
        return {"zh": "经核实，情况不属实", "en": "Verified: it was not so"}
    return {"zh": "处置结束", "en": "It has been dealt with"}


def _parameters(incident: IncidentRecord) -> dict[str, str]:
    """Return the scales, each under its own name."""
    found = {
        "priority": str(incident.priority),
        "level": Level(incident.level).word if incident.level else "",
        "event_grade": incident.event_grade,
        "response_level": incident.response_level,
        "state": str(incident.state),
    }
    return {name: value for name, value in found.items() if value}


def _place(incident: IncidentRecord, atlas: Atlas, radius_km: float) -> NamedPlace:
    if incident.longitude is None or incident.latitude is None:
        return atlas.place(incident.district)
    circle = Circle(Place(round(incident.longitude, 6), round(incident.latitude, 6)), radius_km)
    names = {
        language: " ".join(part for part in (name, atlas.spot(incident.place)[language]) if part)
        for language, name in atlas.name(incident.district).items()
    }
    return NamedPlace(name=names, area=Area(description="place", circles=(circle,)))
