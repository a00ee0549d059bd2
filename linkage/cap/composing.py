"""Puts a notice into CAP: pure, and the only place that decides what may be public."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo

from linkage.cap.config import CapSettings
from linkage.cap.model import Alert, Area, Info, Named, Reference
from linkage.cap.notice import COLOUR, Notice, Place
from linkage.cap.texts import whole_seconds
from linkage.cap.words import MsgType, ResponseType, Scope, Status, Urgency
from linkage.publicity import may_be_public

_LANGUAGES = {"zh": "zh-CN", "en": "en"}

_HOUR_NS = 3_600_000_000_000

_UNWRITABLE = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

#: Longest headline that is useful (CAP 1.2 §3.2.2 names 160 characters).
_LONGEST_HEADLINE = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """When a message is sent, under which name, and what was sent about its subject before."""

    identifier: str
    now_ns: int
    zone: tzinfo
    earlier: Sequence[Reference] = ()


def composed(notice: Notice, occasion: Occasion, settings: CapSettings) -> Alert:
    """Return the message that says `notice`.

    The public sees nothing but an approved warning that is no drill and no test.
    """
    status = status_of(notice, settings)
    scope = Scope.PUBLIC if is_public(notice, settings) else Scope.RESTRICTED
    return Alert(
        identifier=occasion.identifier,
        sender=settings.sender,
        sent=whole_seconds(occasion.now_ns, occasion.zone),
        status=status,
        msg_type=_msg_type(notice, occasion),
        scope=scope,
        restriction=settings.restriction if scope is Scope.RESTRICTED else "",
        note="Exercise: nothing of this has happened" if status is Status.EXERCISE else "",
        references=tuple(occasion.earlier),
        incidents=notice.numbers,
        infos=tuple(_info(notice, language, occasion, settings) for language in _LANGUAGES),
    )


def status_of(notice: Notice, settings: CapSettings) -> Status:
    """Return how the message is to be handled; a drill in a system on trial is still a drill."""
    if notice.drill:
        return Status.EXERCISE
    return Status.TEST if settings.test else Status.ACTUAL


def is_public(notice: Notice, settings: CapSettings) -> bool:
    """Tell whether the public may see the message."""
    actual = status_of(notice, settings) is Status.ACTUAL
    return notice.approved and settings.public and actual and may_be_public(drill=notice.drill)


def expires_ns(notice: Notice, now_ns: int, settings: CapSettings) -> int:
    """Return when the message ends by itself."""
    return now_ns + round(settings.valid_h * _HOUR_NS) if notice.expires_ns is None else notice.expires_ns


def _msg_type(notice: Notice, occasion: Occasion) -> MsgType:
    if not occasion.earlier:
        return MsgType.ALERT
    return MsgType.CANCEL if notice.over else MsgType.UPDATE


def _info(notice: Notice, language: str, occasion: Occasion, settings: CapSettings) -> Info:
    zone = occasion.zone
    onset = None if notice.onset_ns is None else whole_seconds(notice.onset_ns, zone)
    colour = [Named(COLOUR, notice.colour)] if notice.colour else []
    return Info(
        language=_LANGUAGES[language],
        categories=(notice.category,),
        event=_clean(notice.event[language]),
        response_types=(ResponseType.ALL_CLEAR,) if notice.over else notice.response_types,
        urgency=Urgency.PAST if notice.over else notice.urgency,
        severity=notice.severity,
        certainty=notice.certainty,
        event_codes=(Named("event", notice.event_code),) if notice.event_code else (),
        effective=whole_seconds(occasion.now_ns, zone),
        onset=onset,
        expires=whole_seconds(expires_ns(notice, occasion.now_ns, settings), zone),
        sender_name=settings.sender_name.get(language, ""),
        headline=_clean(notice.headline.get(language, ""))[:_LONGEST_HEADLINE],
        description=_clean(notice.description.get(language, "")),
        instruction="" if notice.over else _clean(notice.instruction.get(language, "")),
        contact=settings.contact,
        parameters=(*colour, *(Named(name, value) for name, value in notice.parameters.items())),
        areas=tuple(_area(place, language) for place in notice.places),
    )


def _area(place: Place, language: str) -> Area:
    return replace(place.area, description=_clean(place.name[language]))


def _clean(text: str) -> str:
    """Return the text without what XML cannot hold: one odd sign in a title must not keep the message back."""
    return _UNWRITABLE.sub("", text).strip()
