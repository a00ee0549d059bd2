"""`liandong influx`: prepare InfluxDB, where it keeps the history."""

import typer

from city.errors import BadSettings
from city.history import Resolution
from liandong.commands.options import Config, chosen_settings
from storage.influxdb_server import InfluxAddress
from storage.influxdb_setup import InfluxSetup

_app = typer.Typer(help="Prepare InfluxDB, where it keeps the history.", no_args_is_help=True)


@_app.callback()
def _influx() -> None:
    """Be a command of commands, be there only one."""


@_app.command()
def setup(config: Config = None) -> None:
    """Make the buckets for readings, minutes and hours, and give each the retention of the settings.

    May be repeated: what is there keeps what it holds. The token of the settings must be allowed to make buckets, the
    one that Liandong runs with afterwards need only read and write them.
    """
    history = chosen_settings(config).history
    if not history.url:
        raise BadSettings(expected="`influxdb://host:port/org/bucket`", got="DuckDB", at="history.url")
    days = {
        Resolution.RAW: history.retention_days,
        Resolution.MINUTE: history.minute_retention_days,
        Resolution.HOUR: history.hour_retention_days,
    }
    token = history.token.get_secret_value()
    with InfluxSetup(InfluxAddress.parse(history.url), token=token, timeout_s=history.timeout_s) as influxdb:
        for made in influxdb.make(days):
            kept = "for ever" if made.days is None else f"{made.days} days"
            typer.echo(f"{made.name}: {'made' if made.is_new else 'there already'}, keeps {kept}")


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.add_typer(_app, name="influx")
