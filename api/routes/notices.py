"""Notices for the public: drafted at the duty desks, signed by the role that leads, and what became of them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import documented
from api.fields import LARGEST, RowPath, SaidNote
from api.guard import Changes, Reads
from api.permissions import Right
from api.services import Desk
from api.sessions import Session
from linkage.notices.about import Subject
from linkage.notices.notices import MAX_LIMIT
from linkage.notices.views import NoticeView

router = APIRouter(prefix="/public-notices", tags=["warnings"])

Reader = Annotated[Session, Depends(Reads(Right.SEE_RESPONSES))]
Writer = Annotated[Session, Depends(Changes(Right.DRAFT_NOTICE))]
# Who signs for which notice, the plan or the law says: linkage decides.
Signer = Annotated[Session, Depends(Changes(Right.SIGN_NOTICE))]

Row = Annotated[int, Field(ge=1, le=LARGEST)]

#: A text message of the public channels in many parts, a post on a screen: as long as a warning's own words.
Words = Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")]


class WantedNotices(BaseModel):
    """Which notices; about one warning or response, or all."""

    model_config = ConfigDict(frozen=True)

    warning: Row | None = None
    activation: Row | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 100


class NoticePage(BaseModel):
    """Notices, newest first."""

    items: list[NoticeView]


class NewNotice(BaseModel):
    """A notice about a warning or a response; without a text it begins with the plan's own words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    warning: Row | None = None
    activation: Row | None = None
    zh: Words = ""
    en: Words = ""


class Refusal(BaseModel):
    """Why nobody signs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: SaidNote


@router.get("", responses=documented(401, 403))
def notices(desk: Desk, _: Reader, wanted: Annotated[WantedNotices, Query()]) -> NoticePage:
    """List notices for the public."""
    about = Subject(warning=wanted.warning, activation=wanted.activation)
    return NoticePage(items=desk.given.plans.notices.page(about, wanted.limit))


@router.post("", status_code=201, responses=documented(401, 403, 404, 409))
def draft(desk: Desk, writer: Writer, body: NewNotice) -> NoticeView:
    """Draft a notice; nothing is sent before it is signed."""
    about = Subject(warning=body.warning, activation=body.activation)
    number = desk.given.plans.notices.draft(about, {"zh": body.zh, "en": body.en}, writer.user.person)
    return desk.given.plans.notices.one(number)


@router.post("/{notice}/sign", responses=documented(401, 403, 404, 409))
def sign(desk: Desk, signer: Signer, notice: RowPath) -> NoticeView:
    """Sign for a notice, and send it by every public channel."""
    desk.given.plans.notices.sign(int(notice), signer.user.person)
    return desk.given.plans.notices.one(int(notice))


@router.post("/{notice}/refuse", responses=documented(401, 403, 404, 409))
def refuse(desk: Desk, signer: Signer, notice: RowPath, body: Refusal) -> NoticeView:
    """Refuse to sign, with a reason."""
    desk.given.plans.notices.refuse(int(notice), body.note, signer.user.person)
    return desk.given.plans.notices.one(int(notice))
