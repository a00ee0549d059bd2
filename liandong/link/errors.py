"""Errors of `city.errors` as they travel over the link: by code, with what their constructor takes."""

import inspect
from collections.abc import Iterator

from city import errors
from city.errors import LiandongError, StoreUnavailable
from liandong.link.frame import Refusal


def refusal_of(call: int, error: LiandongError) -> Refusal:
    """Return `error` as the answer to `call`; one that cannot travel becomes StoreUnavailable."""
    known = _CLASSES.get(error.code)
    if known is not type(error):
        return refusal_of(call, StoreUnavailable("ingest", str(error)))
    return Refusal(call, error.code, {name: _portable(getattr(error, name)) for name in _parameters(known)})


def error_of(refusal: Refusal) -> LiandongError:
    """Return the error that `refusal` carries, of its own class."""
    known = _CLASSES.get(refusal.code)
    if known is None or set(_parameters(known)) != refusal.fields.keys():
        return StoreUnavailable("ingest", f"an error of another version: {refusal.code}")
    fields = {name: tuple(value) if isinstance(value, list) else value for name, value in refusal.fields.items()}
    bound = inspect.signature(known).bind_partial()
    for name, parameter in inspect.signature(known).parameters.items():
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD:
            bound.arguments[name] = fields.pop(name)
    return known(*bound.args, **fields)


def _subclasses(root: type[LiandongError]) -> Iterator[type[LiandongError]]:
    for one in root.__subclasses__():
        yield one
        yield from _subclasses(one)


def _parameters(known: type[LiandongError]) -> list[str]:
    return list(inspect.signature(known).parameters)


def _portable(value: object) -> str | int | float | bool | list[str] | None:
    match value:
        case str() | bool() | int() | float() | None:
            return value
        case tuple():
            return [str(one) for one in value]
        case _:
            return repr(value)


_CLASSES = {
    known.code: known
    for known in _subclasses(LiandongError)
    if known.__module__ == errors.__name__ and not known.__name__.startswith("_")
}
