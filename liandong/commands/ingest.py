"""`liandong ingest`: broker session, journal, rules and history as a process of their own."""

import typer
import uvloop

from liandong.commands.options import City, Config, Data, Mqtt, chosen_settings
from liandong.ingest_process import run_ingest
from liandong.log import configure_log


def ingest(*, data: Data = None, city: City = None, mqtt: Mqtt = None, config: Config = None) -> None:
    """Take in readings, judge and keep them; `liandong up` does so beside broker and desk."""
    settings = chosen_settings(config, data=data, city=city, mqtt=mqtt)
    configure_log("ingest")
    uvloop.run(run_ingest(settings))


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("ingest")(ingest)
