"""The API as one ASGI application."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from api.collaborators import Given
from api.console import serve_console
from api.errors import ErrorAnswers
from api.flattened import flattened
from api.incident_news import IncidentNews
from api.keeping_up import keep_up
from api.metrics import CountedRequests
from api.openapi import install_openapi
from api.routes import (
    ack,
    activations,
    audit,
    backtests,
    calendars,
    cap,
    channels,
    city,
    components,
    discovery,
    downloads,
    drills,
    duty,
    escalations,
    evaluation,
    external,
    geojson,
    handovers,
    health,
    held,
    hints,
    incidents,
    live,
    merging,
    messages,
    notices,
    people,
    photos,
    plans,
    quarantine,
    readings,
    registry,
    reports,
    restored,
    rosters,
    rules,
    sensors,
    session,
    shadow,
    shed,
    silences,
    snapshots,
    status,
    tasks,
    upward,
    users,
    warnings,
)
from api.security import BoundedBodies, KnownHosts, SecureHeaders, security_headers
from api.services import Services, services_from

#: Where everything but health and console lives.
ROOT = "/api/v1"

#: Answers shorter than this are not compressed, bytes: they fit one packet.
_COMPRESS_FROM = 1400

_ROUTERS = (
    session.router,
    city.router,
    readings.router,
    snapshots.router,
    downloads.router,
    sensors.router,
    geojson.router,
    cap.router,
    incidents.router,
    merging.router,
    held.router,
    hints.router,
    silences.router,
    plans.router,
    activations.router,
    warnings.router,
    notices.router,
    upward.router,
    drills.router,
    tasks.router,
    reports.router,
    photos.router,
    components.router,
    messages.router,
    duty.router,
    rosters.router,
    handovers.router,
    calendars.router,
    escalations.router,
    channels.router,
    external.router,
    discovery.router,
    registry.router,
    quarantine.router,
    rules.router,
    backtests.router,
    shadow.router,
    people.router,
    users.router,
    status.router,
    restored.router,
    shed.router,
    evaluation.router,
    audit.router,
    live.router,
)


def create_app(given: Given) -> FastAPI:
    """Return the API over what the program hands it; its lifespan follows the event log and ingest."""
    services = services_from(given)
    secure = security_headers(https=given.settings.secure_cookies, picture_hosts=given.settings.snapshot_hosts)
    app = FastAPI(
        title="Liandong",
        description="Real-time monitoring and emergency linkage for a city's command centre.",
        version=given.city.city.version,
        openapi_url=f"{ROOT}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_following,
        middleware=[
            Middleware(CountedRequests),
            Middleware(SecureHeaders, headers=secure),
            Middleware(KnownHosts, hosts=given.settings.known_hosts),
            Middleware(
                BoundedBodies,
                max_bytes=given.settings.max_body_bytes,
                larger={
                    f"{ROOT}/photos/": given.office.photo_bytes,
                    f"{ROOT}/registry/": given.settings.max_import_bytes,
                },
            ),
            Middleware(GZipMiddleware, minimum_size=_COMPRESS_FROM, compresslevel=3),
        ],
    )
    app.state.services = services
    ErrorAnswers(secure).install(app)
    app.routes.extend(flattened(_ROUTERS, ROOT))
    app.routes.extend(flattened((health.router, ack.router), ""))
    serve_console(app, given.console)
    install_openapi(app)
    return app


def close_streams(app: FastAPI) -> None:
    """End every live stream, so that a server that stops does not wait for them; call it on the event loop."""
    services: Services = app.state.services
    services.hub.close()


def told_states(app: FastAPI) -> Callable[[str], str]:
    """Return what says how a sensor is, as ingest told it last; from any thread."""
    services: Services = app.state.services
    return services.sensor_news.state


@asynccontextmanager
async def _following(app: FastAPI) -> AsyncIterator[None]:
    services: Services = app.state.services
    news = IncidentNews(services.hub, services.recorder)
    await asyncio.to_thread(services.directory.fresh)
    await asyncio.to_thread(services.given.queue.follow)
    await news.start()
    leave = services.given.bell.listen(news.ring)
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(news.run(), name="api.incident_news"),
                group.create_task(services.sensor_news.run(), name="api.sensor_news"),
                group.create_task(services.sensor_news.watch(), name="api.ingest_watch"),
                group.create_task(services.keeper.run(), name="api.stream_keeper"),
                group.create_task(keep_up(services.given.queue), name="api.queue"),
            ]
            yield
            for task in tasks:
                task.cancel()
    finally:
        leave()
        # If one of them failed, /healthz says so from now on.
        services.hub.close()
