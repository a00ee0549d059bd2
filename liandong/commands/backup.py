"""`liandong backup`: a copy of everything while it works, and a copy tried out."""

import asyncio
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from city.clock import SystemClock
from city.errors import BadSettings
from liandong.commands.options import City, Config, Data, chosen_settings
from liandong.copies.archive import SUFFIX, chosen, packed
from liandong.copies.keeping import keep_newest
from liandong.copies.manifest import Manifest
from liandong.copies.restoring import try_out
from liandong.copies.standing import Standings
from liandong.copies.taking import Source, take
from liandong.settings import Settings

To = Annotated[Path | None, typer.Option("--to", metavar="DIR|FILE.tar", help="Where to; `backup.to` when left out.")]
Secrets = Annotated[bool, typer.Option("--secrets", help="Copy generated passwords too, in clear.")]
Which = Annotated[Path | None, typer.Argument(metavar="[COPY]", help="A copy, or a folder of copies: the newest.")]
Room = Annotated[
    Path | None, typer.Option("--in", metavar="DIR", help="Where there is room for it; the data folder's.")
]

_app = typer.Typer(help="Copy everything while it works, and try a copy out.", invoke_without_command=True)


@_app.callback()
def backup(
    context: typer.Context,
    *,
    to: To = None,
    secrets: Secrets = False,
    data: Data = None,
    city: City = None,
    config: Config = None,
) -> None:
    """Copy everything: registry, incidents with photos and audit anchors, history, ingest's state, city folder.

    The city goes on working. What is being made is not taken for a copy before it is complete.
    """
    if context.invoked_subcommand is not None:
        return
    settings = chosen_settings(config, data=data, city=city)
    target = to if to is not None else settings.backup.to
    if target is None:
        raise BadSettings(expected="--to, or `backup.to` in the settings", got="neither", at="backup.to")
    source = Source(settings, config, secrets=secrets or settings.backup.secrets)
    standings = Standings(settings.folder.copies, SystemClock())
    with standings.taking(str(target)) if _counts(settings, target) else nullcontext():
        path, manifest = _taken(source, target)
    if path.parent == settings.backup.to:
        keep_newest(settings.backup.to, settings.backup.keep)
    typer.echo(f"{path}: {manifest.size} bytes, {len(manifest.items)} files")
    typer.echo("with passwords in clear: keep it like a key" if manifest.secrets else "without generated passwords")
    if manifest.history == "influxdb":
        typer.echo("history is in InfluxDB, which is copied with `influx backup`")


def _counts(settings: Settings, place: Path) -> bool:
    """Return whether copies there are the city's: one taken elsewhere is none of those at the second place."""
    return settings.backup.to is None or place.resolve() == settings.backup.to.resolve()


def _taken(source: Source, target: Path) -> tuple[Path, Manifest]:
    if target.suffix != SUFFIX:
        return asyncio.run(take(source, target))
    if target.exists():
        raise BadSettings(expected="a file that does not exist yet", got=str(target), at="--to")
    copy, manifest = asyncio.run(take(source, target.parent))
    packed(copy, target)
    return target, manifest


@_app.command("verify")
def verify(
    copy: Which = None, *, room: Room = None, data: Data = None, city: City = None, config: Config = None
) -> None:
    """Restore a copy into a temporary folder and look into it; nothing is started, nothing is sent.

    Exit code 0: it can be restored. 1: it cannot, and why is said.
    """
    settings = chosen_settings(config, data=data, city=city)
    found = _chosen(copy, settings)
    standings = Standings(settings.folder.copies, SystemClock())
    with standings.testing(str(found)) if _counts(settings, found.parent) else nullcontext():
        manifest, finding = try_out(found, room if room is not None else settings.folder.root.parent)
    rows = sum(manifest.rows.values())
    typer.echo(f"{found}: good, of {manifest.made}: {rows} rows, journal up to {finding.journal_position}")


def _chosen(copy: Path | None, settings: Settings) -> Path:
    folder = copy if copy is not None else settings.backup.to
    if folder is None:
        raise BadSettings(expected="a copy, or `backup.to` in the settings", got="neither", at="backup.to")
    return chosen(folder)


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_app, name="backup")
