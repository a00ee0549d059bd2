"""What holds of a decoder whatever bytes it is given: readings or a reason, and never anything else."""

from math import isfinite

from city.errors import UndecodableMessage
from city.measurement import Decoder
from ingest.reasons import Reason


def assert_readings_or_reason(decoder: Decoder, topic: str, payload: bytes) -> None:
    """Decode a message; what comes out can be kept and shown, and what is refused has a reason of the list."""
    try:
        decoded = decoder.decode(topic, payload)
    except UndecodableMessage as refused:
        assert refused.reason in set(Reason)  # noqa: PT017 - either outcome is right, and each is checked
        return
    for measurement in decoded.measurements:
        assert measurement.sensor
        assert measurement.sensor.isprintable()
        assert isinstance(measurement.value, float)
        assert isfinite(measurement.value)
        assert measurement.time_ns is None or 0 < measurement.time_ns < 2**63
        assert measurement.age_ns >= 0
    for observed in decoded.observations:
        assert observed.sensor.isprintable()
        assert observed.event.isprintable()
