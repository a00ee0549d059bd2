"""Finds what is beyond doubt in a document of a shape that nobody described: known words with numbers, and whose."""

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from typing import Any, NamedTuple

from msgspec.structs import replace

from city.measurement import Measurement
from city.units import is_known
from ingest.decoders.codec_places import position
from ingest.decoders.known import Known
from ingest.decoders.plain_company import of_company
from ingest.decoders.plain_doubts import is_counted, is_flag, is_guess, is_no_report, is_seen, of_cell
from ingest.decoders.plain_lines import is_of_lines, is_summed, now_of, spread
from ingest.decoders.plain_probes import of_probe
from ingest.decoders.plain_scope import (
    NAMES,
    Scope,
    fold,
    is_of_then,
    joined,
    moments,
    name_of,
    own_name,
    time_within,
    within,
)
from ingest.decoders.plain_shapes import (
    AROUND,
    BY_UNIT_NAME,
    DESCRIBED,
    MANY,
    NO_VALUE,
    OTHERWISE,
    PASSED_OVER,
    PERCENTS,
    POINT,
    SAID,
    TELLING,
    TYPES,
    VALUES,
    WORDS,
)
from ingest.decoders.plain_states import of_truth, state_of
from ingest.decoders.plain_symbols import of_symbols
from ingest.decoders.plain_tables import inside, is_history, only, row, told_apart
from ingest.decoders.plain_things import is_vehicle
from ingest.decoders.plain_units import UNITS, beside, by_units, is_money, of_only, of_record, with_written
from ingest.decoders.plain_wishes import is_wish
from ingest.decoders.plain_words import (
    is_chip,
    is_place,
    is_state,
    is_sure,
    meaning,
    of_point,
    of_unit,
    unit_of,
    with_unit,
)
from ingest.decoders.unit_quantities import BY_UNIT
from ingest.decoders.values import number_with_unit
from ingest.templates.value import NOTHING

_DEEPEST, _MOST = 8, 2000
_ANY_WORD = frozenset(WORDS)


class Plain(NamedTuple):
    """A measurement, and whether it alone makes a message one of measurements; the sensor may still be unknown."""

    measurement: Measurement
    scope: Scope
    telling: bool


class Reader:
    """Walks one document; belongs to one message.

    Attributes:
        heard: whether a word was known, be it that it said that there is no value.
        places: where vehicles said that they were.
    """

    def __init__(self, zone: tzinfo | None) -> None:
        self._zone = zone
        self._left = _MOST
        self.heard = False
        self.places: list[tuple[Scope, Mapping[str, str | float | bool]]] = []

    def read(self, body: Any, scope: Scope, depth: int = 0) -> Iterator[Plain]:  # noqa: ANN401 - any JSON
        """Yield what a document says beyond doubt."""
        if depth > _DEEPEST or self._left <= 0:
            return
        if isinstance(body, list):
            for item, number in zip(body, told_apart(body), strict=True):
                one = item if isinstance(item, dict) else row(item)
                if one is not None:
                    there = replace(scope, label=joined(scope.label, number)) if number else scope
                    yield from self.read(one, there, depth + 1)
        elif isinstance(body, dict):
            self._left -= 1
            folded = _folded(body)
            here = within(folded, scope, self._zone)
            if not is_seen(folded) and not is_history(folded) and not is_no_report(folded):
                yield from self._object(body, folded, here, depth)

    def _object(self, body: Mapping[str, Any], folded: Mapping[str, Any], here: Scope, depth: int) -> Iterator[Plain]:
        if is_vehicle(folded) and (place := position(body)):
            self.places.append((here, place))
        record = self._record(folded, here)
        taken: set[str] = set()
        yield from [record] if record is not None else self._flat(body, folded, here, taken)
        at = moments(body)
        for key, said in body.items():
            inner = _opened(said) if isinstance(said, str) and fold(key) in AROUND else said
            if key in at:
                yield from self.read(inner, replace(here, time_ns=at[key], before="", word=""), depth + 1)
            elif key in taken or (key.isdecimal() and is_of_then(inner, folded, self._zone)):
                continue
            elif isinstance(inner, dict | list) and (not PASSED_OVER.search(fold(key)) or _is_moving(inner)):
                word = here.word if fold(key) in AROUND and isinstance(inner, dict) else ""
                yield from self._inner(key, inner, replace(here, word=word), depth + 1)

    def _inner(self, key: str, inner: Any, here: Scope, depth: int) -> Iterator[Plain]:  # noqa: ANN401 - any JSON
        folded = fold(key)
        if meaning(key) is None and _is_valued(inner) and of_probe(key) is not None:
            return
        if folded in MANY and not _is_by_word(inner):
            yield from self._several(inner, here, depth)
        elif (folded in AROUND and not _is_member(key, inner)) or folded in MANY or folded in NAMES:
            yield from self.read(inner, replace(here, before=""), depth)
        elif isinstance(inner, list) and not here.sensor and _is_gateways(inner):
            yield from self.read(inner, replace(here, sensor=name_of(key)), depth)
        elif meaning(key) is not None and isinstance(inner, list) and not _is_told(key, inner):
            yield from self.read(inner, replace(here, word=key, before=""), depth)
        elif meaning(key) is not None and isinstance(inner, dict) and _is_told(key, inner):
            rest = {name: one for name, one in inner.items() if isinstance(one, dict) and not is_place(str(name))}
            is_all = _value(_folded(inner)) is not None or _is_sum(key, inner)
            yield from self.read({} if is_all else rest, replace(here, before=""), depth)
            beside = {name: one for name, one in inner.items() if _is_half(key, name)}
            yield from self.read(beside, replace(here, label=joined(here.label, key), before=key), depth)
        elif meaning(key) is None or not _is_told(key, inner):
            yield from self.read(inner, replace(here, label=joined(here.label, key), before=key), depth)

    def _several(self, inner: Any, here: Scope, depth: int) -> Iterator[Plain]:  # noqa: ANN401 - any JSON
        """Yield what sensors said that a body holds together, by name or in a list."""
        named = inner.items() if isinstance(inner, dict) else [(own_name(one), one) for one in inner]
        for name, one in named:
            word = str(name)
            if is_place(word):
                there = replace(here, label=joined(here.label, word), before="")
            else:
                there = replace(here, sensor=joined(here.sensor, word) if name else here.sensor, before="")
            yield from self.read(one, there, depth)

    def _record(self, folded: Mapping[str, Any], here: Scope) -> Plain | None:
        """Return the value of a record like `{"name": "temp", "value": 21, "unit": "C"}`; None for no record."""
        value = _value(folded)
        if value is None or here.alarmed:
            return None
        unit = of_record(folded, here.word)
        words = [folded[key] for key in WORDS if _is_text(folded, key)] if not _ANY_WORD.isdisjoint(folded) else []
        words = [*words, here.word] if not words and of_truth(here.word, value) else words
        label = next((word.strip() for word in words if word.strip() not in {here.sensor, here.own}), "")
        found = next((known for word in words if (known := _of_point(word) or of_truth(word, value))), None)
        if found is None and isinstance(unit, str):
            found = next((known for word in words if (known := with_unit(word, unit))), None)
        if not OTHERWISE.isdisjoint(map(fold, words)):
            return None
        if found is None:
            found = next((known for word in words if (known := of_probe(word))), None) or _described(folded)
        if found is None and here.word and (known := _of_point(here.word)):
            found = known[0]._replace(label=joined(known[0].label, label)), known[1]
        if found is None and unit in TELLING and not any(NO_VALUE.search(fold(word)) for word in words):
            found = Known(BY_UNIT[unit][0], unit, label), True
        return self._plain(found, value, unit, here) if found is not None else None

    def _flat(
        self, body: Mapping[str, Any], folded: Mapping[str, Any], here: Scope, taken: set[str]
    ) -> Iterator[Plain]:
        """Yield the values of an object's members that are known words; of two for one quantity the first.

        Objects that are values of words known only by what stands beside them are told in `taken`, too.
        """
        words = {key: said for key, value in body.items() if (said := _said(here.before, key, value)) is not None}
        words |= {key: (known, True) for key, known in of_symbols(body).items()}
        words |= {key: (known, True) for key, known in by_units(body, folded) if key not in words}
        others = {meant[0].quantity for meant in words.values()}
        beside_them = dict(of_company(folded, others))
        words |= {key: (beside_them[fold(key)], True) for key in body if key not in words and fold(key) in beside_them}
        found = {key: meant for key, meant in words.items() if meant[0].label or not is_counted(key, folded)}
        found = {key: meant for key, meant in found.items() if not is_guess(meant[0].quantity, key, body)}
        found = {key: meant for key, meant in found.items() if not is_flag(body[key], meant[0], found.values())}
        seen: set[tuple[str, str]] = set()
        whose_unit = of_only(found, folded)
        for key, (known, telling) in found.items():
            there = _without_last(here) if here.before and _of_point(key) != (known, telling) else here
            unit = beside(key, folded, alone=key == whose_unit)
            read = [self._member((one, telling), value, unit, there) for one, value in _each(known, only(body[key]))]
            told = [plain for plain in read if plain is not None]
            told = [plain for plain in told if (plain.measurement.quantity, known.label) not in seen]
            seen.update((plain.measurement.quantity, known.label) for plain in told)
            if told and isinstance(body[key], dict) and meaning(key) is None:
                taken.add(key)
            yield from told

    def _member(self, found: tuple[Known, bool], value: object, unit: object, here: Scope) -> Plain | None:
        """Return a member's value, which may lie in an object with its unit and time."""
        if not isinstance(value, dict):
            return self._plain(found, value, unit, here)
        inner = _folded(value)
        said = next((one for name in SAID if isinstance(one := inner.get(name), dict)), None)
        if said is not None:
            inner = _folded(said)
        if _is_by_unit(inner):
            name = next(name for name in BY_UNIT_NAME if name in inner)
            return self._plain(found, inner[name], BY_UNIT_NAME[name], here)
        if _value(inner) is None and not any(name in inner for name in VALUES):
            return None
        unit = next((inner[name] for name in UNITS if isinstance(inner.get(name), str)), unit)
        return self._plain(found, _value(inner), unit, replace(here, time_ns=time_within(inner, here, self._zone)))

    def _plain(self, found: tuple[Known, bool], value: object, unit: object, here: Scope) -> Plain | None:
        known, telling = found
        self.heard |= telling and _says_nothing(value)
        if known.quantity == "occupancy" and isinstance(value, bool):
            known = Known("occupied", "", known.label)
        parsed = _amount(known.quantity, value)
        if parsed is None or self._left <= 0:
            return None
        self._left -= 1
        amount, written = parsed
        told = next((one for one in (written, unit, known.unit) if isinstance(one, str) and one.strip()), known.unit)
        told = unit_of(told) if told is not None else None
        if told is None and known.quantity in PERCENTS and 1 < amount <= 100:
            told = "%"
        quantity, told = of_unit(known.quantity, told)
        if not is_sure(quantity, amount, told) or (told and is_money(told)):
            return None
        label = joined(here.label, known.label)[:100].strip()
        quantity, told = of_cell(quantity, amount, told)
        one = Measurement(here.sensor, quantity, amount, told, here.time_ns, here.quality, label)
        return Plain(one, here, telling)


def _is_by_word(inner: object) -> bool:
    """Return whether members are named by what they measure: `{"temperature": {"value": 21}}`, and not by whom."""
    return isinstance(inner, dict) and any(
        (meaning(str(key)) is not None and (_is_told(str(key), one) or not isinstance(one, dict)))
        or (_is_valued(one) and of_probe(str(key)) is not None)
        for key, one in inner.items()
    )


def _is_text(folded: Mapping[str, Any], key: str) -> bool:
    return isinstance(folded.get(key), str)


def _meant(before: str, key: str) -> tuple[Known, bool] | None:
    """Return what a member's word means, perhaps together with the word before it: `wind`, `speed`."""
    together = meaning(f"{before}_{key}") if before and not is_chip(before) else None
    return together if together is not None else _of_point(key)


def _said(before: str, key: str, value: object) -> tuple[Known, bool] | None:
    """Return what a member means, by its word, by what it says, by the thing that its name begins with."""
    found = _meant(before, key) or of_truth(key, value) or with_written(key, value)
    return of_probe(key) if found is None and (isinstance(value, int | float | str) or _is_valued(value)) else found


def _is_valued(value: object) -> bool:
    """Return whether an object holds a value, perhaps with its unit and time."""
    return isinstance(value, dict) and _value(_folded(value)) is not None


def _is_moving(inner: object) -> bool:
    """Return whether a place is told with how fast its teller goes: a station's is not."""
    return isinstance(inner, dict) and "speed" in inner and bool(position(inner))


def _of_point(word: str) -> tuple[Known, bool] | None:
    """Return what a word means, which may be the last level of a point's name; the rest says of what."""
    point = of_point(word)
    if point is None:
        return meaning(word)
    known, telling, place = point
    if known.quantity == "speed" and fold(place) in {"position", "location"}:
        return known, telling
    if PASSED_OVER.search(fold(place)):
        return meaning(word)
    return known._replace(label=joined(place, known.label)), telling


def _opened(said: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return a member, or what the document within it reports."""
    within = inside(said)
    return said if within is said or is_wish(within) else within


def _described(folded: Mapping[str, Any]) -> tuple[Known, bool] | None:
    """Return what a record's description is, if it is a word and nothing more."""
    said = [folded[key] for key in DESCRIBED if _is_text(folded, key)]
    return next((known for word in said if (known := _of_point(word) or of_probe(word))), None)


def _without_last(here: Scope) -> Scope:
    """Return a place without the label that was half of a word."""
    return replace(here, label=here.label.rpartition("/")[0])


def _each(known: Known, value: object) -> Iterator[tuple[Known, object]]:
    """Yield a value, or each of several: told apart by places, or by their times."""
    if isinstance(value, list):
        yield from ((known, one) for one in value[:_MOST] if _is_points(value))
    elif isinstance(value, dict):
        yield from spread(known, value)
    else:
        yield known, value


def _is_member(key: str, inner: object) -> bool:
    """Return whether an object is a member's value, be its word one around many: `current`, in amperes and of now."""
    return meaning(key) is not None and isinstance(inner, dict) and _is_told(key, inner)


def _is_sum(key: str, inner: Mapping[str, Any]) -> bool:
    meant = meaning(key)
    return meant is not None and is_summed(meant[0].quantity, inner)


def _is_half(before: str, key: str) -> bool:
    """Return whether a member beside a value is another quantity's: `reactive` beside the `actual` of a power."""
    together, alone = meaning(f"{before}_{key}"), meaning(before)
    return (
        not is_place(key) and together is not None and alone is not None and together[0].quantity != alone[0].quantity
    )


def _is_told(key: str, inner: object) -> bool:
    """Return whether an object under a known word holds its value or values, and nothing else is to be looked for."""
    if isinstance(inner, list):
        return _is_points(inner)
    if not isinstance(inner, dict):
        return False
    meant = meaning(key)
    if _is_sum(key, inner) or (meant is not None and now_of(meant[0].quantity, inner)):
        return True
    inner = _folded(inner)
    of_lines = isinstance(lines := inner.get("value"), dict) and is_of_lines(lines)
    is_twin = any(isinstance(one := inner.get(name), dict) and _value(one) is not None for name in SAID)
    is_one = of_lines or is_twin or _is_by_unit(inner)
    return is_one or _value(inner) is not None or any(is_place(str(name)) for name in inner)


def _is_by_unit(inner: Mapping[str, Any]) -> bool:
    """Return whether members are one value told in several units, and nothing else."""
    return bool(inner) and all(fold(name) in BY_UNIT_NAME for name in inner)


def _is_points(values: list[Any]) -> bool:
    """Return whether a list holds one quantity's values, each with its time and nothing else."""
    return bool(values) and all(
        isinstance(one, dict) and POINT.issuperset(map(fold, one)) and _value(one) is not None for one in values
    )


def _folded(members: Mapping[str, Any]) -> dict[str, Any]:
    return {fold(name): one for name, one in members.items()}


def _value(folded: Mapping[str, Any]) -> object:
    names = folded.keys() & TYPES if len(folded) == 1 else ()
    values = (only(folded[key]) for key in (names or VALUES) if key in folded)
    return next((one for one in values if not isinstance(one, dict | list | None)), None)


def _says_nothing(value: object) -> bool:
    return value is None or (isinstance(value, str) and value.strip().casefold() in NOTHING)


def _is_gateways(inner: list[Any]) -> bool:
    """Return whether this is a device's list of values and times, as a gateway of ThingsBoard tells them."""
    return bool(inner) and isinstance(inner[0], dict) and isinstance(inner[0].get("values"), dict)


def _amount(quantity: str, value: object) -> tuple[float, str | None] | None:
    if is_state(quantity):
        amount = state_of(quantity, value)
        return (amount, None) if amount is not None else None
    if isinstance(value, bool):
        return None
    parsed = number_with_unit(value, at=f"$.{quantity}")
    return parsed if parsed is not None and (parsed[1] is None or is_known(unit_of(parsed[1]))) else None
