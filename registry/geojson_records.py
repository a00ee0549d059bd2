"""A GeoJSON file of points (RFC 7946), feature by feature in bounded memory, each with the place where it begins."""

import json
import re
from collections.abc import Iterator
from typing import Any, TextIO

from registry.coordinates import EXPECTED_CRS, Crs, crs_named
from registry.csv_records import Wrong

#: Characters read at once; and the longest feature: far more than any point with its properties has.
_CHUNK = 1 << 16
_MAX_FEATURE = 1 << 20
#: Characters behind a value that must be known before it is one: `1` may go on as `1e+300`.
_AHEAD = 32

_SPACE = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()


class _NotJson(ValueError):
    """Raised when what comes next is not what stands in a FeatureCollection."""


class GeoJsonRecords:
    """Reads `text` once; mistakes go to `mistakes`.

    Attributes:
        crs: what the member `crs` names, which GeoJSON had before RFC 7946 took WGS-84 for granted.
    """

    def __init__(self, text: TextIO, name: str, mistakes: Wrong) -> None:
        self._text, self._name, self._mistakes = text, name, mistakes
        self._read, self._at, self._line, self._ended = "", 0, 1, False
        self._has_features = False
        self.crs = Crs.WGS84

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """Yield each feature, whatever it is, with `name:line`, and its number where another began on that line."""
        try:
            yield from self._collection()
        except (_NotJson, RecursionError) as error:
            self._wrong("a FeatureCollection", str(error)[:80])
        else:
            if not self._has_features:
                self._wrong("a FeatureCollection", "no `features`")

    def _collection(self) -> Iterator[tuple[str, Any]]:
        self._expect("{")
        while self._next() != "}":
            key = self._value()
            self._expect(":")
            if key == "features":
                self._has_features = True
                yield from self._features()
            elif key == "crs":
                self._read_crs(self._value())
            else:
                self._value()
        self._expect("}")

    def _features(self) -> Iterator[tuple[str, Any]]:
        self._expect("[")
        number = before = 0
        while self._next() != "]":
            number += 1
            at = f"{self._name}:{self._line}"
            # A file that no person wrote is one line, which alone would say nothing.
            place = f"{at}, feature {number}" if self._line == before else at
            before = self._line
            yield place, self._value()
        self._expect("]")

    def _read_crs(self, member: object) -> None:
        properties = member.get("properties") if isinstance(member, dict) else None
        said = properties.get("name") if isinstance(properties, dict) else member
        crs = crs_named(said) if isinstance(said, str) else None
        if self._has_features:
            self._wrong("`crs` before `features`", "behind them")
        elif crs is None:
            self._wrong(EXPECTED_CRS, json.dumps(member))
        else:
            self.crs = crs

    def _next(self) -> str:
        """Return the next character that means something, without taking it; empty at the end."""
        while True:
            found = _SPACE.match(self._read, self._at)
            self._take(found.end() if found is not None else self._at)
            if self._at < len(self._read) or not self._fill():
                return self._read[self._at : self._at + 1]

    def _expect(self, character: str) -> None:
        got = self._next()
        if got != character:
            raise _NotJson(f"`{got}` in place of `{character}`" if got else "the end of the file")
        self._at += 1

    def _value(self) -> Any:  # noqa: ANN401 - as JSON has it
        self._next()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._read, self._at)
            except json.JSONDecodeError as error:
                if len(self._read) - self._at > _MAX_FEATURE or not self._fill():
                    raise _NotJson(error.msg) from error
                continue
            if len(self._read) - end >= _AHEAD or not self._fill():
                self._take(end)
                return value

    def _take(self, end: int) -> None:
        self._line += self._read.count("\n", self._at, end)
        self._at = end

    def _fill(self) -> bool:
        """Read on, which moves all places unless there was nothing; return whether there was anything."""
        chunk = "" if self._ended else self._text.read(_CHUNK)
        self._ended = not chunk
        if chunk:
            self._read, self._at = self._read[self._at :] + chunk, 0
        return bool(chunk)

    def _wrong(self, expected: str, got: str) -> None:
        self._mistakes.wrong(expected=expected, got=got, at=f"{self._name}:{self._line}")
