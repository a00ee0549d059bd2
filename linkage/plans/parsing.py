"""A plan's YAML file as a `Plan`, with file and line for everything that is wrong with it."""

from collections.abc import Callable, Mapping
from functools import partial

from city.faults import Faults
from city.level import Level
from city.yaml_lines import Located, each_of, parse_yaml
from linkage.person import Role
from linkage.plans.conditions import Condition, Incidents, Trigger, Triggers, WarningInForce
from linkage.plans.fields import between, day, each, ident, limit, minutes
from linkage.plans.plan import AREAS, EVENT_CLASSES, Nearness, Plan, PlanLevel, PlanTask, ordered
from linkage.plans.scenarios import scenario_of
from linkage.scales import COLOURS, LEVELS
from linkage.warnings.categories import CATEGORIES

_MINUTE_NS = 60_000_000_000

_REQUIRED = (
    "id",
    "name",
    "event_class",
    "area",
    "version",
    "approved_by",
    "valid_from",
    "next_review",
    "source",
    "incident_class",
    "levels",
)
_OPTIONAL = ("rules", "lower_after_min", "together", "resources", "comms", "drills")

_RULES = ("escalate", "deescalate", "stand_down")


def parse_plan(text: str, file: str = "plan.yaml") -> Plan:
    """Read one plan.

    Raises:
        BadCityFile: naming the line, what was expected and what was found.
    """
    document = parse_yaml(text, file)
    found = document.fields(_REQUIRED, _OPTIONAL)
    faults = Faults()
    levels = faults.of(partial(_levels, found["levels"]), {})
    together = faults.of(lambda: _together(found["together"]) if "together" in found else None, None)
    rules, comms = (
        faults.of(partial(read, found.get(key)), {}) for key, read in (("rules", _rules), ("comms", _comms))
    )
    resources = faults.of(partial(each, found.get("resources"), Located.names), ())
    drills = faults.of(partial(each, found.get("drills"), scenario_of), ())
    faults.raise_found()
    valid_from, next_review = day(found["valid_from"]), day(found["next_review"])
    if next_review <= valid_from:
        raise found["next_review"].wrong(expected=f"a day after {valid_from}", got=next_review)
    return Plan(
        id=ident(found["id"]),
        name=found["name"].names(),
        event_class=found["event_class"].word(EVENT_CLASSES),
        area=found["area"].word(AREAS),
        version=found["version"].text(),
        approved_by=found["approved_by"].text(),
        valid_from=valid_from,
        next_review=next_review,
        source=found["source"].text(),
        incident_class=found["incident_class"].text(),
        levels=ordered(levels),
        rules=rules,
        lower_after_min=minutes(found["lower_after_min"]) if "lower_after_min" in found else 30,
        together=together,
        resources=resources,
        comms=comms,
        drills=drills,
        text=text,
        file=file,
        line=document.line,
    )


def _levels(entry: Located) -> dict[str, PlanLevel]:
    levels = each_of(entry.fields((), LEVELS), _level)
    if not levels:
        raise entry.wrong(expected="at least one of " + ", ".join(f"`{level}`" for level in LEVELS), got="nothing")
    seen: set[str] = set()
    for level in ordered(levels):
        for task in level.tasks:
            if task.id in seen:
                at = Located(task.id, entry.file, task.line)
                raise at.wrong(
                    expected="a task id that stands once in the plan: a higher level adds, it never replaces"
                )
            seen.add(task.id)
    return levels


def _level(name: str, entry: Located) -> PlanLevel:
    found = entry.fields(("expected_h", "commander", "measures", "tasks"), ("triggers", "public"))
    commander = found["commander"].fields(("role", "name"))
    expected_h = found["expected_h"].number()
    if expected_h <= 0:
        raise found["expected_h"].wrong(expected="hours above 0")
    return PlanLevel(
        level=name,
        expected_h=expected_h,
        commander_role=commander["role"].word(tuple(Role)),
        commander=commander["name"].names(),
        measures=found["measures"].names(),
        triggers=_triggers(found["triggers"]) if "triggers" in found else None,
        tasks=each(found["tasks"], _task),
        public=found["public"].names() if "public" in found else {},
        line=entry.line,
    )


def _task(entry: Located) -> PlanTask:
    optional = ("role", "evidence", "ack", "report_every_min")
    found = entry.fields(("id", "department", "action", "within"), optional)
    return PlanTask(
        id=ident(found["id"]),
        department=found["department"].text(),
        role=found["role"].word(tuple(Role)) if "role" in found else Role.OFFICER,
        action=found["action"].names(),
        within=limit(found["within"]),
        evidence=each(found.get("evidence"), Located.names),
        ack=found["ack"].flag() if "ack" in found else True,
        report_every_min=minutes(found["report_every_min"]) if "report_every_min" in found else 0,
        line=entry.line,
    )


def _triggers(entry: Located) -> Triggers:
    found = entry.fields(("need", "of"))
    of = tuple(_trigger(one) for one in found["of"].items())
    need = found["need"].whole()
    if not 1 <= need <= len(of):
        raise found["need"].wrong(expected=f"1 to {len(of)}, as there are so many triggers")
    if len({trigger.id for trigger in of}) < len(of):
        raise entry.wrong(expected="each trigger id once", got=", ".join(trigger.id for trigger in of))
    return Triggers(need, of)


def _trigger(entry: Located) -> Trigger:
    found = entry.fields(("id", "name"), tuple(_CONDITIONS))
    kinds = [kind for kind in _CONDITIONS if kind in found]
    if len(kinds) != 1:
        expected = "exactly one of " + ", ".join(f"`{kind}`" for kind in _CONDITIONS)
        raise entry.wrong(expected=expected, got=", ".join(kinds) if kinds else "none")
    condition = _CONDITIONS[kinds[0]](found[kinds[0]])
    return Trigger(id=ident(found["id"]), name=found["name"].names(), condition=condition, line=entry.line)


def _incidents(entry: Located) -> Condition:
    found = entry.fields(("classes",), ("at_least", "level", "priority", "lasting_min"))
    words = tuple(level.word for level in Level)
    return Incidents(
        classes=tuple(one.text() for one in found["classes"].items()),
        at_least=between(found["at_least"], 1, 1000) if "at_least" in found else 1,
        level=words.index(found["level"].word(words)) + 1 if "level" in found else 0,
        priority=between(found["priority"], 1, 5) if "priority" in found else 5,
        lasting_ns=minutes(found["lasting_min"]) * _MINUTE_NS if "lasting_min" in found else 0,
    )


def _warning(entry: Located) -> Condition:
    found = entry.fields(("category", "level"))
    return WarningInForce(category=found["category"].word(tuple(CATEGORIES)), level=found["level"].word(COLOURS))


#: Kinds of conditions by the key that holds them.
_CONDITIONS: Mapping[str, Callable[[Located], Condition]] = {"incidents": _incidents, "warning": _warning}


def _rules(entry: Located | None) -> dict[str, Mapping[str, str]]:
    found = {} if entry is None else entry.fields((), _RULES)
    return {name: rule.names() for name, rule in found.items()}


def _together(entry: Located) -> Nearness:
    found = entry.fields(("radius_m", "within_min", "classes"), ("automatic",))
    radius_m = found["radius_m"].number()
    if not 0 < radius_m <= 20_000:
        raise found["radius_m"].wrong(expected="above 0 to 20,000 metres")
    return Nearness(
        radius_m=radius_m,
        within_min=minutes(found["within_min"]),
        classes=tuple(one.text() for one in found["classes"].items()),
        automatic=found["automatic"].flag() if "automatic" in found else False,
    )


def _comms(entry: Located | None) -> dict[str, Mapping[str, str]]:
    found = {} if entry is None else entry.fields(("primary", "backup"))
    return {name: words.names() for name, words in found.items()}
