"""Homie 4 and 5: one retained topic a property, described by retained attributes or one JSON description."""

from collections.abc import Iterator
from typing import Any

import msgspec

from city.measurement import Decoded, Measurement, Observation, Status
from ingest.decoders.json_body import parse_object
from ingest.decoders.memory import Memory
from ingest.decoders.options import DecoderOptions
from ingest.decoders.values import checked_name
from ingest.reasons import Reason
from ingest.templates.value import TRUTHS, single_value

#: Data types whose values are no numbers.
_NO_NUMBER = frozenset({"string", "enum", "color", "datetime", "duration", "json"})
_ONLINE = {"ready": True, "disconnected": False, "sleeping": False, "lost": False}
#: Names of boolean properties that switch something.
_SWITCHES = frozenset({"power", "on", "switch", "state", "relay"})
_MAX_TEXT = 200


class Property(msgspec.Struct):
    """What a property measures."""

    datatype: str | None = None
    unit: str | None = None


class Node(msgspec.Struct):
    """A node's properties by id."""

    properties: dict[str, Property] = {}


class HomieDecoder:
    """Decodes property values; targets, settings and logs say nothing."""

    def __init__(self, options: DecoderOptions, memory: Memory) -> None:
        self._options, self._memory = options, memory

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return what a message says, and remember what it describes."""
        levels = topic.split("/")[1:]
        version_5 = levels[:1] == ["5"]
        levels = levels[1:] if version_5 else levels
        if not levels or levels[-1] in {"set", "$target"} or "$log" in levels or "$stats" in levels:
            return Decoded()
        device = checked_name(levels[0], at="topic", reason=Reason.BAD_TOPIC)
        if device == "$broadcast" or "$alert" in levels:
            return Decoded(observations=[_message(levels, payload)])
        if any(level.startswith("$") for level in levels):
            return self._attribute(device, levels, payload)
        return Decoded(self._options.told(list(self._value(levels, payload)))) if len(levels) == 3 else Decoded()

    def _attribute(self, device: str, levels: list[str], payload: bytes) -> Decoded:
        if levels[1:] == ["$state"]:
            online = _ONLINE.get(_word(payload))
            return Decoded(statuses=[Status(device, online=online)]) if online is not None else Decoded()
        if levels[1:] == ["$description"]:
            self._describe(device, parse_object(payload))
        elif len(levels) == 4 and levels[3] in {"$unit", "$datatype"}:
            node = self._node(f"{device}/{levels[1]}")
            told = node.properties.setdefault(levels[2], Property())
            before = msgspec.structs.astuple(told)
            setattr(told, levels[3][1:], _word(payload)[:32])
            if msgspec.structs.astuple(told) != before:
                self._memory.learn(f"homie/{device}/{levels[1]}", node, entries=len(node.properties))
        return Decoded()

    def _describe(self, device: str, description: dict[str, Any]) -> None:
        for name, said in _dicts(description.get("nodes")):
            properties = {key: _described(inner) for key, inner in _dicts(said.get("properties"))}
            if properties and self._node(f"{device}/{name}").properties != properties:
                self._memory.learn(f"homie/{device}/{name}", Node(properties), entries=len(properties))

    def _node(self, path: str) -> Node:
        found = self._memory.recall(f"homie/{path}", Node)
        return found if found is not None else Node()

    def _value(self, levels: list[str], payload: bytes) -> Iterator[Measurement]:
        device, node, name = levels
        described = self._node(f"{device}/{node}").properties.get(name, Property())
        word = _word(payload)
        if described.datatype in _NO_NUMBER or (described.datatype is None and not _is_plain(word)):
            return
        parsed = single_value(word, {}, at="payload")
        if parsed is not None:
            is_state = word.casefold() in TRUTHS
            quantity = "switch_state" if is_state and name in _SWITCHES else checked_name(name, at="topic")
            unit = "" if is_state else described.unit
            yield Measurement(checked_name(f"{device}/{node}", at="topic"), quantity, parsed[0], unit)


def _described(said: dict[str, Any]) -> Property:
    datatype, unit = said.get("datatype"), said.get("unit")
    return Property(
        datatype[:32] if isinstance(datatype, str) else None, unit[:32] if isinstance(unit, str) and unit else None
    )


def _message(levels: list[str], payload: bytes) -> Observation:
    """Return an alert or broadcast as the event that it is; its text is never read for numbers."""
    kind = "alert" if "$alert" in levels else "broadcast"
    sensor = "homie" if levels[0] == "$broadcast" else levels[0]
    subject = "/".join(level for level in levels[1:] if not level.startswith("$"))
    attributes: dict[str, str | float | bool] = {"subject": subject[:_MAX_TEXT], "text": _word(payload)[:_MAX_TEXT]}
    return Observation(checked_name(sensor, at="topic"), kind, None, attributes)


def _is_plain(word: str) -> bool:
    """Return whether a value without description is a number or a truth."""
    if word.casefold() in TRUTHS:
        return True
    try:
        float(word)
    except ValueError:
        return False
    return True


def _word(payload: bytes) -> str:
    return payload.decode("utf-8", "replace").strip()


def _dicts(value: object) -> Iterator[tuple[str, dict[str, Any]]]:
    for key, inner in value.items() if isinstance(value, dict) else ():
        if isinstance(inner, dict):
            yield key, inner
