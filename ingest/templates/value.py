"""Single values as devices write them: numbers, numbers in text, words for states, and the many ways to say nothing."""

from collections.abc import Mapping
from math import isfinite

from city.errors import UndecodableMessage
from city.units import is_known
from ingest.decoders.values import number, number_with_unit
from ingest.reasons import Reason

#: Words by which devices say that there is no value.
NOTHING = frozenset({"", "nan", "-nan", "null", "none", "nil", "unknown", "unavailable", "n/a", "na", "-", "--"})
#: Words that mean the same everywhere; what else is a state, the template says.
TRUTHS = {"true": 1.0, "false": 0.0, "on": 1.0, "off": 0.0, "yes": 1.0, "no": 0.0}


def single_value(
    value: object, words: Mapping[str, float], *, decimal: str = ".", at: str
) -> tuple[float, str | None] | None:
    """Return a value and the unit that its text carries; None where it says that there is none, or is no single value.

    Raises:
        UndecodableMessage: a text that is neither number nor known word, or a number that no float holds.
    """
    if not isinstance(value, str):
        plain = number(value, at=at)
        return (plain, None) if plain is not None and isfinite(plain) else None
    word = value.strip()
    if word in words or word.casefold() in words:
        return words.get(word, words.get(word.casefold(), 0.0)), None
    if word.casefold() in NOTHING:
        return None
    if not words and word.casefold() in TRUTHS:
        return TRUTHS[word.casefold()], None
    found = number_with_unit(word.replace(",", ".") if decimal == "," and word.count(",") == 1 else word, at=at)
    if found is not None and (found[1] is None or is_known(found[1])):
        return found
    expected = "a number" + (f" or one of {', '.join(words)}" if words else "")
    raise UndecodableMessage(Reason.WRONG_SHAPE, expected=expected, got=word[:60], at=at)
