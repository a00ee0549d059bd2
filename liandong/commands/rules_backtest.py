"""`liandong rules backtest`: a rule book over the history, before it wakes anybody."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from time import monotonic
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from city.backtest import Report
from city.clock import SystemClock
from city.errors import BadCityFile, BadRequest
from liandong.backtest import running
from liandong.backtest.asking import Files, live_book, moment_ns, proposed_book, question
from liandong.backtest.bounds import hands_for, keep_own
from liandong.backtest.opening import source_of
from liandong.backtest.running import Books, run
from liandong.backtest.town import town_of
from liandong.city_folder import CityFolder, read_city
from liandong.commands.backtest_tables import show
from liandong.commands.options import City, Config, Data, chosen_settings
from liandong.settings import Settings
from rules.book import RuleBook
from rules.faults import BadRuleBook


class Against(StrEnum):
    """What the proposed book is held against."""

    LIVE = "live"


Rules = Annotated[
    list[Path], typer.Option("--rules", metavar="FILE", help="Rule file, or a folder of them; repeatable.")
]
From = Annotated[str, typer.Option("--from", metavar="TIME", help="First moment: a day, or a time (the city's own).")]
To = Annotated[str | None, typer.Option("--to", metavar="TIME", help="End, itself not in the span; now if left out.")]
AgainstBook = Annotated[Against | None, typer.Option("--against", help="Hold it against the book in force.")]
Amend = Annotated[
    bool, typer.Option("--amend", help="Put the rules of the files into the book in force, in the place of their like.")
]
WarmUp = Annotated[
    float, typer.Option("--warm-up", metavar="H", min=0, max=8784, help="Hours judged before, and not counted.")
]
Closes = Annotated[
    float, typer.Option("--closes-after", metavar="MIN", min=0, max=10_080, help="Minutes from clear to closed.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]
Told = Annotated[bool, typer.Option("--told", hidden=True, help="Print progress and outcome as lines of JSON.")]


def backtest(  # noqa: PLR0913 - each option is a parameter
    rules: Rules,
    from_: From,
    to: To = None,
    *,
    against: AgainstBook = None,
    amend: Amend = False,
    warm_up: WarmUp = 1.0,
    closes_after: Closes = 30.0,
    json: Json = False,
    told: Told = False,
    data: Data = None,
    city: City = None,
    config: Config = None,
) -> None:
    """Run a rule book over the history: which incidents it would have opened, by the city's own engine and admission.

    A running `liandong up` goes on meanwhile: it is asked for the past at low priority. Nobody is told of anything.
    """
    settings = chosen_settings(config, data=data, city=city)
    folder = read_city(settings.city)
    zone, closes_after_s = folder.about.zone, closes_after * 60
    end_ns = SystemClock().now_ns() if to is None else moment_ns(to, zone, "--to")
    span = moment_ns(from_, zone, "--from"), end_ns
    asked = question(*span, warm_up_s=warm_up * 3600, closes_after_s=closes_after_s)
    books = Books(_proposed(_files(rules), folder, amend=amend), live_book(folder) if against else None)
    with _shown(told=told) as progress:
        report = _run(settings, folder, (asked, books), progress, bounded=told)
    if told:
        _say(report=report)
    elif json:
        typer.echo(msgspec.json.encode(report).decode())
    else:
        show(report, zone, Console())


def _run(
    settings: Settings,
    folder: CityFolder,
    what: tuple[running.Question, Books],
    progress: running.Progress,
    *,
    bounded: bool,
) -> Report:
    asked, town = what[0], town_of(settings, folder)
    hands = hands_for(town.census, asked.end_ns - asked.start_ns + asked.warm_up_ns, bounded=bounded)
    keep_own(hands)
    with source_of(settings, folder.catalogue) as source:
        return run(*what, town, source, progress, hands)


def _proposed(files: Files, folder: CityFolder, *, amend: bool) -> RuleBook:
    try:
        return proposed_book(files, folder, amend=amend)
    except BadRuleBook as exc:
        for fault in exc.faults[1:]:
            typer.echo(str(fault), err=True)
        raise


def _files(paths: list[Path]) -> Files:
    return [(str(file), _text(file)) for path in paths for file in _found(path)]


def _found(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(path.glob("*.yaml"))
    if not path.is_file():
        raise BadRequest(expected="a rule file, or a folder of them", got="nothing", at=str(path))
    return [path]


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError as exc:
        raise BadCityFile(expected="UTF-8 text", got=f"byte {exc.start}", at=f"{file}:1") from exc


@contextmanager
def _shown(*, told: bool) -> Iterator[running.Progress]:
    """Yield what shows how far it is: a bar where somebody looks on, or lines of JSON for a program."""
    if told:
        yield _Lines()
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[readings]:,}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("readings", total=1.0, readings=0)
        yield lambda done, readings: bar.update(task, completed=done, readings=readings)


class _Lines:
    """Says how far it is, at most four times a second."""

    def __init__(self) -> None:
        self._said_s = float("-inf")

    def __call__(self, done: float, readings: int) -> None:
        now_s = monotonic()
        if now_s - self._said_s >= _SAY_S:
            self._said_s = now_s
            _say(done=round(done, 4), readings=readings)


_SAY_S = 0.25


def _say(**words: object) -> None:
    typer.echo(msgspec.json.encode(words).decode())
    sys.stdout.flush()
