"""What departments were told, and what became of it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import documented
from api.guard import Reads
from api.permissions import Right
from api.services import Desk
from api.sessions import Session
from linkage.views import MessageView

router = APIRouter(prefix="/messages", tags=["messages"])


class WantedMessages(BaseModel):
    """Which messages."""

    model_config = ConfigDict(frozen=True)

    incident: Annotated[str | None, Field(pattern=r"^[0-9]{1,18}$")] = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class Messages(BaseModel):
    """Messages, newest first."""

    items: list[MessageView]


@router.get("", responses=documented(401, 403))
def messages(
    desk: Desk,
    reader: Annotated[Session, Depends(Reads(Right.SEE_QUEUE))],
    wanted: Annotated[WantedMessages, Query()],
) -> Messages:
    """List messages of incidents that the caller may see."""
    return Messages(items=desk.given.live.messages(reader.user.person, incident=wanted.incident, limit=wanted.limit))
