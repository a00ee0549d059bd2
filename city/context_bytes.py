"""A context as bytes, for journal and checkpoint: its sensors in columns, packed."""

import zlib
from dataclasses import replace
from typing import Any, NamedTuple

import msgspec
import numpy as np

from city.census import NUMBERS, Census
from city.columns import TextColumn, WordColumn
from city.component import ComponentState
from city.entry import Context, ContextChange
from city.level import Domain

#: The quickest: it halves what a million sensors take three times, and costs a second then.
_LEVEL = 1
#: How such bytes begin (RFC 1950 §2.2), which no context of earlier versions does: those were msgpack maps.
PACKED = b"x"


Words = dict[str, tuple[list[Any], bytes]]
Texts = dict[str, tuple[bytes, bytes]]
Bytes = dict[str, bytes]


class CensusColumns(NamedTuple):
    """A census as bytes: of each column of words its words and codes, of each of texts the text and its ends."""

    words: Words
    texts: Texts
    numbers: Bytes


class _Columns(msgspec.Struct, array_like=True):
    """A context without its sensors, and the columns of these."""

    head: Context
    words: Words
    texts: Texts
    numbers: Bytes


class _Change(msgspec.Struct, array_like=True):
    base: str
    context: bytes
    removed: tuple[str, ...]


_encode = msgspec.msgpack.Encoder(order="deterministic").encode
_decode = msgspec.msgpack.Decoder(_Columns).decode
_decode_change = msgspec.msgpack.Decoder(_Change).decode

#: What the words of a column are, where they are no texts.
_WORDS: dict[str, Any] = {"domain": Domain, "condition": ComponentState, "quantities": tuple, "tags": frozenset}


def context_to_bytes(context: Context) -> bytes:
    """Return bytes that `context_from_bytes` reads."""
    columns = census_to_columns(Census.of(context.sensors))
    return zlib.compress(_encode(_Columns(replace(context, sensors=()), *columns)), _LEVEL)


def context_from_bytes(data: bytes) -> Context:
    """Return a context; raises ValueError or msgspec.DecodeError for bytes that hold none."""
    try:
        columns = _decode(zlib.decompress(data))
        census = census_from_columns(CensusColumns(columns.words, columns.texts, columns.numbers))
    except (zlib.error, KeyError) as error:
        raise ValueError(str(error)) from error
    return replace(columns.head, sensors=census)


def census_to_columns(census: Census) -> CensusColumns:
    """Return what `census_from_columns` reads."""
    return CensusColumns(
        {name: (_plain(column), column.codes.astype("<i4").tobytes()) for name, column in census.words.items()},
        {name: column.to_parts() for name, column in census.texts.items()},
        {name: column.tobytes() for name, column in census.numbers.items()},
    )


def census_from_columns(columns: CensusColumns) -> Census:
    """Return a census; raises ValueError or KeyError for columns that hold none."""
    return Census(
        {name: _words(name, *parts) for name, parts in columns.words.items()},
        {name: TextColumn.from_parts(*parts) for name, parts in columns.texts.items()},
        {name: np.frombuffer(columns.numbers[name], kind) for name, kind in NUMBERS.items()},
    )


def change_to_bytes(change: ContextChange) -> bytes:
    """Return bytes that `change_from_bytes` reads, without the whole."""
    return _encode(_Change(change.base, context_to_bytes(change.context), change.removed))


def change_from_bytes(data: bytes) -> ContextChange:
    """Return a change; raises ValueError or msgspec.DecodeError for bytes that hold none."""
    row = _decode_change(data)
    return ContextChange(row.base, context_from_bytes(row.context), row.removed)


def applied(change: ContextChange, base: Context) -> Context:
    """Return the context that comes of a change to its base."""
    if change.whole is not None:
        return change.whole
    census = Census.of(base.sensors).changed(change.context.sensors, change.removed)
    return replace(change.context, sensors=census)


def _plain(column: WordColumn[Any]) -> list[Any]:
    return [sorted(word) if isinstance(word, frozenset) else word for word in column.words]


def _words(name: str, words: list[Any], codes: bytes) -> WordColumn[Any]:
    kind = _WORDS.get(name, str)
    return WordColumn([kind(word) for word in words], np.frombuffer(codes, "<i4"))
