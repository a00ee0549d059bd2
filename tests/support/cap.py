"""CAP messages for tests: a plain one, and hypothesis strategies for any that the standard allows."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from hypothesis import strategies as st

from city.place import Place
from linkage.cap.model import Alert, Area, Circle, Info, Named, Polygon, Reference, Resource
from linkage.cap.words import (
    REFERRING,
    Category,
    Certainty,
    MsgType,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
)

CHINA = timezone(timedelta(hours=8))
SENT = datetime(2026, 11, 20, 16, 0, tzinfo=CHINA)

RAIN = Info(
    language="zh-CN",
    categories=(Category.MET,),
    event="暴雨",
    urgency=Urgency.EXPECTED,
    severity=Severity.SEVERE,
    certainty=Certainty.LIKELY,
    headline="滨海市气象台发布暴雨橙色预警信号",
    expires=SENT + timedelta(hours=3),
    areas=(Area(description="滨海市"),),
)

#: What a weather office sends.
WARNING = Alert(
    identifier="BH-20261120-1",
    sender="met@binhai.example",
    sent=SENT,
    status=Status.ACTUAL,
    msg_type=MsgType.ALERT,
    scope=Scope.PUBLIC,
    infos=(RAIN,),
)


def later(alert: Alert, msg_type: MsgType, minutes: int = 30, **changes: object) -> Alert:
    """Return a message about `alert`, sent some minutes after it."""
    sent = alert.sent + timedelta(minutes=minutes)
    made = replace(
        alert,
        identifier=f"{alert.identifier}.{minutes}",
        sent=sent,
        msg_type=msg_type,
        references=(*alert.references, alert.reference),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


_CHARACTERS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
texts = st.text(_CHARACTERS | st.sampled_from("<&>\"'"), min_size=1, max_size=20).map(str.strip).filter(bool)
optional = texts | st.just("")
names = st.text(st.sampled_from("abcXYZ019-_.@:"), min_size=1, max_size=30)
list_members = texts.map(lambda text: text.replace('"', "'"))

_OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.builds(datetime.fromtimestamp, st.integers(10**6, 4 * 10**9), _OFFSETS)


def _rounded(lowest: float, highest: float) -> st.SearchStrategy[float]:
    return st.floats(lowest, highest, allow_nan=False).map(lambda value: round(value, 6) + 0.0)


places = st.builds(Place, _rounded(-180, 180), _rounded(-90, 90))


def _closed(corners: list[Place]) -> Polygon:
    return (*corners, corners[0])


def some(members: st.SearchStrategy[object], least: int = 0) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(members, min_size=least, max_size=3).map(tuple)


named = st.builds(Named, texts, optional)
decimals = st.decimals(-1000, 10_000, places=2).map(lambda number: Decimal(f"{number:f}"))
areas = st.builds(
    Area,
    description=texts,
    polygons=some(st.lists(places, min_size=3, max_size=6).map(_closed)),
    circles=some(st.builds(Circle, places, _rounded(0, 100))),
    geocodes=some(named),
    altitude=decimals,
    ceiling=st.none() | decimals,
)
infos = st.builds(
    Info,
    categories=some(st.sampled_from(Category), 1),
    event=texts,
    urgency=st.sampled_from(Urgency),
    severity=st.sampled_from(Severity),
    certainty=st.sampled_from(Certainty),
    language=st.sampled_from(["", "zh-CN", "en", "en-GB"]),
    response_types=some(st.sampled_from(ResponseType)),
    audience=optional,
    event_codes=some(named),
    effective=st.none() | moments,
    onset=st.none() | moments,
    expires=st.none() | moments,
    sender_name=optional,
    headline=optional,
    description=optional,
    instruction=optional,
    web=optional,
    contact=optional,
    parameters=some(named),
    resources=some(
        st.builds(Resource, description=texts, mime_type=texts, size=st.none() | st.integers(0, 10**9), uri=optional)
    ),
    areas=some(areas),
)


def _completed(alert: Alert) -> Alert:
    """Return the message with what its kind and scope ask for."""
    changes: dict[str, object] = {}
    if alert.scope is Scope.RESTRICTED and not alert.restriction:
        changes["restriction"] = "command centre"
    if alert.scope is Scope.PRIVATE and not alert.addresses:
        changes["addresses"] = ("desk@a.example", "duty room")
    if alert.msg_type in REFERRING and not alert.references:
        changes["references"] = (Reference("a@b", "1", SENT),)
    return replace(alert, **changes)  # type: ignore[arg-type]


alerts = st.builds(
    Alert,
    identifier=names,
    sender=names,
    sent=moments,
    status=st.sampled_from(Status),
    msg_type=st.sampled_from(MsgType),
    scope=st.sampled_from(Scope),
    source=optional,
    restriction=optional,
    addresses=some(list_members),
    codes=some(texts),
    note=optional,
    references=some(st.builds(Reference, names, names, moments)),
    incidents=some(list_members),
    infos=some(infos),
).map(_completed)
