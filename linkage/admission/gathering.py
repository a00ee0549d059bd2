"""Several children of one asset have failed together: one incident about the asset, which takes in theirs."""

from dataclasses import replace

from city.sensor import Sensor
from linkage.deed import Outcome
from linkage.merging.merge import merged
from linkage.record import Case, IncidentRecord

#: What an incident about an asset is called.
_ZH, _EN = "设备失联：{}", "Asset failed: {}"


def about_asset(outcome: Outcome, asset: str, sensor: Sensor | None) -> Outcome:
    """Return the opening with the asset in the place of the child whose alarm opened it."""
    case = outcome.case
    incident = _placed(replace(case.incident, title=_title(asset, sensor)), asset, sensor)
    first, *more = outcome.deeds
    named = {name: getattr(incident, name) for name in ("title", "sensor", "longitude", "latitude", "place")}
    data = {**first.data, **named, "asset": asset}
    return Outcome(Case(incident, case.tasks), (replace(first, data=data), *more))


def gathered(source: Case, target: Case, now_ns: int) -> tuple[Outcome, Outcome]:
    """Let a child's incident, on which nobody has worked, go on in the asset's."""
    merge = merged(source, target, now_ns, reason="siblings")
    return merge.source, merge.target


def _title(asset: str, sensor: Sensor | None) -> dict[str, str]:
    name = asset if sensor is None else sensor.name
    name_en = name if sensor is None or not sensor.name_en else sensor.name_en
    return {"zh": _ZH.format(name), "en": _EN.format(name_en)}


def _placed(incident: IncidentRecord, asset: str, sensor: Sensor | None) -> IncidentRecord:
    """Return the incident where the asset is; one that is not registered is where its child is."""
    if sensor is None:
        return replace(incident, sensor=None, place=asset)
    incident = replace(incident, sensor=sensor.id, place=sensor.site if sensor.site else sensor.name)
    if sensor.place is None:
        return incident
    return replace(incident, longitude=sensor.place.longitude, latitude=sensor.place.latitude)
