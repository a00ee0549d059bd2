"""States that strangers tell: words that are a state's where a truth follows, and words that are the answer."""

import re
from functools import lru_cache

from ingest.decoders.known import Known

#: Words that are a state's where a truth follows, and a level, a volume or a service elsewhere.
_OF_TRUTH = {
    "leak": "water_leak", "flood": "water_leak", "flooded": "water_leak", "leakdetected": "water_leak",
    "waterdetected": "water_leak", "presence": "occupied", "presencedetected": "occupied",
    "persondetected": "occupied", "vehicledetected": "occupied", "vehiclepresent": "occupied",
    "carpresent": "occupied", "smokedetected": "smoke", "smokealarm": "smoke", "gasdetected": "gas",
    "gasleak": "gas", "gasalarm": "gas", "doorstatus": "door_open", "doorstate": "door_open",
    "dooropened": "door_open", "isopen": "door_open", "tampered": "tamper", "onbattery": "on_battery",
}  # fmt: skip
#: What runs or stands, told as a truth or as 1 and 0.
_RUNS = re.compile(r"((?:pump|motor|fan|compressor|generator|blower|escalator|mixer)\d{0,2})(?:is)?running")
#: Words before `open` and `closed`, and those before `occupied` and `vacant`; a charger's plug is free, too.
_OPENED = re.compile(r"(?:.*?)(door|window|gate|lid|hatch|manhole|cover|magnet|reed)(?:status|state|contact)?")
_TAKEN = re.compile(
    r"(?:(?:parking|spot|slot|space|bay|seat|room|desk)(?:status|state)?|(?:occupancy|occupation)(?:status|state)?)"
)
_OPEN_WORDS = {
    "open": 1.0,
    "opened": 1.0,
    "opening": 1.0,
    "closed": 0.0,
    "close": 0.0,
    "shut": 0.0,
    "开": 1.0,
    "关": 0.0,
}
_TAKEN_WORDS = {"occupied": 1.0, "taken": 1.0, "vacant": 0.0, "free": 0.0, "empty": 0.0, "unoccupied": 0.0}
#: Answers that say by themselves what was asked.
_SELF = {"occupied": 1.0, "vacant": 0.0, "unoccupied": 0.0}
_LONGEST = 60
_TRUTHS = frozenset({"true", "false"})
_STATES = {
    "true": 1.0, "false": 0.0, "on": 1.0, "off": 0.0, "open": 1.0, "closed": 0.0, "1": 1.0, "0": 0.0,
    "detected": 1.0, "clear": 0.0, "yes": 1.0, "no": 0.0, "occupied": 1.0, "vacant": 0.0,
}  # fmt: skip
#: What an alarm's own word says of it, and what a detector of movement says.
_ALARMS = frozenset({"smoke", "gas", "water_leak", "tamper", "carbon_monoxide_alarm", "vibration"})
_ALARM_WORDS = {
    "normal": 0.0, "ok": 0.0, "safe": 0.0, "dry": 0.0, "none": 0.0, "正常": 0.0, "无水": 0.0,
    "alarm": 1.0, "wet": 1.0, "leak": 1.0, "leaking": 1.0, "triggered": 1.0, "报警": 1.0, "告警": 1.0, "漏水": 1.0,
}  # fmt: skip
_MOVED = frozenset({"motion", "occupied"})
_MOVED_WORDS = {"active": 1.0, "inactive": 0.0, "motion": 1.0, "no motion": 0.0, "no_motion": 0.0, "none": 0.0}


def of_truth(word: str, value: object) -> tuple[Known, bool] | None:
    """Return what a word means before a truth or a state's own word, which it does not before a number."""
    folded = _letters(word) if len(word) <= _LONGEST else ""
    runs = _running(folded)
    if runs and state_of("equipment_running", value) is not None:
        return Known("equipment_running", "", runs), True
    if not isinstance(value, bool | str):
        return None
    if isinstance(value, bool) or (isinstance(value, str) and value.strip().lower() in _TRUTHS):
        state = _OF_TRUTH.get(folded)
        return (Known(state, ""), True) if state is not None else None
    said = value.strip().lower()
    opened = _OPENED.fullmatch(folded) if said in _OPEN_WORDS else None
    if opened is not None:
        state = "window_open" if opened[1] == "window" else "door_open"
        return Known(state, "", "" if opened[1] in {"door", "window", "magnet", "reed"} else opened[1]), True
    is_taken = said in _TAKEN_WORDS and _TAKEN.fullmatch(folded) is not None
    if is_taken or (said in _SELF and folded in {"status", "state"}):
        return Known("occupied", ""), True
    return None


def state_of(quantity: str, value: object) -> float | None:
    """Return what a truth or a word says of a state; None for what is no answer."""
    said = str(value).strip().lower()
    own = _ALARM_WORDS if quantity in _ALARMS else _MOVED_WORDS if quantity in _MOVED else {}
    return next((table[said] for table in (own, _STATES, _OPEN_WORDS, _TAKEN_WORDS) if said in table), None)


@lru_cache(maxsize=8192)
def _running(folded: str) -> str:
    """Return what runs or stands; empty for another word."""
    found = _RUNS.fullmatch(folded)
    return found[1] if found is not None else ""


@lru_cache(maxsize=8192)
def _letters(word: str) -> str:
    return "".join(letter for letter in word.lower() if letter.isalnum())
