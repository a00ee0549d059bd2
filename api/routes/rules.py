"""The rule book in force."""

from collections.abc import Mapping

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict

from api.errors import documented
from api.guard import Reads
from api.permissions import Right
from api.services import Desk

router = APIRouter(prefix="/rules", tags=["rules"], dependencies=[Depends(Reads(Right.SEE_RULES))])


class RuleView(BaseModel):
    """One rule: what it says, where it stands, and how many sensors it watches."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: str
    name: Mapping[str, str]
    kind: str
    source: str
    file: str
    line: int
    domain: str
    quantity: str
    levels: Mapping[str, str]
    sensors: int
    active: int
    incident_class: str
    priority: Mapping[str, int]
    departments: tuple[str, ...]
    text: str


class Rules(BaseModel):
    """Every rule of the book."""

    items: list[RuleView]


@router.get("", responses=documented(401, 403))
async def rules(desk: Desk) -> Rules:
    """List the rules in force."""
    return Rules(items=[RuleView.model_validate(rule) for rule in await desk.given.feed.rules()])
