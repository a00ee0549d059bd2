"""The channels by which messages leave, for those who look after them."""

from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict, Field

from api.errors import documented
from api.fields import ID_PATTERN
from api.guard import Changes, Reads
from api.permissions import Right
from api.services import Desk
from api.sessions import Session
from linkage.telling.channels import ChannelView

log = structlog.get_logger()

router = APIRouter(prefix="/channels", tags=["channels"])


class ChannelList(BaseModel):
    """Every channel, in order of name."""

    items: list[ChannelView]


class TestMessage(BaseModel):
    """Where a test message goes, on a channel that needs a number."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    phone: str = Field("", max_length=30, pattern=r"^[0-9+() -]*$", description="Telephone number, for text messages.")


class Written(BaseModel):
    """The message that was written; what became of it is told by `/messages`."""

    message: str


@router.get("", responses=documented(401, 403))
def channels(desk: Desk, reader: Annotated[Session, Depends(Reads(Right.SEE_CHANNELS))]) -> ChannelList:
    """Tell how every channel is, and its last answer."""
    del reader
    return ChannelList(items=desk.given.telling.channels.all())


@router.post("/{channel}/test", status_code=201, responses=documented(401, 403, 404))
def test_channel(
    desk: Desk,
    operator: Annotated[Session, Depends(Changes(Right.TEST_CHANNELS))],
    channel: Annotated[str, Path(min_length=1, max_length=64, pattern=ID_PATTERN)],
    body: TestMessage,
) -> Written:
    """Write a test message, which goes out as any other; it says who sent it."""
    message = desk.given.telling.channels.test(channel, operator.user.person, body.phone)
    log.info("channel_tested", channel=channel, user=operator.user.username)
    return Written(message=message)
