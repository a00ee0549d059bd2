"""`liandong user`: who may sign in."""

import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr, ValidationError

from api.passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD, Passwords
from api.users import NewUser, Users
from city.clock import SystemClock
from city.errors import BadRequest
from liandong.city_folder import read_city
from liandong.commands.options import City, Config, Data, chosen_settings
from liandong.secrets import new_secret
from liandong.settings import Settings
from liandong.stores import opened_database
from linkage.permissions import HANDLING_ROLES
from linkage.person import Role

_app = typer.Typer(help="Who may sign in.", no_args_is_help=True)

Username = Annotated[str, typer.Argument(help="What they sign in with.")]
Name = Annotated[str | None, typer.Option("--name", help="How screens call them; the user name when left out.")]
Roles = Annotated[list[Role], typer.Option("--role", help="What they do; repeat for several.")]
Department = Annotated[str, typer.Option("--department", metavar="ID", help="Their department, from departments.yaml.")]
District = Annotated[str, typer.Option("--district", metavar="ID", help="All they see; the whole city when left out.")]
Language = Annotated[str, typer.Option("--language", help="zh or en.")]
FromInput = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input instead of making one.")
]


#: What `USERNAME_PATTERN` says, in words.
_USERNAME = "a-z, 0-9, `.`, `_` and `-`, 64 at most, beginning with a letter or digit"


@_app.callback()
def users() -> None:
    """Who may sign in."""


@_app.command("add")
def add(  # noqa: PLR0913 - each option is a parameter
    username: Username,
    roles: Roles,
    *,
    name: Name = None,
    department: Department = "",
    district: District = "",
    language: Language = "zh",
    password_stdin: FromInput = False,
    data: Data = None,
    city: City = None,
    config: Config = None,
) -> None:
    """Add a user, and print the password that was made for them, once."""
    settings = chosen_settings(config, data=data, city=city)
    _require_known(settings, department, district)
    _require_department(roles, department)
    password = sys.stdin.readline().rstrip("\n") if password_stdin else new_secret()
    fields = {
        "username": username,
        "name": username if name is None else name,
        "roles": frozenset(roles),
        "password": SecretStr(password),
        "department": department,
        "district": district,
        "language": language,
    }
    folder = settings.folder
    folder.create()
    with opened_database(settings.database, folder) as database:
        Users(database, Passwords(), SystemClock()).add(_user(fields))
    if not password_stdin:
        typer.echo(password)


@_app.command("list")
def listed(*, data: Data = None, config: Config = None) -> None:
    """Print every user: user name, name, roles, department, district, and whether they may sign in."""
    with _users(config, data) as users_:
        for user in users_.every():
            roles = ",".join(sorted(user.roles))
            stands = "disabled" if user.disabled else "enabled"
            typer.echo(f"{user.username}\t{user.name}\t{roles}\t{user.department}\t{user.district}\t{stands}")


@_app.command("disable")
def disable(username: Username, *, data: Data = None, config: Config = None) -> None:
    """Let a user sign in no more; their sessions end at once."""
    with _users(config, data) as users_:
        users_.disable(username)


@_app.command("enable")
def enable(username: Username, *, data: Data = None, config: Config = None) -> None:
    """Let a disabled user sign in again, with the password they had."""
    with _users(config, data) as users_:
        users_.enable(username)


@_app.command("password")
def password(
    username: Username, *, password_stdin: FromInput = False, data: Data = None, config: Config = None
) -> None:
    """Give a user another password, print it once, and end their sessions."""
    chosen = sys.stdin.readline().rstrip("\n") if password_stdin else new_secret()
    if not SHORTEST_PASSWORD <= len(chosen) <= LONGEST_PASSWORD:
        expected = f"a password of at least {SHORTEST_PASSWORD} characters"
        raise BadRequest(expected=expected, got="another", at="standard input")
    with _users(config, data) as users_:
        users_.change_password(username, chosen)
    if not password_stdin:
        typer.echo(chosen)


@contextmanager
def _users(config: Path | None, data: Path | None) -> Iterator[Users]:
    settings = chosen_settings(config, data=data, city=None)
    folder = settings.folder
    folder.create()
    with opened_database(settings.database, folder) as database:
        yield Users(database, Passwords(), SystemClock())


def _require_known(settings: Settings, department: str, district: str) -> None:
    city = read_city(settings.city)
    if department and department not in city.departments:
        raise BadRequest(expected="a department of departments.yaml", got=department, at="--department")
    if district and district not in city.about.districts:
        raise BadRequest(expected="a district of city.toml", got=district, at="--district")


def _require_department(roles: Collection[Role], department: str) -> None:
    working = sorted(role.value for role in HANDLING_ROLES & set(roles))
    if working and not department:
        raise BadRequest(expected=f"a department for `{'` and `'.join(working)}`", got="none", at="--department")


def _user(fields: dict[str, object]) -> NewUser:
    try:
        return NewUser.model_validate(fields)
    except ValidationError as exc:
        fault = exc.errors()[0]
        at = f"--{fault['loc'][0]}"
        if fault["loc"][0] == "password":
            expected = f"a password of at least {SHORTEST_PASSWORD} characters"
            raise BadRequest(expected=expected, got="another", at="standard input") from exc
        if fault["loc"][0] == "username":
            raise BadRequest(expected=_USERNAME, got=str(fault["input"]), at="username") from exc
        raise BadRequest(
            expected=fault["msg"].removeprefix("Input should be "), got=str(fault["input"]), at=at
        ) from exc


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_app, name="user")
