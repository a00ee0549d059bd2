"""The demo city's people: an account for every role, and a one-time link for whoever started it."""

from dataclasses import dataclass

from pydantic import SecretStr

from api.passwords import Passwords
from api.sessions import Sessions
from api.sign_in import SignInLinks
from api.users import NewUser, Users
from city.clock import SystemClock
from city.errors import NotFound
from liandong.folder import DataFolder, write_private
from liandong.secrets import new_secret
from liandong.settings import Settings
from linkage.departments import Axis, Directory
from linkage.person import Role
from storage.sql import Database

#: Whoever opens the link: sees everything, files and closes; another person dispatches and handles.
_VISITOR = "demo"

_HEAD = "# Accounts of the demo city: user name, password, roles, department.\n"


@dataclass(frozen=True, slots=True)
class _Account:
    username: str
    name: str
    roles: tuple[Role, ...]
    department: str = ""


_OFFICES = (
    _Account(_VISITOR, "演示 Demo", (Role.FOREMAN, Role.MONITOR, Role.OPERATOR, Role.LEADER, Role.STEWARD)),
    _Account("monitor", "大屏值守 Monitor", (Role.MONITOR,)),
    _Account("collector", "采集员 Collector", (Role.COLLECTOR,)),
    _Account("collector.west", "采集员（西片） Collector (west)", (Role.COLLECTOR,)),
    _Account("acceptor", "受理员 Acceptor", (Role.ACCEPTOR,)),
    _Account("foreman", "监督值班长 Foreman", (Role.FOREMAN,)),
    _Account("dispatcher", "指挥派遣员 Dispatcher", (Role.DISPATCHER,)),
    _Account("dispatcher.night", "指挥派遣员（夜班） Dispatcher (night)", (Role.DISPATCHER,)),
    _Account("leader", "带班领导 Leader", (Role.LEADER,)),
    _Account("evaluator", "考评员 Evaluator", (Role.EVALUATOR,)),
    _Account("operator", "系统运维 Operator", (Role.OPERATOR,)),
    _Account("steward", "数据管理员 Steward", (Role.STEWARD,)),
)


def settle_demo(settings: Settings, folder: DataFolder, database: Database, directory: Directory) -> None:
    """Make the accounts that are missing, and a link that signs the visitor in once; both go into private files.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    clock = SystemClock()
    users = Users(database, Passwords(), clock)
    lines = [_added(users, account) for account in (*_OFFICES, *_officers(directory)) if not _exists(users, account)]
    if lines:
        write_private(folder.demo_accounts, _HEAD + "".join(lines))
    links = SignInLinks(database, Sessions(database, settings.http, clock), settings.http, clock)
    write_private(folder.sign_in_link, f"{settings.console_url}#/link/{links.create(users.named(_VISITOR))}\n")


def _officers(directory: Directory) -> list[_Account]:
    """Return a duty officer and a handler for every department that handles."""
    accounts = []
    for department in directory:
        if department.axis is Axis.DEPARTMENT:
            zh, en = department.name["zh"], department.name["en"]
            accounts.append(_Account(department.id, f"{zh}值班员 {en} officer", (Role.OFFICER,), department.id))
            accounts.append(_Account(f"{department.id}.crew", f"{zh}处置员 {en} crew", (Role.HANDLER,), department.id))
    return accounts


def _exists(users: Users, account: _Account) -> bool:
    try:
        users.named(account.username)
    except NotFound:
        return False
    return True


def _added(users: Users, account: _Account) -> str:
    password = new_secret()
    users.add(
        NewUser(
            username=account.username,
            name=account.name,
            roles=frozenset(account.roles),
            password=SecretStr(password),
            department=account.department,
        )
    )
    return f"{account.username} {password} {','.join(account.roles)} {account.department}".rstrip() + "\n"
