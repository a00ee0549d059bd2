"""`liandong quarantine`: messages that were not understood, counted, and understood anew after a mapping was mended."""

import asyncio
import time
from typing import Annotated

import typer

from city.errors import BadRequest, Conflict
from city.feed import Feed, QuarantineCount, Refusals, Replayed
from ingest import reasons
from ingest.topics import is_filter
from liandong.commands.options import Config, Data, chosen_settings
from liandong.exits import Exit
from liandong.link.client import linked
from liandong.settings import Settings

_app = typer.Typer(help="Messages that were not understood.", no_args_is_help=True)

#: Messages replayed by one call: a few seconds' work for ingest, between its batches.
_AT_ONCE = 1000

#: How long ingest may take to note what was replayed, and how often it is asked, seconds.
_NOTED_WITHIN_S, _ASKED_EVERY_S = 30.0, 0.1

Reason = Annotated[str, typer.Option("--reason", help="Only messages that were refused for this reason.")]
Source = Annotated[str, typer.Option("--source", help="Only those of a source, as `counts` prints it.")]
Topic = Annotated[str, typer.Option("--topic", metavar="FILTER", help="Only those that this topic filter matches.")]
Broker = Annotated[str, typer.Option("--broker", help="Only those that came from this broker.")]


@_app.callback()
def quarantine() -> None:
    """Messages that were not understood."""


@_app.command("counts")
def counts(*, data: Data = None, config: Config = None) -> None:
    """Print how many messages are kept: reason, source, not understood yet, replayed and understood."""
    settings = chosen_settings(config, data=data)
    for one in asyncio.run(_counted(settings)):
        typer.echo(f"{one.reason}\t{one.source}\t{one.waiting}\t{one.replayed}")


@_app.command("replay")
def replay(
    *,
    reason: Reason = "",
    source: Source = "",
    topic: Topic = "",
    broker: Broker = "",
    data: Data = None,
    config: Config = None,
) -> None:
    """Understand messages anew, all that wait or those that are chosen, as after a decoder or a mapping was mended.

    They are read as if they came when they came, flagged late, and each at most once. Ingest must be running. Ends
    with 1 when some were refused again, or are not to be replayed as not all their bytes were kept.
    """
    _require_possible(reason, topic)
    settings = chosen_settings(config, data=data)
    came = asyncio.run(_replayed(settings, Refusals(reason, source, topic, broker)))
    typer.echo(f"{came.understood} understood, {came.refused} refused again, {came.cut} not kept whole")
    if came.refused or came.cut:
        raise typer.Exit(Exit.FAILED)


def _require_possible(reason: str, topic: str) -> None:
    """Raise BadRequest for what no message can have: it would choose none, and look as if none were left."""
    if reason and reason not in set(reasons.Reason):
        raise BadRequest(expected="one of " + ", ".join(reasons.Reason), got=reason, at="--reason")
    if topic and not is_filter(topic):
        raise BadRequest(expected="an MQTT topic filter", got=topic, at="--topic")


async def _counted(settings: Settings) -> list[QuarantineCount]:
    async with linked(settings.folder.socket) as feed:
        return await feed.quarantine_counts()


async def _replayed(settings: Settings, wanted: Refusals) -> Replayed:
    understood = refused = cut = upto = 0
    async with linked(settings.folder.socket) as feed:
        while True:
            came = await _some(feed, wanted, upto)
            understood, refused, cut = understood + came.understood, refused + came.refused, cut + came.cut
            upto = came.upto
            if not came.more:
                return Replayed(understood, refused, cut, upto, more=False)


async def _some(feed: Feed, wanted: Refusals, after: int) -> Replayed:
    """Replay the next messages as soon as ingest has noted those before; raises Conflict when it does not in time."""
    until_s = time.monotonic() + _NOTED_WITHIN_S
    while True:
        try:
            return await feed.replay_quarantined(wanted, after, _AT_ONCE)
        except Conflict:
            if time.monotonic() > until_s:
                raise
            await asyncio.sleep(_ASKED_EVERY_S)


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_app, name="quarantine")
