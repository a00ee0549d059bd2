"""The people who can be named in a step: who handles, verifies and checks."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import documented
from api.fields import ID_PATTERN, LONGEST_WORD
from api.guard import Reads
from api.permissions import Right
from api.services import Desk
from linkage.person import Role

router = APIRouter(prefix="/people", tags=["people"])


class Nameable(BaseModel):
    """Somebody who can be named; nothing about them but what a list needs."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    department: str


class WantedPeople(BaseModel):
    """Which people: of any of some roles, and of one department if it is given."""

    model_config = ConfigDict(frozen=True)

    role: Annotated[list[Role], Field(min_length=1, max_length=len(Role))]
    department: str = Field("", max_length=LONGEST_WORD, pattern=ID_PATTERN)


class People(BaseModel):
    """People by name, at most two hundred."""

    model_config = ConfigDict(frozen=True)

    items: tuple[Nameable, ...]


@router.get("", responses=documented(401, 403), dependencies=[Depends(Reads(Right.NAME_PEOPLE))])
def people(desk: Desk, wanted: Annotated[WantedPeople, Query()]) -> People:
    """List who holds one of the roles and may sign in."""
    found = desk.users.holding(wanted.role, wanted.department)
    return People(items=tuple(Nameable(id=str(one.id), name=one.name, department=one.department) for one in found))
