"""What a payload family is: how its decoder is made, and how its messages are told from all others."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from city.measurement import Decoder
from ingest.decoders.json_body import MARK, parse_json
from ingest.decoders.memory import Memory
from ingest.decoders.options import DecoderOptions

DecoderFactory = Callable[[DecoderOptions], Decoder]
#: Of a family whose messages mean something only after earlier ones.
LearnerFactory = Callable[[DecoderOptions, Memory], Decoder]


class Body:
    """One body as recognition looks at it: parsed at most once, however many families ask."""

    def __init__(self, payload: bytes) -> None:
        #: Without the byte order mark that some programs begin UTF-8 with.
        self.payload = payload.removeprefix(MARK)
        #: The first byte that is no white space, empty where there is none.
        self.first = self.payload.lstrip()[:1]

    @cached_property
    def json(self) -> Any:  # noqa: ANN401 - any JSON
        """Return the JSON object or array; None for a body that does not begin like one.

        Raises:
            UndecodableMessage: it begins like one and is none.
        """
        return parse_json(self.payload) if self.first in {b"{", b"["} else None

    @cached_property
    def members(self) -> dict[str, Any]:
        """Return the members of a JSON object; empty for any other body. Raises as `json`."""
        return self.json if isinstance(self.json, dict) else {}

    def has(self, *names: str) -> bool:
        """Return whether the body is a JSON object with all these members. Raises as `json`."""
        return all(map(self.members.__contains__, names))


def bears_none(_: Body) -> bool:
    """Return that no body alone tells a family: its topics do."""
    return False


@dataclass(frozen=True, slots=True)
class Family:
    """One payload family.

    Attributes:
        make: makes its decoder from a route's options; None for a family that learns.
        learner: makes its decoder from a route's options and the memory that all decoders share.
        filters: topic filters that are its alone; always routed to it where a city's own routes leave them free.
            They may not overlap another family's, so none begins with a wildcard.
        topics: grammars that leave no doubt although their beginning is free (`<any prefix>/events/rpc`). They are not
            subscribed to; a topic that comes by another route is recognised by them.
        bears: whether a body bears the family's signature; asked only where no topic decides, in the table's order.
        first: its messages are observations, or descriptions without which later ones cannot be read; they go first
            when not everything can.
    """

    make: DecoderFactory | None = None
    learner: LearnerFactory | None = None
    filters: tuple[str, ...] = ()
    topics: re.Pattern[str] | None = field(default=None)
    bears: Callable[[Body], bool] = bears_none
    first: bool = False

    def decoder(self, options: DecoderOptions, memory: Memory) -> Decoder:
        """Return a decoder for a route; raises TypeError for a family that has neither way to make one."""
        if self.learner is not None:
            return self.learner(options, memory)
        if self.make is None:
            raise TypeError
        return self.make(options)
