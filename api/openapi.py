"""The OpenAPI document, with what the framework leaves out."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.errors import ErrorBody

_METHODS = frozenset({"get", "post", "put", "patch", "delete"})


def install_openapi(app: FastAPI) -> None:
    """Make `app` publish a document in which a CSRF token goes together with the session, not instead of it."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    document["components"]["schemas"][ErrorBody.__name__] = ErrorBody.model_json_schema()
    for path in document["paths"].values():
        for method in _METHODS & path.keys():
            schemes = path[method].get("security", [])
            if len(schemes) > 1:
                # The framework lists alternatives; here every scheme is needed.
                path[method]["security"] = [{name: scopes for scheme in schemes for name, scopes in scheme.items()}]
    return document
