"""Reads what a rule asks of the linkage queue: its `incident` part."""

from collections.abc import Collection

from city.alarm import SCOPES, AtMost, Flapping, Inhibitor, Lane, Response, Shadow
from city.level import PRIORITIES, Level
from city.yaml_lines import Located
from rules.duration import read_duration_ns, read_span_ns

_OPTIONAL = (
    "departments",
    "first_actions",
    "life_safety",
    "inhibited_by",
    "flapping",
    "with_asset",
    "lane",
    "at_most",
)

#: Kinds whose alarms are about sensors rather than the city, unless a rule says otherwise.
_ABOUT_SENSORS = ("stuck", "drift", "baseline")

#: Raised, cleared and raised again: what changes less has not come and gone.
_FEWEST_CHANGES = 3


def read_response(written: Located, levels: Collection[Level], kind: str = "") -> Response:
    """Return the response of a rule of this kind that has these levels.

    Raises:
        BadCityFile: a key is missing or unknown, a level has no priority, or a worse level is less urgent.
    """
    fields = written.fields(("class", "priority"), _OPTIONAL)
    actions = fields["first_actions"].fields((), ("zh", "en")) if "first_actions" in fields else {}
    return Response(
        incident_class=fields["class"].text(),
        priority=_priorities(fields["priority"], sorted(levels)),
        departments=_texts(fields["departments"]) if "departments" in fields else (),
        first_actions={language: _texts(lines) for language, lines in actions.items()},
        life_safety=fields["life_safety"].flag() if "life_safety" in fields else False,
        inhibited_by=_inhibitors(fields["inhibited_by"]) if "inhibited_by" in fields else (),
        flapping=_flapping(fields["flapping"]) if "flapping" in fields else None,
        with_asset=fields["with_asset"].flag() if "with_asset" in fields else None,
        lane=_lane(fields.get("lane"), kind),
        at_most=_at_most(fields["at_most"]) if "at_most" in fields else None,
    )


def read_shadow(written: Located) -> Shadow | None:
    """Return how a rule runs in shadow: `true`, or `against` the rule that its record is compared with; None if not.

    Raises:
        BadCityFile: it is neither.
    """
    if isinstance(written.value, bool):
        return Shadow() if written.flag() else None
    if not isinstance(written.value, dict):
        raise written.wrong(expected="`true`, or `{against: a rule}`")
    return Shadow(written.fields(("against",))["against"].text())


def _lane(written: Located | None, kind: str) -> Lane:
    if written is not None:
        return Lane(written.word([lane.value for lane in Lane]))
    return Lane.EQUIPMENT if kind in _ABOUT_SENSORS else Lane.CITY


def _inhibitors(written: Located) -> tuple[Inhibitor, ...]:
    members = [member.fields(("rule", "same")) for member in written.items()]
    return tuple(Inhibitor(member["rule"].text(), member["same"].word(SCOPES)) for member in members)


def _at_most(written: Located) -> AtMost:
    fields = written.fields(("alarms", "within"))
    alarms = fields["alarms"].whole()
    if alarms < 1:
        raise fields["alarms"].wrong(expected="1 alarm or more")
    return AtMost(alarms, read_span_ns(fields["within"]))


def _flapping(written: Located) -> Flapping:
    fields = written.fields(("changes", "within", "quiet"))
    changes = fields["changes"].whole()
    if changes < _FEWEST_CHANGES:
        raise fields["changes"].wrong(expected=f"{_FEWEST_CHANGES} changes or more")
    spans = {name: read_duration_ns(fields[name]) for name in ("within", "quiet")}
    for name, span_ns in spans.items():
        if span_ns <= 0:
            raise fields[name].wrong(expected="a duration above 0")
    return Flapping(changes, spans["within"], spans["quiet"])


def _priorities(written: Located, levels: list[Level]) -> dict[str, int]:
    fields = written.fields([level.word for level in levels])
    priorities: dict[str, int] = {}
    for level in levels:
        value = fields[level.word]
        if value.whole() not in PRIORITIES:
            raise value.wrong(expected="a priority from 1 (most urgent) to 5")
        if any(value.whole() > urgent for urgent in priorities.values()):
            raise value.wrong(expected=f"`{level.word}` at least as urgent as the level below it")
        priorities[level.word] = value.whole()
    return priorities


def _texts(written: Located) -> tuple[str, ...]:
    return tuple(member.text() for member in written.items())
