"""The two levels that may work on an incident, the city and one of its districts: who acts, who is asked, who hears.

One supervision, two commands: supervision goes by what a person may see, whichever level works; command is the level's.
"""

from collections.abc import Iterable

from linkage.departments import Axis, Directory
from linkage.person import Person
from linkage.proposing import RULE, TABLE
from linkage.record import IncidentRecord
from linkage.states import Step

#: Steps of command that both levels take: the city urges its districts, and takes back what it passed down.
_OF_BOTH = frozenset({Step.URGE, Step.PASS_UP})


def commands(person: Person, incident: IncidentRecord, step: Step) -> bool:
    """Tell whether a step of command is for this person's level: an incident's own, or the city's for those of both."""
    return person.district == incident.jurisdiction or (step in _OF_BOTH and person.district == "")


def whose(incident: IncidentRecord, step: Step) -> str:
    """Return whom a refusal names."""
    level = f"dispatchers of district {incident.jurisdiction}" if incident.jurisdiction else "dispatchers of the city"
    return f"{level}, or of the city" if incident.jurisdiction and step in _OF_BOTH else level


def of_level(names: Iterable[str], directory: Directory, jurisdiction: str) -> tuple[str, ...]:
    """Return those departments that handle and that this level dispatches to: a district only to its own."""
    return tuple(
        name
        for name in directory.handling(names)
        if not jurisdiction or (found := directory.find(name)) is None or found.district == jurisdiction
    )


def desks(axis: Axis, incident: IncidentRecord, directory: Directory) -> tuple[str, ...]:
    """Return the desks of `axis` that work on an incident: the district's own where it works on it and has one."""
    known = directory.desks(axis, incident.district)
    if not incident.jurisdiction:
        return known
    own = tuple(name for name in known if (one := directory.find(name)) and one.district == incident.jurisdiction)
    return own if own else known


def passed_down(incident: IncidentRecord, directory: Directory, table: str) -> tuple[list[str], dict[str, str]]:
    """Return whom the district's level proposes, with reasons: its own of those proposed, and its table's department.

    The reasons of those that the city proposed are kept, by which `passed_up` finds them again.
    """
    reasons = {name: incident.proposed_why.get(name, RULE) for name in incident.proposed} | incident.proposed_why
    proposed = of_level((*incident.proposed, table), directory, incident.district)
    return list(proposed), {**dict.fromkeys(proposed, TABLE), **reasons}


def passed_up(incident: IncidentRecord, directory: Directory) -> list[str]:
    """Return whom the city proposes: everybody for whom there is a reason, the city's own first."""
    named = directory.handling([*incident.proposed_why, *incident.proposed])
    return sorted(named, key=lambda name: (one := directory.find(name)) is not None and one.district != "")
