"""Whose a stranger's object is, by an id that names the kind of thing that measures: `bin_id`, `smart_meter_id`."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

#: Things that measure, or at which something does, in the languages whose words are known here. Rooms, streets and
#: people are none: several things are in one.
_THINGS = (
    "sensor|device|node|nodo|thing|meter|smartmeter|energymeter|watermeter|station|estacion|dispositivo|equip(?:ment)?"
    "|bin|container|dumpster|tank|reservoir|silo|well|borehole|pump|valve|gauge|raingauge|buoy|manhole|drain|hydrant"
    "|pole|gully|lamp|lamppost|luminaire|light|streetlight|parking(?:spot|slot|space|lot)?|spot|slot|charger|pile|chargepoint"
    "|chargingstation|evse|wallbox|plug|socket|elevator|lift|escalator|machine|motor|asset|mote|beacon|camera|cam"
    "|detector|counter|radar|vehicle|bus|tram|train|bike|scooter|panel|ups|pdu|rack|inverter|plc|rtu|dtu|controller"
    "|door|gate|hatch|lid|cover|probe|logger|intersection|junction|crossing|bridge|tunnel|turbine|boiler|chiller|ahu|hive|transformer|breaker"
    "|smartbin|wastebin|drone|uav|toilet|berth|tracker|trafficlight|signal|monitor|module|terminal|nodecentral"
)
_THING = re.compile(rf"(?:{_THINGS})(?:node|unit|device)?(?:uuid|guid|uid|id|code|no|number|sn)|id(?:{_THINGS})")
#: Who passes something on is not who measured.
_PASSING = re.compile(r".*(?:gateway|hub|concentrator|nodecentral|signal(?:no|number|code)|counterno|counternumber).*")
#: A number shorter than this is one of somebody's few, whatever it numbers.
_LONGEST, _A_CITYS = 60, 4
#: A thing's number in Chinese, and those of papers, people and passers-on.
_NUMBERED = re.compile(
    r"(?!.*(?:订单|消息|工单|报警|告警|用户|人员|网关|主机|批次|流水|项目|区域|类型)).{1,8}(?:编号|编码)"
)
#: What moves through a city, and tells where it is; a telephone or a person is none.
_VEHICLE = re.compile(
    r"(?:vehicle|bus|tram|train|truck|trailer|ship|vessel|ferry|sweeper|drone|uav)(?:uid|id|code|ref|no|number)"
)


def is_vehicle(folded: Mapping[str, Any]) -> bool:
    """Return whether an object is a vehicle's, by the id that it has."""
    told = folded.get("vehicle")
    is_named = isinstance(told, dict) and "id" in told
    return is_named or any(_is_vehicles(key) for key in folded if len(key) <= _LONGEST)


@lru_cache(maxsize=8192)
def _is_vehicles(key: str) -> bool:
    return _VEHICLE.fullmatch(key) is not None


def of_thing(folded: Mapping[str, Any], around: str, name_of: Callable[[object], str]) -> str:
    """Return whose an object is by such an id; a bare number tells one of several of what is named around it."""
    for key, value in folded.items():
        if len(key) <= _LONGEST and _is_thing(key) and (name := name_of(value)):
            if not name.isdecimal():
                return name
            if around or key.isascii():
                return f"{around}/{name}" if around else name
            return name if len(name) >= _A_CITYS else ""
    return ""


@lru_cache(maxsize=8192)
def _is_thing(key: str) -> bool:
    if not key.isascii():
        return _NUMBERED.fullmatch(key) is not None
    return _THING.fullmatch(key) is not None and _PASSING.fullmatch(key) is None
