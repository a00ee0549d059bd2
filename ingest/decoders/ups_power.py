"""What a UPS's status words say of its power: on battery, battery low, and the end of either."""

from collections.abc import Iterator

import msgspec

from city.measurement import Measurement
from city.quality import Quality
from ingest.decoders.memory import Memory

#: Quantity -> the words that say so (NUT's developer guide §4.3; apcupsd's manual, STATUS).
_SAID = {
    "on_battery": frozenset({"OB", "ONBATT"}),
    "battery_low": frozenset({"LB", "LOWBATT"}),
}
#: Words that say that the mains feed the load: without one of them nobody said that a cut is over.
_MAINS = frozenset({"OL", "ONLINE"})


class PowerCut(msgspec.Struct, frozen=True):
    """What a UPS said last that has not ended."""

    said: tuple[str, ...]


def power_states(memory: Memory, sensor: str, words: frozenset[str]) -> Iterator[Measurement]:
    """Yield what holds, and once, when it ends, that it does no more; an ordinary report says nothing of it."""
    key = f"ups/{sensor}"
    before = memory.recall(key, PowerCut)
    held = before.said if before is not None else ()
    now = tuple(quantity for quantity, signs in _SAID.items() if signs & words)
    over = tuple(quantity for quantity in held if quantity not in now) if words & _MAINS else ()
    kept = tuple(quantity for quantity in _SAID if quantity in {*now, *held} and quantity not in over)
    if kept and kept != held:
        memory.learn(key, PowerCut(kept))
    elif not kept:
        memory.forget(key)
    for quantity in (*now, *over):
        yield Measurement(sensor, quantity, float(quantity in now), "", quality=Quality.GOOD)
