"""Which quantity a metric's path names: `Battery/Charge`, `Lane1/Speed`, `Temperature/Inlet`."""

from functools import lru_cache
from typing import NamedTuple

from city.catalogue import default_catalogue


class Named(NamedTuple):
    """A quantity, and which of several it is."""

    quantity: str
    label: str = ""


#: Of path and unit together: a name has at most two hundred characters.
_LONGEST = 400
#: Units that say of a bare `Count` what is counted.
_COUNTED = {"veh": "vehicle_count", "vehicles": "vehicle_count", "persons": "people_count", "people": "people_count"}


def named(path: str, unit: str | None = None) -> Named:
    """Return what `path` names: its last two words as one, else its last, else its first; the rest is the label.

    A path in which nothing is known keeps its last word as the quantity, which a city's catalogue may know.
    """
    is_short = len(path) + len(unit or "") <= _LONGEST  # nothing that a sender makes long is remembered
    return _remembered(path, unit) if is_short else _named(path, unit)


def _named(path: str, unit: str | None) -> Named:
    words = [word.strip() for word in path.split("/") if word.strip()]
    if len(words) < 2:
        return Named(words[0] if words else path)
    find = default_catalogue().find
    *before, last = words
    both = find("_".join(words[-2:]))
    if both is not None:
        return Named(both.name, "/".join(before[:-1]))
    if last.lower() == "count" and unit in _COUNTED:
        return Named(_COUNTED[unit], "/".join(before))
    if find(last) is None and find(words[0]) is not None:
        return Named(words[0], "/".join(words[1:]))
    return Named(last, "/".join(before))


_remembered = lru_cache(maxsize=4096)(_named)
