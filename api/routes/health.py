"""What machines ask: alive, ready, and the counters."""

from collections.abc import Mapping
from hmac import compare_digest
from ipaddress import ip_address
from typing import Any, Literal

import anyio.to_thread
from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from api.errors import Unauthenticated, documented
from api.guard import Open
from api.metrics import CONTENT_TYPE, STREAMS_OPEN, page
from api.services import Desk, Services
from api.trouble_words import words_of
from city.errors import StoreUnavailable
from linkage.troubles import troubles as troubles_of_desk

router = APIRouter(tags=["health"], dependencies=[Depends(Open())])

_TEXT: dict[int | str, dict[str, Any]] = {
    200: {"description": "Prometheus' text format.", "content": {"text/plain": {"schema": {"type": "string"}}}}
}


class Alive(BaseModel):
    """This process answers."""

    status: Literal["ok"] = "ok"


class Ready(BaseModel):
    """Everything that is needed answers."""

    status: Literal["ok"] = "ok"
    checks: Mapping[str, Literal["ok"]]
    troubles: tuple[str, ...] = Field((), description="What does not keep the city from its work, with its time.")


@router.get("/healthz", responses=documented())
async def healthz(desk: Desk) -> Alive:
    """Tell that this process is alive; 503 when it ends, or needs to be started again."""
    if desk.hub.closed:
        raise StoreUnavailable("live", "changes are not followed any more")
    return Alive()


@router.get("/readyz", responses=documented())
async def readyz(desk: Desk) -> Ready:
    """Tell that database, ingest and broker answer; 503 names what does not, and since when."""
    own = await anyio.to_thread.run_sync(troubles_of_desk, desk.given.database)
    status = await desk.given.feed.status()
    troubles = tuple(words_of(one) for one in (*status.troubles, *own))
    stopped = any(one.kind == "intake_stopped" for one in status.troubles)
    if not status.listening or stopped:
        away = ", ".join(broker.name for broker in status.brokers if broker.required and not broker.connected)
        said = "; ".join((f"ingest is not connected and caught up{away and f': {away}'}", *troubles))
        raise StoreUnavailable("broker" if not stopped else "ingest", said)
    return Ready(checks={"database": "ok", "ingest": "ok", "broker": "ok"}, troubles=troubles)


@router.get("/metrics", response_class=Response, responses={**documented(401), **_TEXT})
async def metrics(request: Request, desk: Desk) -> Response:
    """Return the counters of this process and of ingest, to this machine or to who bears the metrics token."""
    _check_scraper(request, desk)
    STREAMS_OPEN.set(len(desk.hub))
    try:
        counters: Mapping[str, float] = (await desk.given.feed.status()).counters
        reached = 1.0
    except StoreUnavailable:
        counters, reached = {}, 0.0
    return Response(page({**counters, "ingest_up": reached}), media_type=CONTENT_TYPE)


def _check_scraper(request: Request, desk: Services) -> None:
    token = desk.given.settings.metrics_token
    if token is None:
        if not _is_here(request):
            raise Unauthenticated(detail="Expected a request from this machine, or a metrics token in the settings")
        return
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not compare_digest(given.encode("utf-8", "replace"), token.get_secret_value().encode()):
        raise Unauthenticated(detail="Expected the metrics token", at="Authorization")


def _is_here(request: Request) -> bool:
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False
