"""The hot path: readings on native topics whose sensor and shape are known, read out of a whole batch in columns.

It gives out no names and refuses nothing: every message that it leaves takes the general path, from which it learns.
"""

from collections.abc import Sequence
from itertools import count
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.decoders.native import NativeReading
from ingest.decoders.native_shape import Shape, spelling, told_by
from ingest.judgement import NO_TIME, Said
from ingest.meaning import Told
from ingest.message import Message
from ingest.speakers import Layout, Speakers, SpeakingSensor
from ingest.speaking_topics import NOBODY, Topics

Ints = NDArray[np.int64]

#: So few messages of one shape are quicker read one by one (tried: some 30 µs a shape, 4 µs a message).
_FEW = 8
#: Spellings that are remembered, some 3 kB each, and the longest message that has one.
_MAX_SPELLINGS, _MAX_BYTES = 4096, 1024
#: In place of a layout: the message is not read in columns.
_UNREAD = -1


class Portion(NamedTuple):
    """Some of a batch's readings, and of each the number of its message."""

    origin: Ints
    said: Said


def together(portions: Sequence[Portion]) -> Said:
    """Return all readings in the order of their messages."""
    filled = [one for one in portions if len(one.origin)]
    if len(filled) <= 1:
        return (filled or portions)[0].said
    order = np.argsort(np.concatenate([one.origin for one in filled]), kind="stable")
    said = [one.said for one in filled]
    return Said(
        np.concatenate([one.slot for one in said])[order],
        np.concatenate([one.time_ns for one in said])[order],
        np.concatenate([one.value for one in said])[order],
        np.concatenate([one.quality for one in said])[order],
    )


class _Spelled:
    """One spelling: how it is read, and messages of a batch that have it."""

    __slots__ = ("layout", "numbers", "payloads", "rows", "shape")

    def __init__(self, shape: Shape, layout: Layout) -> None:
        self.shape, self.layout = shape, layout
        self.clear()

    def clear(self) -> None:
        """Forget the batch."""
        self.numbers: list[int] = []
        self.rows: list[int] = []
        self.payloads: list[bytes] = []

    def read(self) -> tuple[Portion, list[int]]:
        """Return what the messages say, and the numbers of those that it is not sure of."""
        number, width = np.array(self.numbers), len(self.shape.told)
        columns = self.shape.read(self.payloads)
        slots, time_ns, values, sure = self.layout.slots(self.rows), *columns
        if not sure.all():
            number, slots, time_ns, values = number[sure], slots[sure], time_ns[sure], values[sure]
        time_ns = np.repeat(time_ns, width) if self.shape.timed else np.full(slots.size, NO_TIME)
        quality = np.full(slots.size, self.shape.quality, np.uint16)
        portion = Portion(np.repeat(number, width), Said(slots.ravel(), time_ns, values.ravel(), quality))
        return portion, [one for one, is_sure in zip(self.numbers, sure.tolist(), strict=True) if not is_sure]


class NativeColumns:
    """Remembers topics and spellings; belongs to one thread.

    Attributes:
        speakers: the sensors that topics belong to, and how each usually tells its values.
    """

    def __init__(self) -> None:
        self.speakers = Speakers()
        self._topics = Topics()
        self._spellings: dict[bytes, _Spelled | None] = {}
        self._seen_once: set[bytes] = set()
        self._layouts: dict[tuple[tuple[str, str | None], ...], Layout] = {}

    def sensor(self, message: Message) -> int | None:
        """Return the number of the sensor whose topic this is, if one of its readings was understood before."""
        return self._topics.sensor(message.raw_topic)

    def read(self, messages: Sequence[Message]) -> tuple[list[Portion], list[int]]:
        """Return what is read in columns, and the numbers of the other messages in order."""
        if len(messages) < _FEW:
            return [], list(range(len(messages)))
        met, rest = self._sorted(messages)
        portions: list[Portion] = []
        for one in met:
            if len(one.numbers) < _FEW:
                rest += one.numbers
            else:
                portion, unsure = one.read()
                portions.append(portion)
                rest += unsure
            one.clear()
        return portions, sorted(rest)

    def _sorted(self, messages: Sequence[Message]) -> tuple[list[_Spelled], list[int]]:
        """Hand each message to its spelling; return the spellings met, and the numbers of messages without one."""
        spellings = self._spellings
        met: list[_Spelled] = []
        rest: list[int] = []
        for number, message, sensor, layout, row in zip(count(), messages, *self._speaking(messages), strict=False):
            spelled = spellings.get(spelling(message.payload)) if layout != _UNREAD and not message.retain else None
            if spelled is None:
                rest.append(number)
                continue
            if layout != spelled.layout.number:
                besides = spelled.layout.row_besides(sensor)
                if besides is None:
                    rest.append(number)
                    continue
                row = besides
            if not spelled.numbers:
                met.append(spelled)
            spelled.numbers.append(number)
            spelled.rows.append(row)
            spelled.payloads.append(message.payload)
        return met, rest

    def _speaking(self, messages: Sequence[Message]) -> tuple[list[int], list[int], list[int]]:
        """Return of each message its sensor, what that usually tells, `_UNREAD` if it is not read here, and the row."""
        sensors = self._topics.sensors([message.raw_topic for message in messages])
        speakers = self.speakers
        is_read = (sensors != NOBODY) & speakers.registered[sensors]
        layouts = np.where(is_read, speakers.layout[sensors], _UNREAD)
        return sensors.tolist(), layouts.tolist(), speakers.row[sensors].tolist()

    def learn(self, message: Message, reading: NativeReading, sensor: SpeakingSensor, slots: Sequence[int]) -> None:
        """Remember a message of one reading that was understood, with the slots of its values."""
        self._topics.learn(message.raw_topic, sensor.number)
        key = spelling(message.payload)
        if key not in self._spellings and self._is_back(key):
            self._spellings[key] = self._spelled(message.payload)
        spelled = self._spellings.get(key)
        if spelled is not None and spelled.shape.told == told_by(reading):
            spelled.layout.know(sensor, slots)

    def _spelled(self, payload: bytes) -> _Spelled | None:
        shape = Shape.of(payload)
        if shape is None or (shape.told not in self._layouts and len(self._layouts) >= _MAX_SPELLINGS):
            return None
        words = [name if unit is None else Told(name, unit) for name, unit in shape.told]
        return _Spelled(shape, self._layout(shape.told, words))

    def _layout(self, told: tuple[tuple[str, str | None], ...], words: Sequence[str | Told]) -> Layout:
        if told not in self._layouts:
            self._layouts[told] = self.speakers.new_layout(words)
        return self._layouts[told]

    def _is_back(self, key: bytes) -> bool:
        """Return whether a spelling came before: one that never comes again is not worth a shape."""
        if len(key) > _MAX_BYTES:
            return False
        if key in self._seen_once:
            if len(self._spellings) >= _MAX_SPELLINGS:
                self._spellings.clear()
            self._seen_once.discard(key)
            return True
        if len(self._seen_once) >= _MAX_SPELLINGS:
            self._seen_once.clear()
        self._seen_once.add(key)
        return False
