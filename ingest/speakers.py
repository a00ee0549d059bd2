"""Sensors that have said something, in columns by permanent number: a million of them take some ten bytes each."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from city.growing import grown, room_for
from ingest.meaning import Told

Flags = NDArray[np.bool_]

#: How a device names what it tells: a quantity in its own unit by its name alone.
Words = str | Told

#: In place of a layout's number: it is not known yet what a sensor tells together.
NO_LAYOUT = 0

_FIRST_SIZE = 1024
_COLUMNS = ("heard", "registered", "recorded", "layout", "row")


class Layout:
    """Values that sensors tell together: the slots of each sensor in a row of its own.

    Attributes:
        number: its own among all layouts, from 1 up.
        places: where each value stands in a row.
    """

    def __init__(self, number: int, words: Sequence[Words]) -> None:
        self.number = number
        self.places = {one: place for place, one in enumerate(words)}
        self._slots: NDArray[np.int32] = np.zeros((16, len(words)), np.int32)
        self._count = 0
        #: Rows of sensors that usually tell something else.
        self._rows: dict[int, int] = {}

    def know(self, sensor: "SpeakingSensor", slots: Sequence[int]) -> None:
        """Give `sensor` a row, if it has none."""
        if sensor.layout is self or sensor.number in self._rows:
            return
        if self._count == len(self._slots):
            self._slots = grown(self._slots, self._count, room_for(self._count))
        self._slots[self._count] = slots
        if sensor.layout is None:
            sensor.use(self, self._count)
        else:
            self._rows[sensor.number] = self._count
        self._count += 1

    def row_besides(self, number: int) -> int | None:
        """Return the row of a sensor that usually tells something else; None where it has none."""
        return self._rows.get(number)

    def slot(self, row: int, place: int) -> int:
        """Return one slot."""
        return int(self._slots[row, place])

    def slots(self, rows: Sequence[int]) -> NDArray[np.int64]:
        """Return the slots of these rows."""
        return self._slots[rows].astype(np.int64)


class Speakers:
    """Columns by number; belongs to one thread.

    Attributes:
        heard: which have said something; the other columns say something of these only.
        registered, recorded: what the registry says of each.
        layout, row: the number of what each usually tells together, and its row there.
        others: slots of what a sensor tells besides, of those that do.
    """

    def __init__(self) -> None:
        self.heard: Flags = np.zeros(_FIRST_SIZE, np.bool_)
        self.registered: Flags = np.zeros(_FIRST_SIZE, np.bool_)
        self.recorded: Flags = np.zeros(_FIRST_SIZE, np.bool_)
        self.layout: NDArray[np.int16] = np.zeros(_FIRST_SIZE, np.int16)
        self.row: NDArray[np.int32] = np.zeros(_FIRST_SIZE, np.int32)
        self.others: dict[int, dict[Words, int]] = {}
        self._layouts: list[Layout] = []

    def new_layout(self, words: Sequence[Words]) -> Layout:
        """Return the next layout."""
        self._layouts.append(Layout(len(self._layouts) + 1, words))
        return self._layouts[-1]

    def layout_of(self, number: int) -> Layout | None:
        """Return what a sensor usually tells together; None before it is known."""
        layout = self.layout.item(number)
        return self._layouts[layout - 1] if layout != NO_LAYOUT else None

    def has(self, number: int) -> bool:
        """Return whether a sensor has said something."""
        return number < len(self.heard) and self.heard.item(number)

    def meet(self, number: int, *, registered: bool, recorded: bool) -> None:
        """Take in a sensor that speaks for the first time."""
        if number >= len(self.heard):
            for name in _COLUMNS:
                column = getattr(self, name)
                setattr(self, name, grown(column, len(column), room_for(number + 1)))
        self.heard[number], self.registered[number], self.recorded[number] = True, registered, recorded

    def regard(self, registered: Flags, recorded: Flags) -> Iterator[int]:
        """Take over what the registry says, given by number, and yield whom it says something else of recording."""
        size = min(len(self.heard), len(registered))
        is_recorded = np.zeros(len(self.heard), np.bool_)
        self.registered[:], is_recorded[:size] = False, recorded[:size]
        self.registered[:size] = registered[:size]
        changed = np.flatnonzero(self.heard & (self.recorded != is_recorded))
        self.recorded = is_recorded
        return iter(changed.tolist())

    @property
    def strangers(self) -> int:
        """Return how many have spoken that are not registered."""
        return int(np.count_nonzero(self.heard & ~self.registered))


class SpeakingSensor:
    """One of those that speak, made for a message that is read by itself."""

    __slots__ = ("_speakers", "id", "number")

    def __init__(self, speakers: Speakers, number: int, sensor_id: str) -> None:
        self._speakers, self.number, self.id = speakers, number, sensor_id

    @property
    def registered(self) -> bool:
        """Return whether it is in the registry."""
        return self._speakers.registered.item(self.number)

    @property
    def recorded(self) -> bool:
        """Return whether it plays a recording."""
        return self._speakers.recorded.item(self.number)

    @property
    def layout(self) -> Layout | None:
        """Return what it usually tells together; None before it is known."""
        return self._speakers.layout_of(self.number)

    @property
    def slots(self) -> list[int]:
        """Return all slots that it has."""
        layout, others = self.layout, self._speakers.others.get(self.number, {})
        usual = layout.slots([self._speakers.row.item(self.number)])[0].tolist() if layout is not None else []
        return [*usual, *others.values()]

    def slot(self, words: Words) -> int | None:
        """Return the slot of what it tells in these words, if it has one."""
        layout = self.layout
        if layout is not None and (place := layout.places.get(words)) is not None:
            return layout.slot(self._speakers.row.item(self.number), place)
        others = self._speakers.others.get(self.number)
        return others.get(words) if others is not None else None

    def add(self, words: Words, slot: int) -> int:
        """Remember what it tells in these words, and return the slot."""
        self._speakers.others.setdefault(self.number, {})[words] = slot
        return slot

    def use(self, layout: Layout, row: int) -> None:
        """Let a layout be what it usually tells together."""
        speakers = self._speakers
        speakers.layout[self.number], speakers.row[self.number] = layout.number, row
        others = speakers.others.pop(self.number, {})
        besides = {words: slot for words, slot in others.items() if words not in layout.places}
        if besides:
            speakers.others[self.number] = besides
