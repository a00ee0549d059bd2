"""Whose message it is by its topic, in families whose topics anybody may choose."""

from city.errors import UndecodableMessage
from ingest.decoders.values import checked_name
from ingest.reasons import Reason

#: Levels that say what is sent or by which program, and never by whom.
_GENERIC = frozenset(
    {
        "apcupsd", "apcaccess", "airrohr", "data", "json", "luftdaten", "nut", "nut2mqtt", "power", "readings",
        "redfish", "sensor.community", "sensors", "state", "status", "telemetry", "thermal", "thermalsubsystem",
        "thermalmetrics", "powersubsystem", "environmentmetrics", "fans", "ups", "v1", "values", "chassis",
    }
)  # fmt: skip


def sensor_of(topic: str) -> str:
    """Return the levels of a topic that can be a name, without generic ones at either end; empty where none is."""
    levels = [level for level in topic.split("/") if level]
    while levels and levels[0].lower() in _GENERIC:
        levels.pop(0)
    while levels and levels[-1].lower() in _GENERIC:
        levels.pop()
    return "/".join(levels)


def known_sensor(*said: object, topic: str) -> str:
    """Return the first name among what the body says, else what the topic says.

    Raises:
        UndecodableMessage: neither names anybody.
    """
    for word in (*said, sensor_of(topic)):
        if isinstance(word, int) and not isinstance(word, bool):
            return str(word)
        if isinstance(word, str) and word:
            return checked_name(word, at="$")
    raise UndecodableMessage(Reason.NO_SENSOR, expected="a sensor in topic or body", got="neither", at="topic")
