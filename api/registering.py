"""What follows a change of the registry: ingest is told, so that it need not be found."""

import structlog

from api.services import Services
from city.errors import StoreUnavailable

log = structlog.get_logger()


async def tell_ingest(desk: Services) -> None:
    """Let ingest read the registry now; when it is away it reads it anyhow when it is back."""
    try:
        await desk.given.feed.refresh()
    except StoreUnavailable:
        log.info("ingest_not_told", of="registry")
