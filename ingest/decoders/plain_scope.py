"""Whose a place of a document is, which of several, since when and how good, by the members that are there for it."""

import re
from collections.abc import Mapping
from datetime import UTC, tzinfo
from functools import lru_cache
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from city.quality import Quality
from ingest.decoders.plain_things import of_thing
from ingest.decoders.plain_words import is_name, of_point
from ingest.decoders.times import time_of
from ingest.decoders.values import MAX_NAME_LENGTH

#: Members that name who measured, the surest first; and those that may as well name a message, a place or a program.
NAMES = (
    "sensorid", "deviceid", "deveui", "deviceeui", "stationid", "nodeid", "meterid", "thingid", "assetid", "devid",
    "did", "idwasp", "devicecode", "stationcode", "sensorcode", "sensorname", "devicename", "stationname", "nodename",
    "sensor", "device", "station", "node", "thing", "meter", "serialnumber", "serialno", "serial", "sn", "imei",
    "eui", "macaddress", "mac", "devsn", "clientid", "identity", "devicenumber", "deviceno", "equipmentid",
    "deviceuuid", "macno", "ident", "registercode", "registrationcode", "deviceserial", "deviceserialnumber",
    "deviceuid", "devcode", "devno", "nodo", "estacion", "dispositivo", "测站编码", "测点编号", "站点编号", "站码",
    "设备编号", "设备编码", "设备id", "终端编号", "传感器编号", "表号", "站号", "stcd", "devicekey", "coreid",
    "madebysensor", "设备名称", "站点名称", "测站名称", "站名",
)  # fmt: skip
#: Those that people chose to read, which may change, and those that a maker gave once and for all.
_SHOWN = frozenset({"sensorname", "devicename", "stationname", "nodename", "设备名称", "站点名称", "测站名称", "站名"})
_GIVEN = ("serialnumber", "serialno", "serial", "sn", "devsn", "imei", "macaddress", "mac")
#: Objects that name who sent, by an id; as texts they are as often a program's or a place's.
_SENDERS = ("source", "sender", "origin")
#: Members of a feed of traffic beside its `vehicle`; elsewhere that is who was seen.
_OF_A_FEED = frozenset({"position", "trip"})
#: Members of an alert; of a device's state, which are an alarm's beside what only alarms have; and of none.
_OF_AN_ALERT = frozenset({"alerttype", "alertlevel", "severity"})
_OF_A_STATE = frozenset({"alarmtype", "alarmlevel", "alarmcode"})
_OF_AN_ALARM = frozenset({"alarmtime", "alarmid", "alarmno"})
_NO_ALARM = frozenset({"0", "none", "normal", "ok", "false", "", "null"})
#: Objects beside the values that say whose they are, and since when.
_HEADS = ("header", "head", "agent", "deviceinfo", "devinfo", "metadata", "meta", "sensorinfo", "topic")
#: And objects in which only a maker's number is the device's: `{"system": {"serial_number": …}, "probe": {…}}`.
_BOARDS = ("system", "message", "modem", "module", "identification")
#: Of a server's topic for a device behind a node of Sparkplug's.
_EDGE = "edgenodedescriptor"
#: Members of a host that is an object.
_IN_A_HOST = ("host", "hostname", "name")
#: A number of a chip or a radio, under a word that elsewhere names a place or a program.
_CHIP_NUMBER = re.compile(r"(?=.*\d)[0-9a-fA-F]{8,16}")
#: Members of a name that is an object.
_IN_A_NAME = ("id", "eui", *NAMES, "name")
_FAINT_NAMES = ("name", "hostname", "host", "source", "location", "room", "site")
#: Objects beside a value that say of what it is, as databases of time series keep them, and who is named there.
_TAGS = ("tags", "labels", "dimensions")
_TAG_NAMES = (*NAMES, "instance", "host", "hostname")
_TIMES = (
    "timestamp", "time", "ts", "@timestamp", "timestampms", "timems", "datetime", "measuredat", "recordedat",
    "observedat", "eventtime", "observationtime", "phenomenontime", "sampletime", "dateobserved", "createdat",
    "unixtime", "epoch", "utc", "dateutc", "timeutc", "datetimeutc", "timestamputc", "utctime", "devicetime",
    "enqueuedtime", "tilldatetime", "endtime", "origin", "capturedat", "sampledat", "collectedat", "collecttime",
    "reporttime", "reportedat", "sentat", "readingtime", "acquisitiontime", "datatime", "localtime", "date", "dt",
    "t",
    "updatedat", "measuretime", "measurementtime", "observationdatetime", "gathertime", "collectiontime", "lastupdated",
    "lastupdate", "updatetime", "unix", "unixts", "epochtime", "recorded", "samplerecorded", "recordtime",
    "recordedtime", "readat", "readtime", "createutc", "createdutc", "windowend", "periodend", "intervalend",
    "at", "when", "senton", "obstime", "observetime", "uploadtime", "samplingtime", "messagedate", "timestampmeasured",
    "zeit", "zeitstempel", "fecha", "datatimestamp", "tm", "publishedat", "resulttime", "clock",
    "时间", "采集时间", "上报时间", "监测时间",
)  # fmt: skip
#: What Azure's hub writes of who sent, and members by which an envelope of events is known; its `id` is an event's.
_SYSTEM, _SENDER = "systemproperties", "iothubconnectiondeviceid"
_OF_AN_EVENT = ("eventtype", "specversion")
#: Members of a time that is an object.
_MOMENTS = ("$date", "utc", "iso")
#: Which of several a place is, by its number.
_WHICH = ("zone", "zoneid", "lane", "laneid", "laneno", "probe", "probeid")
_WORST, _BEST = frozenset({"bad", "invalid", "uncertain"}), frozenset({"good", "ok", "valid", "true"})
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
#: Ids by which one of several sensors of a kind is told, which begin with the kind's word.
_IDS = ("sensorid", "deviceid", "nodeid", "meterid")
_COUNTED = re.compile(r"[A-Za-z][A-Za-z_\-]{0,40}[_\-]\d{1,6}", re.ASCII)
_NUMBER = re.compile(r"\d{9,19}(?:\.\d{1,9})?", re.ASCII)
_MOMENT = re.compile(r"1[4-9]\d{8}(?:\d{3})?", re.ASCII)
_LONGEST_NS = 31 * 86_400 * 10**9
_MAX_WHICH = 20
#: The same, to see at a glance that an object has none of them, as most have none.
_ANY_NAME, _ANY_TIME, _ANY_FAINT = frozenset(NAMES), frozenset(_TIMES), frozenset(_FAINT_NAMES)
_ANY_SENDER = frozenset({*_SENDERS, "vehicle"})
_ANY_BOARD = frozenset({*_BOARDS, "host"})
_ANY_HEAD, _ANY_TAGS, _ANY_WHICH = frozenset(_HEADS), frozenset(_TAGS), frozenset(_WHICH)
_GOODNESS = ("q", "quality", "good", "valid")
_ANY_GOODNESS, _NOTHING = frozenset(_GOODNESS), dict[str, Any]()
_IMEI_LENGTH = 15
#: A shorter number than this no maker gives: it is which of somebody's few.
_A_MAKERS = 4


class Scope(Struct, frozen=True):
    """What is known at a place of a document.

    Attributes:
        sensor: by a member that is there for it; `own` by an `id`, `faint` by a name of something around it.
        before: the member in which this place lies, which may be the first half of a word (`wind`, `speed`).
        word: the quantity's word in the topic, for a body that is one value.
        alarmed: within what tells that a limit was crossed: its values are not told regularly, and mostly rounded.
    """

    sensor: str = ""
    own: str = ""
    faint: str = ""
    time_ns: int | None = None
    label: str = ""
    before: str = ""
    word: str = ""
    quality: Quality = Quality.GOOD
    alarmed: bool = False


def within(folded: Mapping[str, Any], scope: Scope, zone: tzinfo | None) -> Scope:
    """Return what is known at an object, by its own members and by what lies around it."""
    head = _head(folded)
    sensor = (
        _named(folded)
        or _of_mesh(folded)
        or _of_hub(folded)
        or of_thing(folded, scope.sensor, name_of)
        or _of_edge(head)
        or _named(head)
        or _of_sender(folded)
        or _of_board(folded)
        or scope.sensor
    )
    is_event = "id" not in folded or any(isinstance(folded.get(key), str) for key in _OF_AN_EVENT)
    faints = _FAINT_NAMES if not _ANY_FAINT.isdisjoint(folded) else ()
    faint = next((name for key in faints if key in folded and (name := name_of(folded[key]))), scope.faint)
    time_ns = _moment(head or _folded(folded.get("message")), scope.time_ns, zone)
    return replace(
        scope,
        sensor=_with_counted(sensor, folded),
        own=("" if is_event else _id(folded["id"])) or _of_tags(folded) or _numbered(folded) or scope.own,
        faint=faint,
        time_ns=_moment(folded, time_ns, zone),
        label=joined(scope.label, *map(str, _which(folded))),
        quality=_quality(folded, scope.quality),
        alarmed=scope.alarmed or _alarmed(folded),
    )


def time_within(folded: Mapping[str, Any], scope: Scope, zone: tzinfo | None) -> int | None:
    """Return since when an object's values are."""
    return _moment(folded, scope.time_ns, zone)


def _moment(folded: Mapping[str, Any], around: int | None, zone: tzinfo | None) -> int | None:
    if _ANY_TIME.isdisjoint(folded):
        return around
    times = (_time(folded[key], UTC if "utc" in key else zone) for key in _TIMES if key in folded)
    return next((one for one in times if one is not None), around)


def moments(body: Mapping[str, Any]) -> dict[str, int]:
    """Return the moments by which members are named (`{"1611082554": {"temperature": 21}}`); empty where one is none.

    A meter's number may look like one; two of them are further apart than the values that one message tells.
    """
    if not next(iter(body), "").isdigit():
        return {}
    said = [time_of(int(key), None) if _MOMENT.fullmatch(key) else None for key in body]
    told = [one for one in said if one is not None]
    if len(told) < len(said) or not told or max(told) - min(told) > _LONGEST_NS:
        return {}
    return dict(zip(body, told, strict=True))


def is_of_then(inner: object, around: Mapping[str, Any], zone: tzinfo | None) -> bool:
    """Return whether an object tells another time than what it lies in, in a way that says no moment."""
    folded = _folded(inner)
    if _ANY_TIME.isdisjoint(folded) or _moment(folded, None, zone) is not None:
        return False
    outer = {around[key] for key in _ANY_TIME & around.keys() if isinstance(around[key], str)}
    return bool(outer) and any(
        isinstance(one := folded[key], str) and one not in outer for key in _ANY_TIME & folded.keys()
    )


def name_of(said: object) -> str:
    """Return what can be a sensor's name; empty for what cannot, or is the word of a quantity."""
    if isinstance(said, dict):
        inner = {fold(name): one for name, one in said.items()}
        return next((name for word in _IN_A_NAME if word in inner and (name := name_of(inner[word]))), "")
    if isinstance(said, bool) or not isinstance(said, str | int):
        return ""
    text = str(said).strip()
    if not text or len(text) > MAX_NAME_LENGTH or not text.isprintable() or not is_name(text):
        return ""
    return text


def _named(folded: Mapping[str, Any]) -> str:
    """Return who is named by a member that is there for it; a maker's number before a name that is shown."""
    if _ANY_NAME.isdisjoint(folded):
        return ""
    key, name = next(((key, name) for key in NAMES if key in folded and (name := name_of(folded[key]))), ("", ""))
    given = (name_of(folded[one]) for one in _GIVEN if one in folded) if key in _SHOWN else iter(())
    return next(filter(None, given), name)


def _of_sender(folded: Mapping[str, Any]) -> str:
    if _ANY_SENDER.isdisjoint(folded):
        return ""
    senders = (*_SENDERS, "vehicle") if not _OF_A_FEED.isdisjoint(folded) else _SENDERS
    return next((name for key in senders if isinstance(folded.get(key), dict) and (name := name_of(folded[key]))), "")


def _of_edge(head: Mapping[str, Any]) -> str:
    """Return a device by its node's name in Sparkplug, as that family's own decoder calls it."""
    node = head.get(_EDGE)
    return joined(node, name_of(head.get("deviceid"))) if isinstance(node, str) and name_of(node) else ""


def _of_board(folded: Mapping[str, Any]) -> str:
    """Return the number that a maker gave to the board or the modem beside what was measured."""
    if _ANY_BOARD.isdisjoint(folded):
        return ""
    for key in _BOARDS:
        inner = _folded(folded.get(key))
        found = next((name for one in _GIVEN if one in inner and (name := name_of(inner[one]))), "")
        if len(found) >= _A_MAKERS:
            return found
    inner = _folded(folded.get("host"))
    return next((name for one in _IN_A_HOST if (name := name_of(inner.get(one)))), "")


def _alarmed(folded: Mapping[str, Any]) -> bool:
    """Return whether an object is an alarm: one that a device tells with all its values must not hide them."""
    words = _OF_AN_ALERT if _OF_AN_ALARM.isdisjoint(folded) else _OF_AN_ALERT | _OF_A_STATE
    return any(_is_alarm(folded[key]) for key in words & folded.keys())


def _is_alarm(said: object) -> bool:
    text = str(said).strip().lower()
    return text not in _NO_ALARM and text.removeprefix("0x").strip("0") != ""


def _head(folded: Mapping[str, Any]) -> Mapping[str, Any]:
    if _ANY_HEAD.isdisjoint(folded):
        return _NOTHING
    return _folded(next((folded[key] for key in _HEADS if isinstance(folded.get(key), dict)), None))


def _folded(said: object) -> Mapping[str, Any]:
    return {fold(key): value for key, value in said.items()} if isinstance(said, dict) else _NOTHING


def _numbered(folded: Mapping[str, Any]) -> str:
    if _ANY_FAINT.isdisjoint(folded):
        return ""
    said = (folded[key] for key in _FAINT_NAMES if isinstance(folded.get(key), str))
    return next((one for one in said if _CHIP_NUMBER.fullmatch(one)), "")


def _with_counted(sensor: str, folded: Mapping[str, Any]) -> str:
    """Return a name with the id that is a quantity's word and a number: `temp-001` is one of somebody's several."""
    ids = (str(folded[key]).strip() for key in _IDS if isinstance(folded.get(key), str))
    counted = next((one for one in ids if _COUNTED.fullmatch(one) and not name_of(one)), "")
    return sensor if sensor.endswith(counted) else joined(sensor, counted)


def own_name(one: object) -> str:
    """Return by what an entry of a list is told from the others; empty where nothing does."""
    said = {fold(key): value for key, value in one.items()} if isinstance(one, dict) else {}
    return next((name for key in (*NAMES, "id", "name") if (name := name_of(said.get(key)))), "")


def joined(*parts: str) -> str:
    """Return the levels of a label."""
    return "/".join(part.strip() for part in parts if part and part.strip())


def fold(key: str) -> str:
    """Return a member's name as all its spellings are."""
    return _fold(key) if len(key) <= MAX_NAME_LENGTH else key


@lru_cache(maxsize=8192)
def _fold(key: str) -> str:
    return key.replace("_", "").replace("-", "").replace(" ", "").lower()


def _of_mesh(folded: Mapping[str, Any]) -> str:
    """Return the node that sent a packet from one to another; who passed it on is named beside."""
    ends = folded.get("from"), folded.get("to")
    numbered = all(isinstance(end, int) and not isinstance(end, bool) for end in ends)
    return str(ends[0]) if numbered and isinstance(folded.get("payload"), dict) else ""


def _of_hub(folded: Mapping[str, Any]) -> str:
    system = folded.get(_SYSTEM)
    return (
        next((name_of(one) for key, one in system.items() if fold(key) == _SENDER), "")
        if isinstance(system, dict)
        else ""
    )


def _of_tags(folded: Mapping[str, Any]) -> str:
    for key in _TAGS if not _ANY_TAGS.isdisjoint(folded) else ():
        tags = folded.get(key)
        if not isinstance(tags, dict):
            continue
        inner = {fold(name): one for name, one in tags.items()}
        found = next((name for word in _TAG_NAMES if word in inner and (name := name_of(inner[word]))), "")
        if found:
            return found
    return ""


def _which(folded: Mapping[str, Any]) -> tuple[str | int, ...]:
    if _ANY_WHICH.isdisjoint(folded):
        return ()
    said = next((folded[key] for key in _WHICH if isinstance(folded.get(key), str | int)), None)
    is_number = said is not None and not isinstance(said, bool)
    return (said,) if said is not None and is_number and len(str(said)) <= _MAX_WHICH else ()


def _quality(folded: Mapping[str, Any], around: Quality) -> Quality:
    for key in _GOODNESS if not _ANY_GOODNESS.isdisjoint(folded) else ():
        said = folded.get(key)
        if isinstance(said, bool):
            return Quality.GOOD if said else Quality.BAD
        if isinstance(said, str) and said.lower() in _WORST | _BEST:
            return Quality.BAD if said.lower() in _WORST else Quality.GOOD
    return around


def _id(said: object) -> str:
    """Return an `id` that may be a sensor's; numbers and UUIDs are mostly the message's own, and points are words."""
    text = name_of(said)
    is_number = text.isdecimal() and not _is_imei(text)
    return "" if not text or is_number or _UUID.fullmatch(text) or of_point(text) is not None else text


def _is_imei(text: str) -> bool:
    """Return whether a number is a modem's: fifteen digits, of which the last checks the others (3GPP TS 23.003)."""
    if len(text) != _IMEI_LENGTH or not text.isascii():
        return False
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(text))
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0


def _time(said: object, zone: tzinfo | None) -> int | None:
    if isinstance(said, dict):
        said = next((said[key] for key in _MOMENTS if said.get(key) is not None), None)
    if isinstance(said, str) and _NUMBER.fullmatch(said.strip()):
        said = float(said) if "." in said else int(said)
    return time_of(said, zone)
