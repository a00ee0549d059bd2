"""Alarms that the failure of one asset explains: which they are, and what the asset is."""

from city.alarm import AlarmTransition
from city.sensor import Sensor

#: The rule in the key of an incident about an asset that sensors found to have failed together.
ASSET_RULE = ":asset"

#: The kind of rule whose alarms an asset's failure explains when the rule does not say so itself.
_SILENT = "silence"


def is_explained(transition: AlarmTransition) -> bool:
    """Tell whether the failure of what its sensor depends on explains the alarm; never one that may cost a life."""
    response = transition.response
    if response.life_safety:
        return False
    return transition.kind == _SILENT if response.with_asset is None else response.with_asset


def assets_of(transition: AlarmTransition, sensor: Sensor | None) -> tuple[str, ...]:
    """Return what may have failed when this alarm burns: what it says itself, its gateway or feeder, and its site."""
    if not is_explained(transition):
        return ()
    own = (transition.target,) if transition.asset else ()
    around = () if sensor is None else (sensor.upstream, sensor.site)
    return tuple(dict.fromkeys((*own, *(asset for asset in around if asset and asset != transition.target))))
