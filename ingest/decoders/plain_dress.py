"""What strangers dress a word in: its unit in brackets, `instant`, words written together, Chinese prefixes."""

import re
from functools import lru_cache

#: `Temperature (°C)`, `temp[F]`, `湿度(%)`.
_BRACKETED = re.compile(r"(.{1,60}?)\s*[(\[（]\s*([^()\[\]（）]{1,12})\s*[)\]）]")
#: Words within a name that say that it is so now, as all of it is.
_NOW_WITHIN = re.compile(r"(?:^|_)(?:instant|instantaneous|inst|momentary|live|realtime)(?=_|$)")
#: What hangs at an input, and that it is a sensor, as points of controllers say it: `AI_Pressure`,
#: `zone_air_temperature_sensor`; one word before `sensor` may as well tell which sensor, or whether it is there.
_OF_A_POINT = re.compile(r"(?:ai|di)_(.+)|(.+_.+)_sensor")
#: Words that are written together with what they are of, and what that may be; a place and a quantity, no more.
_TOGETHER = re.compile(
    r"(grid|pv|mains|utility|inverter|battery|input|output|ac|dc|line|load|outdoor|indoor|outside|inside|ambient|room"
    r"|supply|return|probe\d?)"
    r"(temperature|temp|humidity|voltage|current|power|frequency|energy|pressure)(\d{0,2})"
)
#: Over which the mean wind is taken, or that it is the latest, as weather stations say it: `windSpd2min`.
_OF_MINUTES = re.compile(r"(wind_?.+?)_?\d{1,2}_?min|(wind_?(?:speed|dir)|rain_rate)_last")
_CHINESE_NOW = re.compile(r"(?:实时|当前|瞬时)(.+)")
_CHINESE_SAID = re.compile(r"(.+?)(?:数值|数据|读数|浓度|值)")
#: Which of several: `温度1`, `1#水泵`; rooms and ends of a flow as `outdoor` and `inlet` are elsewhere.
_CHINESE_WHICH = re.compile(r"(室内|室外|柜内|箱内|机柜|进水|出水|送风|回风|\d{1,2}[#号])(.+)|(.+?)(\d{1,2})#?")


def bracketed(word: str) -> tuple[str, str] | None:
    """Return a word and what stands in brackets behind it; None where nothing does."""
    found = _BRACKETED.fullmatch(word.strip())
    return (found[1], found[2].strip()) if found is not None else None


@lru_cache(maxsize=4096)
def undressed(parted: str) -> str:
    """Return a word, its parts with lines between, without what says nothing of it; empty where there is nothing."""
    plain = _NOW_WITHIN.sub("", parted).strip("_")
    of_minutes = _OF_MINUTES.fullmatch(plain)
    plain = of_minutes[1] or of_minutes[2] if of_minutes is not None else plain
    of_point = _OF_A_POINT.fullmatch(plain)
    plain = of_point[1] or of_point[2] if of_point is not None else plain
    together = _TOGETHER.fullmatch(plain)
    plain = f"{together[1]}_{together[2]}{together[3]}" if together is not None else plain
    return plain if plain != parted else ""


def chinese_dress(word: str) -> list[tuple[str, str]]:
    """Return what a Chinese word is without `实时` before and `值` behind it, each with which of several it is."""
    now = _CHINESE_NOW.fullmatch(word)
    bare = now[1] if now is not None else word
    said = _CHINESE_SAID.fullmatch(bare)
    found = [(bare, "")] + ([(said[1], "")] if said is not None else [])
    which = _CHINESE_WHICH.fullmatch(found[-1][0])
    if which is not None:
        found.append((which[2], which[1]) if which[1] else (which[3], which[4]))
    return found
