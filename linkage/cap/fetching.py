"""Gets a document from an address of another system: no redirects, no internal addresses, bounded in size and time."""

from collections.abc import Mapping
from http.client import HTTPException
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

from city.errors import StoreUnavailable
from linkage.cap.config import CapSettings
from linkage.cap.xml import MAX_BYTES
from linkage.telling.destinations import refused


class _NoRedirects(HTTPRedirectHandler):
    """Follows none: a redirect could lead to an internal address."""

    def redirect_request(self, *_: object) -> None:
        """Refuse."""


_OPENER: OpenerDirector = build_opener(ProxyHandler({}), _NoRedirects)

_HEADERS: Mapping[str, str] = {
    "User-Agent": "liandong",
    "Accept": "application/cap+xml, application/atom+xml, */*;q=0.1",
}


def fetched(url: str, settings: CapSettings) -> bytes:
    """Return what is at `url`, at most one byte more than a message may have.

    Raises:
        StoreUnavailable: nothing came, or the address is one that the settings do not allow.
    """
    parts = urlsplit(url)
    place = f"{parts.scheme}://{parts.hostname}"  # never the rest, which may hold a key
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise StoreUnavailable(place, "Expected an http or https address")
    internal = refused(parts.hostname, settings.allow_internal)
    if internal:
        raise StoreUnavailable(place, f"Internal address `{internal}` is not allowed")
    try:
        request = Request(url, headers=dict(_HEADERS))
        with _OPENER.open(request, timeout=settings.timeout_s) as answer:
            data: bytes = answer.read(MAX_BYTES + 1)
    except (URLError, HTTPException, OSError, ValueError) as error:
        raise StoreUnavailable(place, str(error)) from error
    return data
