"""`liandong rules explain` and `liandong rules reload`: what the running rules say, and that they are read again."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated

import typer

from api.explaining import Explainer
from api.explanation_view import ExplanationView, LookedView, TargetView
from city.clock import to_ns
from city.errors import BadRequest
from liandong.commands.options import City, Config, Data, chosen_settings
from liandong.exits import Exit
from liandong.kept_city import remembered
from liandong.link.client import linked
from liandong.settings import Settings
from liandong.stores import database_at
from linkage.admission.decided import DecidedView, decided
from rules.explanation import Answer, Explanation, Limits

RuleId = Annotated[str, typer.Option("--rule", metavar="ID", help="Which rule.")]
SensorId = Annotated[
    str, typer.Option("--sensor", metavar="ID", help="Which sensor, or the place that alarms of the rule are about.")
]
At = Annotated[
    str | None, typer.Option("--at", metavar="TIME", help="When (RFC 3339, with its zone); now if left out.")
]
Json = Annotated[bool, typer.Option("--json", help="Print everything as JSON.")]

#: What an answer comes down to, in words.
_ANSWERS = {
    Answer.OPEN: "an alarm stood open",
    Answer.NOT_SELECTED: "no alarm: the rule does not select this sensor",
    Answer.EXEMPT: "no alarm: an exception leaves this sensor out",
    Answer.NOT_JUDGED: "no alarm: the sensor is part of nothing that the rule judges",
    Answer.OUT_OF_HOURS: "no alarm: outside the hours in which the rule judges",
    Answer.NO_READING: "no alarm: no reading that could be judged",
    Answer.NOT_ENOUGH: "no alarm: readings came, but not what they are held against",
    Answer.HOLDING: "no alarm yet: met, but not for long enough",
    Answer.NOT_MET: "no alarm: no level is met",
}

_LIMITS = {
    Limits.SHORT: "less was read than the rule looks back",
    Limits.CUT: "there were too many readings; the older ones were left out",
    Limits.FORGOTTEN: "readings of the beginning are kept no longer; what is rolled up is not judged again",
    Limits.NEWER_BOOK: "book or registry in force are newer than this moment",
    Limits.UNHEARD: "nobody knows any more when ingest heard the broker; as if always",
}

#: So many readings are printed; `--json` has all that were looked at.
_SHOWN = 6


def explain(  # noqa: PLR0913 - each option is a parameter
    *,
    rule: RuleId,
    sensor: SensorId,
    at: At = None,
    json: Json = False,
    data: Data = None,
    city: City = None,
    config: Config = None,
) -> None:
    """Say why an alarm of a rule stood open about a sensor at a moment, or why not: which condition, which reading.

    Asks the running city, or reads what one that is not running has kept. Exit code 0: here is the answer, open or not.
    2: no such rule or sensor. 5: nothing runs, and nothing is kept.
    """
    settings = chosen_settings(config, data=data, city=city)
    at_ns = to_ns(datetime.now(UTC)) if at is None else _moment(at)
    found = asyncio.run(_explained(settings, rule, sensor, at_ns))
    view = ExplanationView.of(found, _decisions(settings, found))
    typer.echo(view.model_dump_json(by_alias=True) if json else "\n".join(_lines(view)))


def reload(*, data: Data = None, config: Config = None) -> None:
    """Have the running city read rule files and calendar now; it does so by itself within two seconds of a change.

    Exit code 0: they are in force. 1: they hold mistakes, the book before them stays in force.
    """
    version, error = asyncio.run(_reloaded(chosen_settings(config, data=data)))
    if error:
        typer.echo(f"not in force: {error}", err=True)
        raise typer.Exit(Exit.FAILED)
    typer.echo(f"in force: {version}")


async def _explained(settings: Settings, rule: str, sensor: str, at_ns: int) -> Explanation:
    async with remembered(settings) as memory:
        return await Explainer(memory).explain(rule, sensor, at_ns)


async def _reloaded(settings: Settings) -> tuple[str, str]:
    async with linked(settings.folder.socket) as feed:
        await feed.refresh()
        status = await feed.status()
    return status.book_version, status.book_error


def _decisions(settings: Settings, found: Explanation) -> tuple[DecidedView, ...]:
    targets = [one.target for one in found.targets] or [found.sensor]
    with database_at(settings.database, settings.folder) as database:
        return decided(database, found.rule, targets, found.at_ns)


def _moment(text: str) -> int:
    try:
        return to_ns(datetime.fromisoformat(text))
    except (ValueError, TypeError) as error:
        raise BadRequest(expected="a time with its zone (RFC 3339)", got=text, at="--at") from error


def _lines(found: ExplanationView) -> Iterator[str]:
    yield f"{found.rule} ({found.name.get('en', found.kind)}) about {found.sensor} at {found.at}"
    yield f"  {_ANSWERS[found.answer]}{f': {found.level}' if found.level else ''}"
    yield from (
        f"  select {one.condition}: wants {', '.join(one.wanted)}, is {', '.join(one.found) or 'nothing'}"
        for one in found.selection
        if not one.met
    )
    if found.exception is not None:
        yield f"  exception: {found.exception.source}"
    if found.hours is not None:
        until = f" until {found.hours.until}" if found.hours.until else ""
        yield f"  hours {found.hours.described}: {'open' if found.hours.open else 'closed'}{until}"
    for target in found.targets:
        yield from _target(target)
    yield from (_reading(one) for one in found.readings[:_SHOWN])
    yield from (_decision(one) for one in found.decisions)
    window = found.window
    yield f"  judged {window.readings} readings of {window.series} series from {window.start}"
    yield from (f"  note: {_LIMITS[one]}" for one in window.limits)
    if window.later is not None:
        yield f"  note: more was made by then and came only later, the last at {window.later}: ask about then too"


def _target(target: TargetView) -> Iterator[str]:
    value = "nothing judged" if target.value is None else f"{target.value:g} {target.unit}".rstrip()
    yield f"  {target.target}: {value}{f' at {target.time}' if target.time else ''}"
    reached = [one.level for one in target.conditions].index(target.level) if target.level is not None else -1
    for place, one in enumerate(target.conditions):
        state = "not judged" if one.met is None else "met" if one.met else "not met"
        left = f", {one.left_s:g} s of {one.hold_s:g} s missing" if one.met and one.left_s and one.hold_s else ""
        stays = f", kept while {one.clear}" if one.kept and not one.met and place <= reached else ""
        yield f"    {one.level}: {one.limit} - {state}{left}{stays}"
    yield from (f"    {name}: {_told(value)}" for name, value in target.evidence.items())


def _told(value: object) -> str:
    """Return what a kind says in words: members one after the other, without those that say nothing."""
    if isinstance(value, Mapping):
        return ", ".join(
            f"{name} {_told(one)}" for name, one in value.items() if one is not None and one not in ((), [])
        )
    if isinstance(value, list | tuple):
        return "; ".join(map(_told, value)) or "none"
    if value is None or isinstance(value, bool):
        return {None: "none", True: "yes", False: "no"}[value]
    return f"{value:g}" if isinstance(value, float) else str(value)


def _reading(one: LookedView) -> str:
    what = one.event or f"{one.quantity} {one.value:g}" if one.value is not None else one.event or one.quantity
    passed_over = f" (not judged: {', '.join(one.passed_over)})" if one.passed_over else ""
    return f"  read {one.sensor} {what} of {one.time}, arrived {one.arrival}{passed_over}"


def _decision(one: DecidedView) -> str:
    number = f" {one.number}" if one.number else ""
    cause = f" by {one.cause}" if one.cause else ""
    return f"  linkage {one.time} {one.change} {one.level}: {one.action}, {one.reason}{cause}{number}"
