"""Photos: sent under an id of the device's own, shown to those who may see what they belong to."""

from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.errors import documented
from api.fields import RowPath
from api.guard import Changes, Reads
from api.permissions import Right
from api.routes.reports import PHOTO_PATTERN
from api.services import Desk
from api.sessions import Session
from linkage.attachments.photos import Label
from linkage.attachments.views import Kind, PhotoView, TakenIn
from linkage.views import View

router = APIRouter(tags=["photos"])

Reader = Annotated[Session, Depends(Reads(Right.SEE_QUEUE))]
PhotoPath = Annotated[str, Path(pattern=PHOTO_PATTERN)]

_JPEG = "image/jpeg"
_BINARY = {"schema": {"type": "string", "format": "binary"}}

#: A photo never changes; one whose looks are written down is asked for again each time.
_KEEP, _ASK = "private, max-age=3600, immutable", "no-store"


class Jpeg(Response):
    """A photo."""

    media_type = _JPEG


class LabelQuery(BaseModel):
    """What a photo is about."""

    model_config = ConfigDict(frozen=True)

    kind: Kind = "report"
    incident: Annotated[str, Field(pattern=r"^([0-9]{1,18})?$")] = ""
    task: Annotated[str, Field(pattern=r"^([0-9]{1,18})?$")] = ""
    personal: bool = Field(default=False, description="It shows people, plates or papers: every look is written down.")


class PhotoPage(View):
    """An incident's photos, oldest first."""

    items: tuple[PhotoView, ...]


_SENT: dict[str, Any] = {
    "requestBody": {"required": True, "content": dict.fromkeys((_JPEG, "image/png", "image/webp"), _BINARY)}
}
_SHOWN: dict[int | str, dict[str, Any]] = {200: {"description": "The photo.", "content": {_JPEG: _BINARY}}}


@router.put("/photos/{photo}", responses=documented(401, 403, 404, 409), openapi_extra=_SENT)
async def send_photo(
    request: Request,
    desk: Desk,
    sender: Annotated[Session, Depends(Changes(Right.REPORT))],
    photo: PhotoPath,
    label: Annotated[LabelQuery, Query()],
) -> TakenIn:
    """Take in a photo as the body of the request; what it is, its content says. Sent again, it is the same photo."""
    data = await request.body()
    told = Label(id=photo, **label.model_dump())
    photos, person = desk.given.office.photos, sender.user.person
    # Decoding holds a core and up to a hundred MiB, so few photos are decoded at once.
    return await anyio.to_thread.run_sync(photos.take_in, told, data, person, limiter=desk.photo_checks)


@router.get("/photos/{photo}", response_class=Jpeg, responses={**documented(401, 403, 404), **_SHOWN})
def show_photo(
    desk: Desk,
    reader: Reader,
    photo: PhotoPath,
    *,
    small: Annotated[bool, Query(description="The small version, for lists.")] = False,
) -> Jpeg:
    """Return a photo."""
    view, data = desk.given.office.photos.look(photo, reader.user.person, small=small)
    watched = view.personal or view.kind == "snapshot"
    headers = {
        "Content-Disposition": f'inline; filename="{view.id}.jpg"',
        "Cache-Control": _ASK if watched else _KEEP,
    }
    return Jpeg(data, headers=headers)


@router.get("/incidents/{incident}/photos", responses=documented(401, 403, 404))
def photos_of(desk: Desk, reader: Reader, incident: RowPath) -> PhotoPage:
    """List an incident's photos."""
    return PhotoPage(items=desk.given.office.photos.of_incident(incident, reader.user.person))
