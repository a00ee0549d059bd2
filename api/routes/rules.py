"""The rule book in force, why a rule has an alarm open, and why not."""

from collections.abc import Mapping
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import documented
from api.explanation_view import ExplanationView
from api.fields import LONGEST_WORD, Id
from api.guard import Reads
from api.moments import MomentNs
from api.permissions import HOLDERS, Right
from api.scope import sees_district
from api.services import Desk, Services
from api.sessions import Session
from city.errors import NotFound
from linkage.admission.decided import DecidedView, decided
from rules.explanation import Explanation
from rules.schema import json_schema

router = APIRouter(prefix="/rules", tags=["rules"])

Reader = Annotated[Session, Depends(Reads(Right.SEE_RULES))]

#: A rule's id in a path; what cannot be one is simply not found.
RuleId = Annotated[str, Path(min_length=1, max_length=LONGEST_WORD, examples=["underpass-water"])]


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
    """Every rule of the book in force."""

    items: list[RuleView]
    version: str = Field(description="Changes with book, registry and calendar.")
    error: str = Field(
        description="Why newer rule files are not in force: file, line, what was expected and what was found."
    )


class Asked(BaseModel):
    """About which sensor, or place that alarms of the rule are about, and when: now, unless said."""

    model_config = ConfigDict(frozen=True)

    sensor: Id
    at_ns: MomentNs | None = Field(None, alias="at")


class Wanted(BaseModel):
    """Which rules are listed: all, unless a sensor is named."""

    model_config = ConfigDict(frozen=True)

    sensor: Id | None = Field(None, description="Only rules that judge this sensor, or place that alarms are about.")


@router.get("", responses=documented(401, 403, 404))
async def rules(desk: Desk, reader: Reader, wanted: Annotated[Wanted, Query()]) -> Rules:
    """List the rules in force, in the order of the book."""
    feed = desk.given.feed
    status, book = await feed.status(), await feed.rules()
    if wanted.sensor is not None:
        await _seen(desk, reader, wanted.sensor)
        judging = set(await feed.concerning(wanted.sensor))
        book = [rule for rule in book if rule.id in judging]
    items = [RuleView.model_validate(rule) for rule in book]
    return Rules(items=items, version=status.book_version, error=status.book_error)


@router.get("/schema", responses=documented(401, 403))
async def rules_schema(reader: Reader) -> dict[str, Any]:
    """Return the JSON Schema of rule files, by which editors complete and check them."""
    del reader
    return json_schema()


@router.get("/{rule}/explanation", responses=documented(401, 403, 404, 409))
async def explanation(desk: Desk, reader: Reader, rule: RuleId, asked: Annotated[Asked, Query()]) -> ExplanationView:
    """Say why an alarm of a rule stood open about a sensor at a moment, or why not.

    The rule judges again what the history kept, up to that moment; `window` says what was read, and what makes the
    answer less sure.
    """
    await _seen(desk, reader, asked.sensor)
    now_ns = desk.given.clock.now_ns()
    found = await desk.explainer.explain(
        rule, asked.sensor, now_ns if asked.at_ns is None else min(now_ns, asked.at_ns)
    )
    if HOLDERS[Right.SEE_QUEUE].isdisjoint(reader.user.roles):
        return ExplanationView.of(found)
    return ExplanationView.of(found, await anyio.to_thread.run_sync(_decisions, desk, found))


async def _seen(desk: Services, reader: Session, name: str) -> None:
    """Raise NotFound for a sensor of a district that is not this person's; what is no sensor is a place."""
    if await anyio.to_thread.run_sync(desk.directory.known, name):
        sensor = await anyio.to_thread.run_sync(desk.directory.find, name)
        if not sees_district(reader.user, sensor.district):
            raise NotFound("sensor", name)


def _decisions(desk: Services, found: Explanation) -> tuple[DecidedView, ...]:
    targets = [one.target for one in found.targets] or [found.sensor]
    return decided(desk.given.database, found.rule, targets, found.at_ns)
