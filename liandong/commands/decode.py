"""`liandong decode`: how well the decoders read a folder of sample messages."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from city.errors import BadRequest
from ingest.manifest import read_samples
from ingest.scoring import Scorer, Tally, Verdict, tallies

Score = Annotated[
    Path, typer.Option("--score", metavar="DIR", help="Folder with a `manifest.jsonl` and the messages that it names.")
]
Sources = Annotated[
    Path | None, typer.Option("--sources", metavar="FILE", help="A city's `sources.toml`; its routes come first.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")]


def decode(*, score: Score, sources: Sources = None, json: Json = False) -> None:
    """Decode sample messages as ingest would, and count readings matched, missing and invented, by family.

    Messages are decoded in the manifest's order. Nothing is kept, and no broker is asked.
    """
    scorer = Scorer(_text(sources), file=str(sources)) if sources is not None else Scorer()
    verdicts = [scorer.judge(sample) for sample in read_samples(score)]
    typer.echo(_as_json(verdicts) if json else _as_table(verdicts))


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise BadRequest(expected="a readable file", got=error.strerror, at=str(file)) from error
    except UnicodeDecodeError as error:
        raise BadRequest(expected="UTF-8 text", got=f"byte {error.start}", at=str(file)) from error


def _total(families: dict[str, Tally]) -> Tally:
    total = Tally()
    for tally in families.values():
        total.add(tally)
    return total


def _as_json(verdicts: Sequence[Verdict]) -> str:
    families = tallies(verdicts)
    return msgspec.json.encode({"total": _total(families), "families": families}).decode()


def _as_table(verdicts: Sequence[Verdict]) -> str:
    families = tallies(verdicts)
    rows = [*families.items(), ("total", _total(families))]
    lines = [f"{'family':20} {'matched':>8} {'missing':>8} {'invented':>8}"]
    lines += [f"{name:20} {tally.matched:8} {tally.missing:8} {tally.invented:8}" for name, tally in rows]
    lines += [f"{verdict.sample.file}: {remark}" for verdict in verdicts for remark in verdict.remarks]
    return "\n".join(lines)


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("decode")(decode)
