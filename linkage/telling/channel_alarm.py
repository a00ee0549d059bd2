"""The alarm that a dead channel raises: an incident of its own, whose notifications go by the other channels."""

from collections.abc import Iterable

from city.alarm import AlarmTransition, Change, Response
from city.level import Domain, Level
from linkage.record import IncidentRecord

#: What the alarm's rule is called; like `:asset`, it stands in no rule book.
RULE = ":channel"

_TARGET = "channel/"

_NAME = {"zh": "通知通道失效", "en": "Notification channel dead"}

_FIRST_ACTIONS: dict[str, tuple[str, ...]] = {
    "zh": ("查看“通道”页面的最后答复，检查网关与网络", "失效期间由其他通道或电话通知"),
    "en": (
        "Read its last answer on the page Channels; check gateway and network",
        "Until then tell by others, or call",
    ),
}


def target_of(channel: str) -> str:
    """Return the target under which a channel's alarm stands; a sensor may be called as the channel is."""
    return f"{_TARGET}{channel}"


def channel_of(target: str | None) -> str:
    """Return the channel that a target stands for; empty for none."""
    return "" if target is None else target.removeprefix(_TARGET)


def is_about(incident: IncidentRecord) -> str:
    """Return the channel whose death the incident is about; empty for any other incident."""
    return channel_of(incident.sensor) if incident.rule == RULE else ""


def others(channels: Iterable[str], incident: IncidentRecord) -> tuple[str, ...]:
    """Return those of `channels` by which somebody can hear of this incident, each once."""
    dead = is_about(incident)
    return tuple(one for one in dict.fromkeys(channels) if one != dead)


def change_of(channel: str, key: str, response: Response, change: Change, now_ns: int) -> AlarmTransition:
    """Return a change of a channel's alarm; `key` names this death of it, so that a repeat is harmless."""
    return AlarmTransition(
        id=f"{key}/{change}",
        alarm=key,
        rule=RULE,
        rule_name=_NAME,
        kind="channel",
        target=target_of(channel),
        # The lane of the city's own equipment: a gateway stands in a machine room.
        domain=Domain.MACHINE_ROOM,
        change=change,
        level=Level.MAJOR,
        time_ns=now_ns,
        arrival_ns=now_ns,
        response=response,
    )


def response_of(incident_class: str, priority: int) -> Response:
    """Return what the alarm asks of the queue."""
    return Response(incident_class, {Level.MAJOR.word: priority}, first_actions=_FIRST_ACTIONS)
