"""Resources of LwM2M in SenML's names, `/3303/0/5700`: what an object of the IPSO registry measures."""

import re

#: Object -> quantity, unit where the record tells none (OMA LwM2M registry, IPSO Smart Objects).
_OBJECTS = {
    "3301": ("illuminance", None), "3303": ("temperature", None), "3304": ("humidity", None),
    "3305": ("power", None), "3313": ("acceleration", None), "3315": ("atmospheric_pressure", None),
    "3316": ("voltage", None), "3317": ("current", None), "3318": ("frequency", None), "3319": ("depth", None),
    "3320": ("percentage", None), "3322": ("weight", None), "3323": ("pressure", None), "3324": ("noise_level", None),
    "3325": ("concentration", None), "3326": ("ph", "pH"), "3327": ("conductivity", None), "3328": ("power", None),
    "3329": ("power_factor", ""), "3330": ("distance", None), "3331": ("energy", None), "3428": ("pm25", None),
    "3302": ("occupied", ""), "3200": ("digital_input", ""), "3202": ("analog_input", None), "3300": ("value", None),
}  # fmt: skip
#: Resources that are the value itself, or a state; others of an object are extremes, ranges, units, counters.
_VALUES = frozenset({"5700", "5500", "5600", "5800"})
_NAME = re.compile(r"(?P<who>.*?)/?(?P<object>\d{3,5})/(?P<instance>\d{1,5})/(?P<resource>\d{1,5})", re.ASCII)


def is_resource(name: str) -> bool:
    """Return whether a name ends as a resource's path does."""
    found = _NAME.fullmatch(name)
    return found is not None and found["object"] in _OBJECTS


def meant(name: str) -> tuple[str, str | None] | None:
    """Return what a resource measures; None for a resource that is no value."""
    found = _NAME.fullmatch(name)
    if found is None or found["resource"] not in _VALUES:
        return None
    return _OBJECTS.get(found["object"])
