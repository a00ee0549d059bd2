"""`liandong rules shadow`: what rules in shadow found, beside what the rules in force found."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection

from city.clock import SECOND_NS, SystemClock, iso
from city.errors import NotFound
from city.feed import RuleSummary
from liandong.city_folder import read_city
from liandong.commands.options import City, Config, Data, chosen_settings
from liandong.stores import database_at
from linkage.shadow.beginning import since_of
from linkage.shadow.comparison import compared, verdict_on
from linkage.shadow.reading import of_live, of_shadow
from linkage.shadow.showing import compared_with
from rules.book import read_book
from rules.summary import summary_of

_DAY_NS = 86_400 * SECOND_NS

Json = Annotated[bool, typer.Option("--json", help="Print the record as JSON.")]
Days = Annotated[int, typer.Option("--days", min=1, max=40, help="How far back, days.")]


def shadow(*, days: Days = 7, json: Json = False, data: Data = None, city: City = None, config: Config = None) -> None:
    """Compare what each rule in shadow found with what the rules in force found in the same time.

    It may run beside the city's work, and changes nothing. A rule is put in force by taking the line away that is
    named: the running program takes the book over by itself.
    """
    settings = chosen_settings(config, data=data, city=city)
    folder = read_city(settings.city)
    book = [summary_of(rule) for rule in read_book(folder.book, folder.catalogue).rules]
    if settings.database.url is None and not settings.folder.database.exists():
        raise NotFound("database", str(settings.folder.database))
    now_ns = SystemClock().now_ns()
    with database_at(settings.database, settings.folder) as database, database.read() as connection:
        found = [_record(connection, rule, book, now_ns - days * _DAY_NS, now_ns) for rule in book if rule.shadow]
    if json:
        typer.echo(msgspec.json.encode(found).decode())
    elif found:
        Console().print(_table(found, days))
        for one in found:
            if one["since"] is not None:
                typer.echo(f"`{one['rule']}` is in shadow since {one['since']}; what was found before is not compared")
    else:
        typer.echo("no rule of the book runs in shadow")


def _record(
    connection: Connection, rule: RuleSummary, book: Iterable[RuleSummary], from_ns: int, to_ns: int
) -> dict[str, Any]:
    against, since_ns = compared_with(rule, book), since_of(connection, rule.id)
    ours, theirs = of_shadow(connection, rule.id, from_ns, to_ns), of_live(connection, against, from_ns, to_ns)
    matches = [one for one in compared(ours.episodes, theirs.episodes) if one.counts(from_ns, since_ns)]
    return {
        "rule": rule.id,
        "against": against,
        "since": iso(since_ns) if since_ns else None,
        "switch": rule.switch,
        "alarms": sum(one.raised_ns >= from_ns for one in ours.episodes),
        **asdict(verdict_on(matches)),
        "whole": ours.whole and theirs.whole,
    }


def _table(found: list[dict[str, Any]], days: int) -> Table:
    table = Table(title=f"Rules in shadow, the last {days} days")
    for name in (
        "rule",
        "against",
        "alarms",
        "both",
        "earlier",
        "later",
        "only shadow",
        "only live",
        "lead s",
        "switch",
    ):
        table.add_column(name, overflow="fold")
    for row in found:
        lead = "" if row["lead_s"] is None else f"{row['lead_s']:g}"
        counts = [row[name] for name in ("alarms", "both", "earlier", "later", "only_shadow", "only_live")]
        table.add_row(row["rule"], ", ".join(row["against"]), *map(str, counts), lead, row["switch"])
    return table
