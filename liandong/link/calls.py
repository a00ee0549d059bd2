"""The calls of `city.feed.Feed` that cross the link, with the types of their arguments."""

import inspect
from typing import Any, get_type_hints

import msgspec

from city.feed import Feed

#: The call whose answers are a stream.
CHANGES = "changes"


def _arguments(name: str) -> msgspec.msgpack.Decoder[tuple[Any, ...]]:
    hints = get_type_hints(getattr(Feed, name))
    del hints["return"]
    return msgspec.msgpack.Decoder(tuple[tuple(hints.values())])  # type: ignore[misc]


#: Every method of Feed with the decoder of its arguments; all but `changes`, the stream, are awaited.
CALLS = {name: _arguments(name) for name, _ in inspect.getmembers(Feed, inspect.isfunction) if name[0] != "_"}
