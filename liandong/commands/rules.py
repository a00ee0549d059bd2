"""`liandong rules`: try the city's rules on cases, and print what editors need to complete them."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from city.errors import BadCityFile, BadRequest
from liandong.city_folder import CityFolder, read_city
from liandong.commands.options import City, Config, chosen_settings
from liandong.commands.rules_backtest import backtest
from liandong.commands.rules_detect import detect
from liandong.commands.rules_explain import explain, reload
from liandong.commands.rules_shadow import shadow
from liandong.exits import Exit
from rules.book import read_book
from rules.cases import Case, read_cases
from rules.faults import BadRuleBook
from rules.schema import json_schema
from rules.trial import City as TriedCity
from rules.trial import Outcome, run

Files = Annotated[list[Path], typer.Argument(metavar="FILE…", help="Files with cases, or folders of them.")]
Json = Annotated[bool, typer.Option("--json", help="Print the outcomes as JSON.")]


def try_cases(files: Files, *, city: City = None, config: Config = None, json: Json = False) -> None:
    """Run cases of what sensors say and which alarms must come of it, by the engine that judges the city.

    Nothing is started and no clock is waited for. A case that comes out otherwise is told with file and line, and the
    command ends with 1.
    """
    folder = read_city(chosen_settings(config, city=city).city)
    tried = tried_city(folder, chosen_settings(config, city=city).city)
    cases = [case for file in _found(files) for case in _cases(file, folder)]
    outcomes = [run(case, tried) for case in cases]
    typer.echo(_as_json(outcomes) if json else "\n".join(_lines(outcomes)))
    if not all(outcome.good for outcome in outcomes):
        raise typer.Exit(Exit.FAILED)


def schema() -> None:
    """Print the JSON Schema of rule files, by which editors complete and check them."""
    typer.echo(msgspec.json.format(msgspec.json.encode(json_schema()), indent=2).decode())


def tried_city(folder: CityFolder, root: Path) -> TriedCity:
    """Return what cases need of a city folder."""
    holidays = root / "holidays.toml"
    return TriedCity(
        catalogue=folder.catalogue,
        book=read_book(folder.book, folder.catalogue),
        files=folder.book,
        sensors=folder.sensors,
        zone=folder.about.zone.key,
        holidays=holidays.read_text("utf-8") if holidays.exists() else "",
    )


def _found(files: Iterable[Path]) -> Iterator[Path]:
    for file in files:
        if file.is_dir():
            yield from sorted(file.rglob("*.yaml"))
        elif file.is_file():
            yield file
        else:
            raise BadRequest(expected="a file with cases, or a folder of them", got="nothing", at=str(file))


def _cases(file: Path, folder: CityFolder) -> list[Case]:
    try:
        return read_cases(file.read_text("utf-8"), str(file), folder.catalogue)
    except BadRuleBook as exc:
        for fault in exc.faults[1:]:
            typer.echo(str(fault), err=True)
        raise
    except UnicodeDecodeError as exc:
        raise BadCityFile(expected="UTF-8 text", got=f"byte {exc.start}", at=f"{file}:1") from exc


def _lines(outcomes: list[Outcome]) -> Iterator[str]:
    for outcome in outcomes:
        yield f"{'good  ' if outcome.good else 'WRONG '} {outcome.case.name}"
        yield from (f"       {remark}" for remark in outcome.remarks())
    wrong = sum(not outcome.good for outcome in outcomes)
    cases = "1 case" if len(outcomes) == 1 else f"{len(outcomes)} cases"
    yield f"{cases}, {wrong} wrong" if wrong else f"{cases}, all good"


def _as_json(outcomes: list[Outcome]) -> str:
    rows = [
        {
            "name": outcome.case.name,
            "file": outcome.case.file,
            "line": outcome.case.line,
            "good": outcome.good,
            "remarks": [*outcome.remarks()],
        }
        for outcome in outcomes
    ]
    return msgspec.json.encode(rows).decode()


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Try the city's rules, and print what editors need.", no_args_is_help=True)
    group.command("test")(try_cases)
    group.command("schema")(schema)
    group.command("backtest")(backtest)
    group.command("shadow")(shadow)
    group.command("explain")(explain)
    group.command("reload")(reload)
    group.command("detect")(detect)
    app.add_typer(group, name="rules")
