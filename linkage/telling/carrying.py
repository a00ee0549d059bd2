"""Every channel's courier: apprise, gateways, departments' own systems, and what the program adds."""

from collections.abc import Mapping

from city.clock import Clock
from linkage.config import LinkageSettings
from linkage.outside.courier import SystemCourier
from linkage.telling.couriers import AppriseCourier, Courier, Couriers
from linkage.telling.gateway import GatewayCourier
from linkage.telling.outbox import SYSTEM_PREFIX

#: The channel that publishes to the city's broker; no configuration makes another of this name.
MQTT_CHANNEL = "mqtt"


def couriers(settings: LinkageSettings, clock: Clock, added: Mapping[str, Courier] | None = None) -> Courier:
    """Return a courier that gives each letter to its channel's own; `added` are channels that the program makes."""
    messages = settings.messages
    own: dict[str, Courier] = {} if added is None else dict(added)
    for name, gateway in messages.gateways.items():
        timeout_s = messages.paced(name).timeout_s
        own[name] = GatewayCourier(gateway, allow=messages.allow_internal, timeout_s=timeout_s)
    for department, system in settings.systems.items():
        name = f"{SYSTEM_PREFIX}{department}"
        timeout_s = messages.paced(name).timeout_s
        own[name] = SystemCourier(system, clock, allow=messages.allow_internal, timeout_s=timeout_s)
    return Couriers(own, AppriseCourier(messages))


def channels(settings: LinkageSettings) -> tuple[str, ...]:
    """Return the names of every configured channel, in order."""
    messages = settings.messages
    systems = (f"{SYSTEM_PREFIX}{department}" for department in settings.systems)
    return tuple(sorted({*messages.channels, *messages.gateways, MQTT_CHANNEL, *systems}))
