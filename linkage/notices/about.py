"""What a notice for the public is about: a warning or a response, and who must sign for it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from city.errors import BadRequest, IllegalTransition, NotFound
from linkage import cases
from linkage.cap.atlas import Atlas
from linkage.permissions import may_see
from linkage.person import Person, Role
from linkage.plans import activation as responses
from linkage.record import Case
from linkage.warnings.tables import WARNINGS

#: What stands for the place of an incident that has none.
_WHOLE_CITY = {"zh": "全市", "en": "several places in the city"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A warning or a response, exactly one of them, by number."""

    warning: int | None = None
    activation: int | None = None

    def check(self) -> None:
        """Raise BadRequest unless it is exactly one."""
        if (self.warning is None) is (self.activation is None):
            got = "none" if self.warning is None else "both"
            raise BadRequest(expected="a warning or a response", got=got, at="about")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a subject: its mode, its incident, the role that signs, and the words the plan has ready."""

    drill: bool
    case: Case | None
    signer: str
    template: dict[str, str]


def known(connection: Connection, subject: Subject, person: Person, atlas: Atlas) -> Known:
    """Return what is known of a subject.

    Raises:
        NotFound: it is not there, or its incident is not this person's to see.
        IllegalTransition: the warning was cancelled, or the response has ended.
    """
    if subject.activation is None:
        return _warning(connection, subject.warning, person)
    found = responses.load(connection, subject.activation)
    if found.ended_ns is not None:
        raise IllegalTransition("draft_notice", state="ended", legal=(), at=f"activation {found.id}")
    case = _case(connection, found.incident, person)
    level = found.plan_copy().level(found.level)
    assert level is not None  # a response runs at a level of its plan
    return Known(found.drill, case, level.commander_role, filled(level.public, case, atlas))


def filled(template: object, case: Case | None, atlas: Atlas) -> dict[str, str]:
    """Return a plan's words with the place of the case put in; nothing for a level that has none."""
    if not isinstance(template, Mapping) or case is None:
        return {}
    incident = case.incident
    district = atlas.name(incident.district) if incident.district else _WHOLE_CITY
    place = atlas.spot(incident.place) if incident.place else district
    return {language: str(words).replace("{place}", place[language]) for language, words in template.items()}


def _warning(connection: Connection, number: int | None, person: Person) -> Known:
    row = connection.execute(select(WARNINGS).where(WARNINGS.c.id == number)).mappings().one_or_none()
    if row is None:
        raise NotFound("warning", number)
    if row["cancelled_ns"] is not None:
        raise IllegalTransition("draft_notice", state="cancelled", legal=(), at=f"warning {number}")
    case = None if row["incident"] is None else _case(connection, row["incident"], person)
    # The law has the government warn the public (Emergency Response Law 2024 Art. 63 and 64): the leader on duty.
    return Known(row["drill"], case, Role.LEADER, {})


def _case(connection: Connection, incident: int, person: Person) -> Case:
    case = cases.load(connection, incident)
    if case is None or not may_see(person, case):
        raise NotFound("incident", incident)
    return case
