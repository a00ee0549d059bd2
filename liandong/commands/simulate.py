"""`liandong simulate`: a city's sensors, played."""

import signal
import threading
from typing import Annotated

import typer

from city.clock import SystemClock
from ingest.mqtt.packet import Credentials
from liandong.broker.sources import SIMULATOR_USER
from liandong.city_folder import read_city
from liandong.commands.options import City, Config, Data, Mqtt, chosen_settings
from liandong.folder import FolderTaken
from liandong.log import configure_log
from liandong.publishing import PasswordFile, Username, publishing_line
from liandong.scenario_box import ScenarioBox
from liandong.secrets import secrets_at
from liandong.settings import Settings
from simulators.drive import DEMO, Start, drive, stories
from simulators.fleet import SimulatedSensor, load_fleet
from simulators.mouth import Line
from simulators.scenarios import SCENARIOS

Scenario = Annotated[
    list[str] | None, typer.Option("--scenario", help=f"What happens: {', '.join(SCENARIOS)}; repeat for several.")
]
Demo = Annotated[bool, typer.Option("--demo", help="Let the demo's scenarios begin by themselves.")]


def simulate(  # noqa: PLR0913 - each option is a parameter
    *,
    scenario: Scenario = None,
    demo: Demo = False,
    username: Username = None,
    password_file: PasswordFile = None,
    data: Data = None,
    city: City = None,
    mqtt: Mqtt = None,
    config: Config = None,
) -> None:
    """Play the sensors of the city folder over MQTT until Ctrl-C.

    Where simulators already run on the data folder, as in the demo, a scenario begins in them.
    """
    settings = chosen_settings(config, data=data, city=city, mqtt=mqtt)
    fleet = load_fleet(settings.city)
    starts = tuple(Start(name) for name in scenario or ()) + (DEMO if demo else ())
    stories(fleet, starts)  # raises for what cannot be played here, before anything is
    folder = settings.folder
    folder.create()
    box = ScenarioBox(folder.run / "scenarios")
    try:
        with folder.held("simulate"):
            own = Credentials(SIMULATOR_USER, secrets_at(folder.secrets).simulator_password.get_secret_value())
            line = publishing_line(settings, own, username=username, password_file=password_file)
            _play(settings, fleet, line, starts, box)
    except FolderTaken:
        if not starts:
            raise
        for start in starts:
            box.ask(start.name)
        typer.echo("Begins in the simulators that are running.")


def _play(
    settings: Settings, fleet: list[SimulatedSensor], line: Line, starts: tuple[Start, ...], box: ScenarioBox
) -> None:
    configure_log("simulators")
    stop, waiting = threading.Event(), [starts]

    def due() -> tuple[Start, ...]:
        return waiting.pop() if waiting else box.take()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    box.take()  # what an earlier run was asked for and did not come to
    drive(fleet, line, starts=due, timezone=read_city(settings.city).about.zone, clock=SystemClock(), stop=stop)


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("simulate")(simulate)
