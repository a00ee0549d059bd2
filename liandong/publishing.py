"""As whom the program itself publishes: the simulators and the replay, at whichever broker is in use."""

import ssl
from pathlib import Path
from typing import Annotated

import typer

from city.errors import BadSettings
from ingest.mqtt.packet import Credentials
from liandong.settings import Settings
from simulators.mouth import Line

Username = Annotated[
    str | None, typer.Option("--username", help="User to publish as, where `mqtt.url` names another broker.")
]
PasswordFile = Annotated[
    Path | None, typer.Option("--password-file", metavar="FILE", help="File with that user's password.")
]


def publishing_line(settings: Settings, own: Credentials, *, username: str | None, password_file: Path | None) -> Line:
    """Return where and as whom to publish.

    At the embedded broker that is `own`, a user of the program; at another one the user named on the command line, or
    nobody where ingest needs no user either.

    Raises:
        BadSettings: the password file cannot be read, or nobody is named at a broker that asks for users: ingest's own
            may only read there, and brokers acknowledge what they refuse to pass on.
    """
    mqtt = settings.mqtt
    if mqtt.embedded:
        address = settings.broker.address.dialled
        return Line(address.host, address.port, own.username or "", own.password or "")
    if username is None and mqtt.username is not None:
        raise BadSettings(expected="a source that may publish (`liandong source add`)", got="none", at="--username")
    password = "" if password_file is None else _password_in(password_file)
    tls = ssl.create_default_context(cafile=mqtt.ca_file) if mqtt.tls else None
    return Line(mqtt.host, mqtt.port, username or "", password, tls)


def _password_in(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as exc:
        raise BadSettings(expected="a readable password file", got=str(path), at="--password-file") from exc
