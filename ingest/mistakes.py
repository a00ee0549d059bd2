"""What pydantic says of a table in `sources.toml`, in our words."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic import ValidationError

#: Kinds of mistake that pydantic words for programmers.
_WORDS = {
    "extra_forbidden": "a known key",
    "missing": "a value",
    "model_type": "a table",
    "tuple_type": "a list",
    "dict_type": "a table",
    "string_type": "a text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "float_parsing": "a number",
    "float_type": "a number",
}
_PREFIX = re.compile(r"^Value error, |^Expected |^Input should be (?:an? )?(?:valid )?|, (?:unable to|got ).*")
_LONGEST = 80


class Mistake(NamedTuple):
    """One of a table's mistakes: its key with dots, what it is expected to be, and what stands there."""

    key: str
    expected: str
    got: object


def mistakes_of(error: ValidationError) -> Iterator[Mistake]:
    """Yield the mistakes, one of each key."""
    seen: set[str] = set()
    for found in error.errors():
        mistake = _mistake(found)
        if mistake.key not in seen:
            seen.add(mistake.key)
            yield mistake


def _mistake(first: Any) -> Mistake:  # noqa: ANN401 - pydantic's own record
    key = ".".join(str(part) for part in first["loc"])
    expected = _WORDS.get(first["type"])
    if expected is None:
        said = first["msg"]
        for _ in range(2):  # a value error's own words begin with `Expected` in their turn
            said = _PREFIX.sub("", said)
        expected = said.replace("'", "`")
    # An unknown key stands in what was got.
    named = key and first["type"] != "extra_forbidden"
    return Mistake(key, f"`{key}` {expected}" if named else expected, _got(first))


def _got(first: Any) -> object:  # noqa: ANN401 - pydantic's own record
    if first["type"] == "missing":
        return "nothing"
    if first["type"] == "extra_forbidden":
        return first["loc"][-1]
    return first.get("ctx", {}).get("got", str(first.get("input"))[:_LONGEST])
