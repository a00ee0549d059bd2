"""Silences and previews as views for the API."""

from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping

from city.clock import iso
from city.level import Level
from linkage.silences.keeping import Hidden
from linkage.silences.preview import BurningAlarm, Preview
from linkage.silences.reading import plain_window, silence_of
from linkage.silences.silence import holds_until, next_start, state_at
from linkage.silences.views import HiddenAlarm, MatchersView, PreviewView, SilenceView, WindowView
from linkage.viewing import moment
from linkage.views import Actor, Names


def view_of(row: RowMapping, hidden: Hidden, now_ns: int, zone: ZoneInfo) -> SilenceView:
    """Return a row of `silences` as a view."""
    silence = silence_of(row)
    matchers = {**silence.matchers.plain(), "level_at_most": Level(silence.matchers.level_at_most).word}
    return SilenceView(
        id=str(silence.id),
        kind=silence.kind,
        state=state_at(silence, now_ns, zone),
        matchers=MatchersView.model_validate(matchers),
        starts_at=iso(silence.starts_ns),
        until=iso(silence.until_ns),
        with_alarm=silence.with_alarm,
        windows=tuple(WindowView.model_validate(plain_window(window)) for window in silence.windows),
        reason=silence.reason,
        author=Actor(id=silence.author, name=silence.author_name),
        created_at=iso(silence.created_ns),
        ended_at=moment(silence.ended_ns),
        ended_how=row["ended_how"],
        holds_until=moment(holds_until(silence, now_ns, zone)),
        next_at=moment(next_start(silence, now_ns, zone)),
        hiding=hidden.now,
        hidden=hidden.ever,
    )


def preview_of(found: Preview) -> PreviewView:
    """Return a preview as a view."""
    return PreviewView(
        burning=tuple(_alarm(one) for one in found.burning),
        all_burning=found.all_burning,
        incidents=tuple(str(number) for number in found.incidents),
        sensors=found.sensors,
        all_sensors=found.all_sensors,
        lately=found.lately,
    )


def _alarm(alarm: BurningAlarm) -> HiddenAlarm:
    return HiddenAlarm.model_validate(
        {
            "alarm": alarm.alarm,
            "rule": alarm.rule,
            "target": alarm.target,
            "level": Level(alarm.level).word,
            "incident": None if alarm.incident is None else str(alarm.incident),
            "number": alarm.number,
            "title": Names.model_validate(alarm.title),
        }
    )
