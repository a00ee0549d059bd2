"""What guards every answer, whoever asks: known hosts, bounded bodies, and headers that keep a page to itself."""

from collections.abc import Collection, Mapping
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import refusal

#: The console draws its map in a worker made from a blob, places markers by style attributes, and sounds an alarm.
_POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "style-src-attr": "'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' data: blob:",
    "worker-src": "'self' blob:",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}

#: OWASP Secure Headers Project.
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), payment=(), usb=(), geolocation=(self)",
}

#: A year (RFC 6797; hstspreload.org asks for it).
_HSTS = "max-age=31536000"


def security_headers(*, https: bool, picture_hosts: Collection[str] = ()) -> dict[str, str]:
    """Return the headers of every answer; pages may show pictures of `picture_hosts` beside our own."""
    pictures = [f"{scheme}://{host}:*" for host in picture_hosts for scheme in ("https", "http")]
    policy = {**_POLICY, "img-src": " ".join([_POLICY["img-src"], *pictures])}
    headers = {**_HEADERS, "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items())}
    return {**headers, "Strict-Transport-Security": _HSTS} if https else headers


class SecureHeaders:
    """Adds headers to every answer; answers that do not say otherwise are not kept by caches."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self._app, self._headers = app, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, send_secured)


class KnownHosts:
    """Refuses requests whose Host names another machine, against names pointed at us from outside (DNS rebinding)."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self._app, self._hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        host = host_name(Headers(scope=scope).get("host", "")) if scope["type"] == "http" else ""
        if scope["type"] != "http" or host in self._hosts:
            await self._app(scope, receive, send)
            return
        detail = f"Expected a host of `http.public_url` or `http.allowed_hosts`, got `{host[:100]}`"
        await refusal(HTTPStatus.MISDIRECTED_REQUEST, "unknown_host", detail, "Host")(scope, receive, send)


class BoundedBodies:
    """Refuses bodies above a size, by their announced length or as they come.

    `larger` gives another size to the paths that begin so.
    """

    def __init__(self, app: ASGIApp, max_bytes: int, larger: Mapping[str, int] | None = None) -> None:
        self._app, self._max_bytes = app, max_bytes
        self._larger = dict(larger) if larger is not None else {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        most = self._most(scope["path"])
        if announced.isdecimal() and int(announced[:20]) > most:
            detail = f"Expected at most {most} bytes, got {announced[:20]}"
            await refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large", detail, "body")(scope, receive, send)
            return
        await self._app(scope, self._counting(receive, most), send)

    def _most(self, path: str) -> int:
        return next((most for start, most in self._larger.items() if path.startswith(start)), self._max_bytes)

    def _counting(self, receive: Receive, most: int) -> Receive:
        received = 0

        async def receive_bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"Expected at most {most} bytes")
            return message

        return receive_bounded


def host_name(host: str) -> str:
    """Return the name in a Host header, without its port and in lower case (RFC 9110 §7.2)."""
    name = host.rpartition("]")[0][1:] if host.startswith("[") else host.partition(":")[0]
    return name.lower()
