"""The city's plans as people read them: every version, level by level."""

from datetime import date

from linkage.plans.library import Plans
from linkage.plans.lines import names_of
from linkage.plans.plan import Plan, PlanLevel, PlanTask
from linkage.plans.views import PlanLevelView, PlanTaskView, PlanView, ScenarioView, TriggerView


def catalogue(plans: Plans, today: date) -> list[PlanView]:
    """Return every version of every plan, those in force first."""
    in_force = {(plan.id, plan.version) for plan in plans.in_force(today)}
    views = [_plan(plan, today, in_force=(plan.id, plan.version) in in_force) for plan in plans]
    return sorted(views, key=lambda view: not view.in_force)


def _plan(plan: Plan, today: date, *, in_force: bool) -> PlanView:
    return PlanView(
        id=plan.id,
        name=names_of(plan.name),
        event_class=plan.event_class,
        area=plan.area,
        version=plan.version,
        approved_by=plan.approved_by,
        valid_from=plan.valid_from.isoformat(),
        next_review=plan.next_review.isoformat(),
        source=plan.source,
        incident_class=plan.incident_class,
        in_force=in_force,
        review_due=plan.next_review <= today,
        rules={name: names_of(words) for name, words in plan.rules.items()},
        resources=tuple(names_of(one) for one in plan.resources),
        comms={name: names_of(words) for name, words in plan.comms.items()},
        levels=tuple(_level(level) for level in plan.levels),
        drills=tuple(
            ScenarioView(id=one.id, name=names_of(one.name), title=names_of(one.title)) for one in plan.drills
        ),
    )


def _level(level: PlanLevel) -> PlanLevelView:
    triggers = () if level.triggers is None else level.triggers.of
    return PlanLevelView(
        level=level.level,
        expected_h=level.expected_h,
        commander_role=level.commander_role,
        commander=names_of(level.commander),
        measures=names_of(level.measures),
        need=0 if level.triggers is None else level.triggers.need,
        triggers=tuple(TriggerView(id=one.id, name=names_of(one.name)) for one in triggers),
        tasks=tuple(_task(task) for task in level.tasks),
        public=names_of(level.public) if level.public else None,
    )


def _task(task: PlanTask) -> PlanTaskView:
    return PlanTaskView(
        id=task.id,
        department=task.department,
        role=task.role,
        action=names_of(task.action),
        within=str(task.within),
        evidence=tuple(names_of(one) for one in task.evidence),
        ack=task.ack,
        report_every_min=task.report_every_min,
    )
