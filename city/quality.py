"""How far a reading can be trusted: flags that travel with it from the decoder to the screen."""

from enum import IntFlag


class Quality(IntFlag):
    """Flags of one reading, in sixteen bits; none set means good."""

    GOOD = 0
    OUT_OF_RANGE = 1  #: beyond the quantity's plausible range
    CLOCK = 2  #: the sensor's time was absent or impossible, the time of receipt stands in
    DUPLICATE = 4  #: the same sensor, quantity and time came before
    LATE = 8  #: older than the newest of its series: history, it may raise but never rewinds
    STALE = 16  #: the device itself says that the value is old
    SIMULATED = 32  #: made by a simulator, and marked so by it
    BAD = 64  #: bad by the device's own word
    RECORDED = 128  #: replayed from a recording: exempt from clock check and retention
    DERIVED = 256  #: computed here from other readings, at the end of the time that it is about


#: Flags with which a value says nothing about the city, only about the sensor.
UNTRUSTED = Quality.OUT_OF_RANGE | Quality.STALE | Quality.BAD


def names_of(quality: int) -> tuple[str, ...]:
    """Return the flags of `quality` as lower-case words; empty when good."""
    return tuple(flag.name.lower() for flag in Quality if flag & quality and flag.name is not None)
