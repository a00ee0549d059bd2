"""`liandong desk`: linkage, API and console as a process of their own."""

from typing import Annotated

import typer
import uvloop

from liandong.commands.options import City, Config, Data, Http, Mqtt, chosen_settings
from liandong.desk_process import run_desk
from liandong.log import configure_log

Demo = Annotated[bool, typer.Option("--demo", help="Tell the console that this is the demo city.")]


def desk(
    *,
    demo: Demo = False,
    data: Data = None,
    city: City = None,
    http: Http = None,
    mqtt: Mqtt = None,
    config: Config = None,
) -> None:
    """Run linkage, the API and the console; `liandong up` does so beside ingest and broker."""
    settings = chosen_settings(config, data=data, city=city, http=http, mqtt=mqtt)
    configure_log("desk")
    uvloop.run(run_desk(settings, demo=demo, config=config))


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("desk")(desk)
