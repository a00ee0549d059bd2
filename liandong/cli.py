"""The command line: which commands there are, and how each way of failing is told in one line."""

import gc
import logging
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import NoReturn

import typer
from typer.exceptions import TyperException

from city.errors import BadCityFile, BadRequest, BadSettings, Conflict, LiandongError, NotFound, StoreUnavailable
from liandong.address import AddressTaken
from liandong.exits import EXIT_CODES, Exit
from liandong.folder import FolderTaken
from liandong.log import configure_log
from liandong.memory import keep_memory_tight
from liandong.part import PartRefused

#: The commands, each in `liandong/commands`. Only the one that was asked for is imported: the processes of `up` start
#: in half the time without each other's libraries.
COMMANDS = (
    "up", "ingest", "desk", "check", "rules", "decode", "replay", "simulate", "user", "token", "source",
    "sensor", "registry", "quarantine", "audit", "backup", "restore", "restored", "export", "influx",
    "version",
)  # fmt: skip

#: What helps when ingest does not answer.
_NOT_RUNNING = (
    "; it runs in `liandong up` or `liandong ingest`, on the folder that `--data` or the setting `data` names"
)

_EXITS: dict[type[LiandongError], Exit] = {
    BadSettings: Exit.SETTINGS,
    BadCityFile: Exit.SETTINGS,
    BadRequest: Exit.USAGE,
    NotFound: Exit.USAGE,
    Conflict: Exit.USAGE,
    AddressTaken: Exit.TAKEN,
    FolderTaken: Exit.TAKEN,
    StoreUnavailable: Exit.UNAVAILABLE,
}


def main() -> None:
    """Run the command that this process was started with; what it writes is its owner's alone."""
    os.umask(0o077)
    keep_memory_tight()
    _leave(run(sys.argv[1:]))


def _leave(code: int) -> NoReturn:
    """End without taking apart what was imported, which takes the desk a second: all that is to be kept is on disk."""
    with suppress(BrokenPipeError):  # who read it has had enough
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; what goes wrong is said in one line on stderr."""
    configure_log("liandong", logging.WARNING)
    try:
        code = _app(arguments)(list(arguments), prog_name="liandong", standalone_mode=False)
    except TyperException as exc:
        return _misused(exc)
    except LiandongError as exc:
        return _failed(exc)
    except ExceptionGroup as group:
        return _failed(_only_error(group))
    except OSError as exc:
        return _told(_about_file(exc), Exit.FAILED)
    except (KeyboardInterrupt, typer.Abort):
        return _told("Interrupted", Exit.FAILED)
    return int(code) if isinstance(code, int) else Exit.OK


def _app(arguments: Sequence[str]) -> typer.Typer:
    app = typer.Typer(
        name="liandong",
        help=f"Real-time monitoring and emergency linkage for a city's command centre.\n\n{EXIT_CODES}",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(lambda: None)  # a program of commands, be there only one
    asked = [name for name in COMMANDS if list(arguments[:1]) == [name]]
    # What is imported stays for good: looking through it for garbage again and again is a sixth of a start (measured).
    gc.disable()
    for name in asked or COMMANDS:
        import_module(f"liandong.commands.{name}").add_to(app)
    gc.freeze()
    gc.enable()
    return app


def _misused(error: TyperException) -> int:
    message, context = (
        error.format_message().replace("Value error, ", "").removesuffix("."),
        getattr(error, "ctx", None),
    )
    where = f" - see `{context.command_path} --help`" if context is not None and message else ""
    return _told(message + where, Exit.USAGE)


def _failed(error: LiandongError) -> int:
    if isinstance(error, PartRefused):  # it has said why itself
        return error.exit
    code = next((code for kind, code in _EXITS.items() if isinstance(error, kind)), Exit.FAILED)
    started = isinstance(error, StoreUnavailable) and error.store == "ingest"
    return _told(f"{error}{_NOT_RUNNING if started else ''}", code)


def _about_file(error: OSError) -> str:
    """Return what a file or folder that a person named cannot be used for; what names none is a fault and goes on."""
    if error.filename is None:
        raise error
    return f"Expected a file or folder that can be used, got `{error.strerror}` - at `{error.filename}`"


def _only_error(group: ExceptionGroup[Exception]) -> LiandongError:
    """Return our error among those that tasks ended with; a group that holds anything else is a fault and goes on."""
    ours, others = group.split(LiandongError)
    if ours is None or others is not None:
        raise group
    error: BaseException = ours
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, LiandongError)
    return error


def _told(message: str, code: Exit) -> int:
    if message:
        typer.echo("liandong: " + " ".join(message.split()), err=True)
    return code
