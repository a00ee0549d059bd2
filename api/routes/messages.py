"""What departments and people were told, and what became of it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import documented
from api.fields import LARGEST, Word
from api.guard import Reads
from api.page import Page, next_key
from api.permissions import Right
from api.services import Desk
from api.sessions import Session
from linkage.telling import sent
from linkage.telling.sent import SentView

router = APIRouter(prefix="/messages", tags=["messages"])


class WantedMessages(BaseModel):
    """Which messages; what is left out asks for nothing in particular."""

    model_config = ConfigDict(frozen=True)

    incident: Annotated[str | None, Field(pattern=r"^[0-9]{1,18}$")] = None
    channel: Word = ""
    department: Word = ""
    state: Literal["", "waiting", "sent", "failed", "held", "summed_up", "replaced"] = ""
    kind: Word = ""
    before: Annotated[int | None, Field(ge=0, le=LARGEST, description="Go on before this (`next`).")] = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


@router.get("", responses=documented(401, 403))
def messages(
    desk: Desk,
    reader: Annotated[Session, Depends(Reads(Right.SEE_QUEUE))],
    wanted: Annotated[WantedMessages, Query()],
) -> Page[SentView]:
    """List messages of incidents that the caller may see, newest first."""
    asked = sent.WantedMessages(**wanted.model_dump(exclude={"limit"}))
    items = desk.given.telling.messages.page(reader.user.person, asked, wanted.limit)
    return Page(items=items, next=next_key([one.id for one in items], wanted.limit))
