"""The kinds of faults, by name: a new one is a line in the file of its domain, a new domain one here."""

from simulators.faults import air, harmless, power, rooms, sensors, silence, stories, traffic, video, water
from simulators.faults.kind import FaultKind

#: Those that ought to be found.
FAULTS: dict[str, FaultKind] = {
    kind.name: kind
    for domain in (rooms, power, water, air, traffic, video, silence, sensors, stories)
    for kind in domain.KINDS
}

#: Those that ought to be noticed by nobody.
HARMLESS: dict[str, FaultKind] = {kind.name: kind for kind in harmless.KINDS}
