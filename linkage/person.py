"""Who acts: a person with roles, a department and perhaps a district."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is on duty for; a person may hold several."""

    MONITOR = "monitor"
    COLLECTOR = "collector"
    ACCEPTOR = "acceptor"
    FOREMAN = "foreman"
    DISPATCHER = "dispatcher"
    OFFICER = "officer"
    HANDLER = "handler"
    LEADER = "leader"
    EVALUATOR = "evaluator"
    OPERATOR = "operator"
    STEWARD = "steward"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody signed in.

    Attributes:
        roles: words of `Role`.
        department: id of the department that officers and handlers act for.
        district: only incidents of this district are theirs to see; empty for the whole city.
        username: what they sign in with, by which rosters know them.
    """

    id: str
    name: str
    roles: frozenset[str]
    department: str = ""
    district: str = ""
    username: str = ""

    def holds(self, roles: frozenset[Role]) -> bool:
        """Tell whether this person holds one of `roles`."""
        return not self.roles.isdisjoint(roles)
