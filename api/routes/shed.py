"""The ledger of what ingest let go: messages that were acknowledged and not kept, by hour, source and reason."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import documented
from api.fields import LARGEST
from api.guard import Reads
from api.page import Page, next_key
from api.permissions import Right
from api.services import Desk
from city.clock import iso
from city.intake import Shed
from linkage.views import Moment

router = APIRouter(prefix="/shed", tags=["status"], dependencies=[Depends(Reads(Right.SEE_STATUS))])


class ShedView(BaseModel):
    """What one source sent beyond a quota within an hour."""

    model_config = ConfigDict(frozen=True)

    id: int
    source: str = Field(description="As `sources.toml` names it; `others` for those it does not name.")
    reason: str = Field(description="`source_rate`: its own quota; `city_rate`: that of all together.")
    messages: int
    size: int = Field(description="Bytes of topics and payloads.")
    first: Moment
    last: Moment

    @classmethod
    def of(cls, row: Shed) -> "ShedView":
        """Return the view of a row."""
        return cls(
            id=row.id,
            source=row.source,
            reason=row.reason,
            messages=row.messages,
            size=row.size,
            first=iso(row.first_ns),
            last=iso(row.last_ns),
        )


class WantedShed(BaseModel):
    """Which rows."""

    model_config = ConfigDict(frozen=True)

    before: Annotated[int, Field(ge=0, le=LARGEST, description="Go on before this (`next`); 0: from the newest.")] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 100


@router.get("", responses=documented(401, 403))
async def shed(desk: Desk, wanted: Annotated[WantedShed, Query()]) -> Page[ShedView]:
    """List what was shed, newest first."""
    found = await desk.given.feed.shed(wanted.before, wanted.limit)
    return Page(items=[ShedView.of(one) for one in found], next=next_key([one.id for one in found], wanted.limit))
