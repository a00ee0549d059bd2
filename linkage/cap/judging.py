"""What a message from outside means for the city: its warning's kind, level, districts and time; pure functions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from city.clock import to_ns
from linkage.cap.config import CapSettings
from linkage.cap.model import Alert, Info
from linkage.cap.notice import COLOUR, SEVERITY_OF
from linkage.cap.words import MsgType, Status
from linkage.scales import COLOURS
from linkage.warnings.categories import CATEGORIES

_HOUR_NS = 3_600_000_000_000

#: The colours as warning signals are headed (CMA Order 16 of 2007).
_CHINESE = {"蓝色": "blue", "黄色": "yellow", "橙色": "orange", "红色": "red"}

#: Names under which senders keep the colour.
_COLOUR_NAMES = frozenset({COLOUR, "colour", "color", "awareness_level", "预警级别", "预警颜色"})

_COLOUR_OF = {severity: colour for colour, severity in SEVERITY_OF.items()}


class State(StrEnum):
    """What a received message does."""

    IN_FORCE = "in_force"  #: it arms rules and plans until it expires
    REPLACED = "replaced"  #: an Update came
    CANCELLED = "cancelled"  #: a Cancel came
    KEPT = "kept"  #: it is on record and does nothing; the reason says why


class Why(StrEnum):
    """Why a message is in its state."""

    WARNS = "warns"
    UPDATED = "updated"
    WITHDRAWN = "withdrawn"
    ENDS_OTHERS = "ends_others"  #: a Cancel has done its work on those it names
    ANSWER = "answer"  #: an Ack or Error
    NOT_MEANT = "not_meant"  #: status System, Test or Draft
    EXPIRED = "expired"  #: it had ended when it came
    SAYS_NOTHING = "says_nothing"  #: it has no info


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A message as the city understands it; `level_from` says where the level was found."""

    state: State
    reason: Why
    category: str
    level: str
    level_from: str
    districts: tuple[str, ...]
    headline: dict[str, str]
    starts_ns: int
    expires_ns: int
    drill: bool


def judged(alert: Alert, settings: CapSettings, now_ns: int) -> Judged:
    """Return what `alert` means by itself; what other messages say of it comes on top."""
    infos = alert.infos
    level, level_from = _level(infos)
    sent_ns = to_ns(alert.sent)
    ends = [info.expires for info in infos if info.expires is not None]
    expires_ns = max(map(to_ns, ends)) if ends else sent_ns + round(settings.valid_h * _HOUR_NS)
    reason = _reason(alert, expires_ns, now_ns)
    return Judged(
        state=State.IN_FORCE if reason is Why.WARNS else State.KEPT,
        reason=reason,
        category=_category(infos),
        level=level,
        level_from=level_from,
        districts=_districts(infos, settings),
        headline=_headline(infos),
        starts_ns=_start(infos, min(sent_ns, now_ns)),  # another's clock may be ahead of ours
        expires_ns=expires_ns,
        drill=alert.status is Status.EXERCISE,
    )


def _reason(alert: Alert, expires_ns: int, now_ns: int) -> Why:
    if alert.msg_type in {MsgType.ACK, MsgType.ERROR}:
        return Why.ANSWER
    if alert.status not in {Status.ACTUAL, Status.EXERCISE}:
        return Why.NOT_MEANT
    if alert.msg_type is MsgType.CANCEL:
        return Why.ENDS_OTHERS
    if not alert.infos:
        return Why.SAYS_NOTHING
    return Why.EXPIRED if expires_ns <= now_ns else Why.WARNS


def _level(infos: Iterable[Info]) -> tuple[str, str]:
    """Return the highest level that any info gives, and where it stands: parameter, words or severity."""
    found = [_level_of(info) for info in infos]
    return max(found, key=lambda one: COLOURS.index(one[0]) if one[0] else -1, default=("", ""))


def _level_of(info: Info) -> tuple[str, str]:
    for named in (*info.parameters, *info.event_codes):
        colour = _colour(named.value)
        if named.name.lower() in _COLOUR_NAMES and colour:
            return colour, "parameter"
    for text in (info.headline, info.event):
        colour = _colour(text)
        if colour:
            return colour, "words"
    severity = _COLOUR_OF.get(info.severity, "")
    return severity, "severity" if severity else ""


def _colour(text: str) -> str:
    lowered = text.lower()
    words = {**_CHINESE, **{colour: colour for colour in COLOURS}}
    # The last one counts: "蓝色预警变更为黄色预警".
    places = {lowered.rfind(word): colour for word, colour in words.items() if word in lowered}
    return places[max(places)] if places else ""


def _category(infos: Iterable[Info]) -> str:
    """Return the kind of warning whose name stands in event, code or headline; `other` when none does."""
    texts = [
        text.lower()
        for info in infos
        for text in (info.event, *(code.value for code in info.event_codes), info.headline)
        if text
    ]
    for text in texts:
        for category, names in CATEGORIES.items():
            if category == text or any(name.lower() in text for name in names):
                return category
    return "other"


def _districts(infos: Iterable[Info], settings: CapSettings) -> tuple[str, ...]:
    """Return the city's districts that are warned; none stands for all, and one unknown area is enough for that."""
    found: dict[str, None] = {}
    for area in (area for info in infos for area in info.areas):
        names = (area.description, *(code.value for code in area.geocodes))
        here = [settings.districts[name] for name in names if name in settings.districts]
        if not here:
            return ()
        found |= dict.fromkeys(here)
    return tuple(found)


def _headline(infos: Iterable[Info]) -> dict[str, str]:
    """Return what is shown, in both languages; a language that is missing is stood in for by the other."""
    found: dict[str, str] = {}
    for info in infos:
        language = "zh" if info.language.lower().startswith("zh") else "en"
        found.setdefault(language, info.headline if info.headline else info.event)
    known = next(iter(found.values()), "")
    return {language: found.get(language, known) for language in ("zh", "en")}


def _start(infos: Iterable[Info], else_ns: int) -> int:
    begins: list[datetime] = [info.effective for info in infos if info.effective is not None]
    return min(map(to_ns, begins), default=else_ns)
