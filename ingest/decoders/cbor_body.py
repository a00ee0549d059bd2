"""CBOR as it comes from outside: parsed bounded, or refused with the reason."""

from typing import Any

import cbor2

from city.errors import UndecodableMessage
from ingest.decoders.json_body import MAX_DEPTH
from ingest.reasons import Reason


def parse_cbor(payload: bytes) -> Any:  # noqa: ANN401 - any CBOR
    """Return the first CBOR item in `payload`.

    Raises:
        UndecodableMessage: it is no CBOR, or nests too deep.
    """
    try:
        return cbor2.loads(payload, max_depth=MAX_DEPTH)
    except (cbor2.CBORDecodeError, ValueError, OverflowError, ArithmeticError, RecursionError, TypeError) as error:
        raise UndecodableMessage(Reason.NOT_CBOR, expected="CBOR", got=str(error)[:100], at="$") from error
