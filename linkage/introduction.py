"""What the log says of an incident when it begins, for people, and for evaluation, which reads nothing else of it."""

from linkage.record import IncidentRecord

_NAMES = (
    "number",
    "title",
    "incident_class",
    "domain",
    "priority",
    "source",
    "level",
    "rule",
    "sensor",
    "longitude",
    "latitude",
    "district",
    "place",
    "first_actions",
    "proposed",
    "opened_ns",
    "happened_ns",
    "late",
    "recorded",
    "drill",
)


def introduced(incident: IncidentRecord) -> dict[str, object]:
    """Return what an opening says of the incident, by column."""
    return {name: getattr(incident, name) for name in _NAMES}
