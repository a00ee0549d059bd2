"""Routes of many routers in one list, so that a request is matched once and not again in each router it passes."""

from collections.abc import Iterable
from copy import copy

from fastapi import APIRouter
from fastapi.routing import APIRoute
from fastapi.utils import generate_unique_id
from starlette.routing import compile_path


def flattened(routers: Iterable[APIRouter], prefix: str) -> list[APIRoute]:
    """Return every route of `routers` below `prefix`, in order.

    `include_router` keeps a tree and walks it twice for each request; a router's own prefix, tags and dependencies are
    in its routes already, so that only the path is left to be told.

    Raises:
        TypeError: a router holds something else than an operation: a mount, a socket or another router.
    """
    return [_below(prefix, route) for router in routers for route in router.routes]


def _below(prefix: str, route: object) -> APIRoute:
    if not isinstance(route, APIRoute):
        problem = f"Expected an operation, got {type(route).__name__} - below `{prefix}`"
        raise TypeError(problem)
    moved = copy(route)
    moved.path = prefix + route.path
    moved.path_regex, moved.path_format, moved.param_convertors = compile_path(moved.path)
    moved.unique_id = route.operation_id or generate_unique_id(moved)
    return moved
