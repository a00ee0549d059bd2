"""`liandong audit`: whether the event log is as it was written, and copies of it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from city.clock import SystemClock, to_ns
from city.errors import BadRequest, BadSettings, NotFound
from liandong.city_about import parse_about
from liandong.city_folder import read_city
from liandong.commands.options import City, Config, Data, chosen_settings
from liandong.exits import Exit
from liandong.settings import Settings
from liandong.stores import database_at
from linkage import event_log
from linkage.audit.anchors import read_anchors
from linkage.audit.chain import Fault
from linkage.audit.copying import Format, copied, lines, stretch, verified_copy
from linkage.audit.differing import DAMAGED, Findings
from linkage.audit.rebuilding import Rebuilder
from storage.sql import Database

_app = typer.Typer(help="The event log: whether it is as it was written, and copies of it.", no_args_is_help=True)

#: Faults that are named one by one; of a log that was cut to pieces the number says enough.
_NAMED = 100

Copy = Annotated[Path | None, typer.Option("--file", metavar="FILE", help="Verify a copy instead of the database.")]
Anchors = Annotated[
    Path | None, typer.Option("--anchors", metavar="FILE", help="Anchors to compare with; the data folder's otherwise.")
]
From = Annotated[str, typer.Option("--from", metavar="TIME", help="First day, or first moment (RFC 3339).")]
To = Annotated[str, typer.Option("--to", metavar="TIME", help="Last day, or the moment before which it ends.")]
Form = Annotated[Format, typer.Option("--format", help="jsonl or csv.")]
Check = Annotated[bool, typer.Option("--check", help="Only say where they differ.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="File to write; standard output otherwise.")]


@_app.callback()
def audit() -> None:
    """The event log: whether it is as it was written, and copies of it."""


@_app.command("verify")
def verify(*, file: Copy = None, anchors: Anchors = None, data: Data = None, config: Config = None) -> None:
    """Verify every row of the event log and compare it with the anchors; name each row that is not as it was.

    Exit code 0: whole. 1: changed, missing, reordered, added or rewritten rows, which are named.
    """
    settings = chosen_settings(config, data=data)
    if file is not None:
        with file.open(encoding="utf-8", newline="") as opened:
            end, count, faults = verified_copy(opened, read_anchors(anchors) if anchors is not None else None)
        _tell(faults, f"{count} rows up to {end.number}, seal {end.hash}")
        return
    known = read_anchors(anchors if anchors is not None else settings.anchors)
    with _database(settings) as database:
        faults = event_log.verify(database, known)
        with database.read() as connection:
            end = event_log.head(connection)
    _tell(faults, f"{end.number} rows, seal {end.hash}, {len(known)} anchors")


@_app.command("export")
def export(  # noqa: PLR0913 - each option is a parameter
    *,
    from_: From = "1990-01-01",
    to: To = "2199-12-31",
    form: Form = Format.JSONL,
    out: Out = None,
    data: Data = None,
    city: City = None,
    config: Config = None,
) -> None:
    """Write a stretch of the event log with its seals, so that it can be verified anywhere; days are the city's."""
    settings = chosen_settings(config, data=data, city=city)
    zone = _zone(settings)
    from_ns, to_ns = _moment(from_, zone, at="--from"), _moment(to, zone, at="--to", end=True)
    with _database(settings) as database, database.read() as connection:
        first, last = stretch(connection, from_ns, to_ns)
        text = lines(copied(connection, first, last), form)
        if out is None:
            sys.stdout.writelines(text)
            return
        with out.open("w", encoding="utf-8", newline="") as opened:
            opened.writelines(text)
    typer.echo(f"rows {first} to {last} in {out}" if last else f"no rows in {out}")


@_app.command("rebuild")
def rebuild(*, check: Check = False, data: Data = None, city: City = None, config: Config = None) -> None:
    """Compare the rows of incidents and tasks with what the event log tells of them, and mend those that differ.

    It may run beside the city's work. Deadlines are set anew by the city's case standards and calendar as they are now.

    Exit code 0: alike, or mended. 1: rows differ (with --check), or an incident's events are damaged.
    """
    settings = chosen_settings(config, data=data, city=city)
    known = read_city(settings.city)
    with _database(settings) as database:
        rebuilder = Rebuilder(database, SystemClock(), known.standards, known.calendar)
        found = rebuilder.check() if check else rebuilder.mend()
    _tell_rows(found, mended=not check)


@contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    """Yield the database as it is: an audit changes nothing, nor does it bring a schema up to date."""
    folder = settings.folder
    if settings.database.url is None and not folder.database.exists():
        raise NotFound("database", str(folder.database))
    with database_at(settings.database, folder) as database:
        yield database


def _tell(faults: list[Fault], what: str) -> None:
    for fault in faults[:_NAMED]:
        typer.echo(f"{fault.damage}: row {fault.number}", err=True)
    if faults:
        typer.echo(f"damaged in {len(faults)} places: {what}", err=True)
        raise typer.Exit(Exit.FAILED)
    typer.echo(f"whole: {what}")


def _tell_rows(found: Findings, *, mended: bool) -> None:
    for difference in found.differences[:_NAMED]:
        typer.echo(str(difference), err=True)
    damaged = [number for number, reason in found.skipped.items() if reason == DAMAGED]
    for number in damaged[:_NAMED]:
        typer.echo(f"incident {number}: its events are damaged, see `liandong audit verify`", err=True)
    older = len(found.skipped) - len(damaged)
    if older:
        then = "the log tells of them from now on" if mended else "`liandong audit rebuild` lets the log tell of them"
        typer.echo(f"{older} incidents are older than what the log tells of rows; {then}")
    wrong = len({difference.incident for difference in found.differences})
    done = "mended" if mended else "not what the log tells"
    typer.echo(
        f"{found.incidents} incidents compared, {wrong} {done}" if wrong else f"alike: {found.incidents} incidents"
    )
    if damaged or (wrong and not mended):
        raise typer.Exit(Exit.FAILED)


def _zone(settings: Settings) -> ZoneInfo:
    path = settings.city / "city.toml"
    if not path.exists():
        expected = "a city folder with a `city.toml`, which `--city` or the setting `city` names"
        raise BadSettings(expected=expected, got="none", at=str(settings.city))
    return parse_about(path.read_text("utf-8"), str(path)).zone


def _moment(text: str, zone: ZoneInfo, *, at: str, end: bool = False) -> int:
    """Return the moment, or the beginning of the day, or the end of it."""
    try:
        if len(text) == len("2026-11-20"):
            day = date.fromisoformat(text) + timedelta(days=1 if end else 0)
            return to_ns(datetime.combine(day, time(), zone))
        return to_ns(datetime.fromisoformat(text))
    except (ValueError, TypeError) as error:
        raise BadRequest(expected="a day, or a time with its zone (RFC 3339)", got=text, at=at) from error


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_app, name="audit")
