"""The console's own files: a static page on the public API, served as it was built."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from city.errors import NotFound

#: Built assets carry a hash of their content in their name, so they never change (RFC 8246).
_FOREVER = "public, max-age=31536000, immutable"

#: Everything else is asked for again, and answered with 304 while it is the same.
_ASK_AGAIN = "no-cache"

_Endpoint = Callable[[Request], Awaitable[Response]]


class Assets(StaticFiles):
    """Files under `/assets`, which browsers keep."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file."""
        response = await super().get_response(path, scope)
        if response.status_code < 400:
            response.headers["Cache-Control"] = _FOREVER
        return response


def serve_console(app: FastAPI, folder: Path | None) -> None:
    """Serve the console in `folder` at `/`; without one, `/` says that there is none."""
    index = folder / "index.html" if folder is not None else None
    if folder is None or index is None or not index.is_file():
        app.add_route("/", _absent, include_in_schema=False)
        return
    app.add_route("/", _file(index), include_in_schema=False)
    # Each file by its own name: nothing to traverse, and no path of the API is shadowed.
    for path in sorted(folder.iterdir()):
        if path.is_file():
            app.add_route(f"/{path.name}", _file(path), include_in_schema=False)
    if (folder / "assets").is_dir():
        app.mount("/assets", Assets(directory=folder / "assets"))


def _file(path: Path) -> _Endpoint:
    async def send(request: Request) -> Response:
        del request
        return FileResponse(path, headers={"Cache-Control": _ASK_AGAIN})

    return send


async def _absent(request: Request) -> Response:
    del request
    raise NotFound("page", "console")
