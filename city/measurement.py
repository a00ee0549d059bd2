"""What a decoder makes of one message: plain measurements, before anything is checked or numbered."""

from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from city.quality import Quality


@dataclass(slots=True)
class Measurement:
    """One value as the device said it: its own names, its own unit.

    Attributes:
        sensor: the device's id as it should stand in the registry.
        quantity: the device's name for what was measured.
        unit: as the envelope says it; None when it does not say.
        time_ns: the sensor's own time; None where the time of receipt must do.
        label: which of several of the same kind (a class of vehicle, a probe); empty when there is one.
        age_ns: how long before receipt it was measured, where the device tells that in place of a time.
    """

    sensor: str
    quantity: str
    value: float
    unit: str | None = None
    time_ns: int | None = None
    quality: Quality = Quality.GOOD
    label: str = ""
    age_ns: int = 0


@dataclass(slots=True)
class Observation:
    """A discrete event as the device reported it."""

    sensor: str
    event: str
    time_ns: int | None = None
    attributes: dict[str, str | float | bool] = field(default_factory=dict)


@dataclass(slots=True)
class Status:
    """A sensor's own word, or its last will's, that it is there."""

    sensor: str
    online: bool


@dataclass(slots=True)
class Decoded:
    """All that one message said; all empty for a message that says nothing about the city."""

    measurements: list[Measurement] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)


@runtime_checkable
class Forgetful(Protocol):
    """A decoder that reads retained descriptions, which their publishers may delete."""

    def forget(self, topic: str) -> None:
        """Forget what the retained message of `topic` told."""
        ...


class Decoder(Protocol):
    """Reads the messages of one payload family."""

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Return what the message says.

        Raises:
            UndecodableMessage: it is malformed; the message belongs in quarantine.
        """
        ...
