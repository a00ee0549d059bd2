"""First pages of the queue through the API: every filter, every pair of filters, the counts, an officer's step."""

import asyncio
import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import httpx

from benchmarks.figures import Figure, timed
from liandong.pauses import keep_pauses_short
from linkage.person import Role
from storage.sql import Database
from tests.support.api import Town, town_on

#: What the city is promised: the first page of any filter, and a step by an officer, p99 in milliseconds.
PAGE_LIMIT_MS, STEP_LIMIT_MS = 100.0, 50.0

_PAGES, _OF_PAIRS, _STEPS = 40, 5, 200

Params = tuple[tuple[str, str], ...]

_MANY = tuple(("department", f"department-{number}") for number in range(30))

FILTERS: dict[str, Params] = {
    "state": (("state", "dispatched"),),
    "rare state": (("state", "checking"),),
    "priority": (("priority", "1"),),
    "domain": (("domain", "video"),),
    "district": (("district", "west"),),
    "class": (("class", "heat"),),
    "department": (("department", "water"),),
    "thirty departments": _MANY,
    "common word": (("q", "积水"),),
    "two words": (("q", "滨海 water"),),
    "number": (("q", "077777"),),
    "word nowhere": (("q", "没有这个地方"),),
    "letter": (("q", "a"),),
    "mine": (("mine", "true"),),
}

#: What the list of tasks is asked for, and by whom of `PEOPLE`; by a monitor where it is none of them.
TASK_FILTERS: dict[str, tuple[str, Params]] = {
    "tasks of an officer": ("officer", (("mine", "true"),)),
    "tasks of an officer, late": ("officer", (("mine", "true"), ("overdue", "true"))),
    "tasks in an officer's incidents": ("officer", ()),
    "tasks of all": ("", ()),
    "tasks in a state": ("", (("state", "dispatched"),)),
    "tasks in a rare state": ("", (("state", "checked"),)),
    "tasks that are late": ("", (("overdue", "true"),)),
    "tasks of a department": ("", (("department", "water"),)),
    "tasks in a district": ("monitor of a district", ()),
}

LISTS: dict[str, Params] = {"open": (("open", "true"),), "ended": (("open", "false"),), "all": ()}

#: Whom the plain lists are asked for by, beside a monitor.
PEOPLE: dict[str, dict[str, str]] = {
    "officer": {"department": "water"},
    "collector": {"department": "desk"},
    "dispatcher": {},
    "monitor of a district": {"district": "east"},
}
_ROLES = {
    "officer": Role.OFFICER,
    "collector": Role.COLLECTOR,
    "dispatcher": Role.DISPATCHER,
    "monitor of a district": Role.MONITOR,
}


class Browser:
    """Somebody who is signed in; blocks, since it runs the API's loop for each request."""

    def __init__(self, client: httpx.AsyncClient, runner: asyncio.Runner) -> None:
        self._client, self._runner = client, runner

    def get(self, path: str, params: Params = ()) -> httpx.Response:
        """Ask, and expect an answer."""
        return self._runner.run(self._client.get(path, params=list(params))).raise_for_status()

    def post(self, path: str, body: dict[str, object]) -> httpx.Response:
        """Send, and expect an answer."""
        return self._runner.run(self._client.post(path, json=body)).raise_for_status()


def pages(database: Database) -> Iterator[Figure]:
    """Yield what the first page of each list and filter takes."""
    town = town_on(database)
    with asyncio.Runner() as runner:
        yield from timed("overview read at start", town.services.given.queue.follow, 1)
        keep_pauses_short()  # as the program does before it serves
        monitor = Browser(town.client_of(Role.MONITOR, name="bench-monitor"), runner)
        for kind, params in LISTS.items():
            yield from _page(f"page {kind}", monitor, params)
            for name, wanted in FILTERS.items():
                yield from _page(f"page {kind}, {name}", monitor, params + wanted)
        yield from timed("counts", lambda: monitor.get("/incidents/counts"), _PAGES, PAGE_LIMIT_MS)
        yield from _of_people(town, runner)
        yield from timed("page second", _second(monitor), _PAGES, PAGE_LIMIT_MS)
        yield from _pairs(monitor)
        yield from _tasks(town, runner)
        yield from _step(town, runner)


def _page(name: str, browser: Browser, params: Params) -> list[Figure]:
    return timed(name, lambda: browser.get("/incidents", params), _PAGES, PAGE_LIMIT_MS)


def _of_people(town: Town, runner: asyncio.Runner) -> Iterator[Figure]:
    for name, where in PEOPLE.items():
        who = Browser(town.client_of(_ROLES[name], name=f"bench-{_ROLES[name]}-{len(name)}", **where), runner)
        for kind, params in LISTS.items():
            yield from _page(f"page {kind} of {name}", who, params)
        yield from _page(f"page mine of {name}", who, (*LISTS["open"], ("mine", "true")))
        yield from timed(f"counts of {name}", partial(who.get, "/incidents/counts"), _PAGES, PAGE_LIMIT_MS)


def _tasks(town: Town, runner: asyncio.Runner) -> Iterator[Figure]:
    browsers: dict[str, Browser] = {}
    for name, (who, params) in TASK_FILTERS.items():
        if who not in browsers:
            role, where = _ROLES.get(who, Role.MONITOR), PEOPLE.get(who, {})
            browsers[who] = Browser(town.client_of(role, name=f"bench-tasks-{len(browsers)}", **where), runner)
        yield from timed(name, partial(browsers[who].get, "/tasks", params), _PAGES, PAGE_LIMIT_MS)


def _second(browser: Browser) -> Callable[[], object]:
    after = browser.get("/incidents", LISTS["open"]).json()["next"]
    return lambda: browser.get("/incidents", (*LISTS["open"], ("after", after)))


def _pairs(browser: Browser) -> Iterator[Figure]:
    """Yield the worst of all pairs of filters on open incidents."""
    figures: list[Sequence[Figure]] = []
    for one, other in itertools.combinations(FILTERS.values(), 2):
        both = LISTS["open"] + one + tuple(pair for pair in other if pair[0] != "q" or one[0][0] != "q")
        figures.append(timed("worst pair of filters", partial(browser.get, "/incidents", both), _OF_PAIRS))
    for place, limit in ((1, PAGE_LIMIT_MS), (2, None)):
        worst = max((one[place] for one in figures), key=lambda figure: figure.value)
        yield Figure(worst.name, worst.value, limit=limit)


def _step(town: Town, runner: asyncio.Runner) -> list[Figure]:
    """Time an officer's comment on one incident after the other, from order to answer."""
    officer = Browser(town.client_of(Role.OFFICER, name="bench-steps", department="water"), runner)
    lines = officer.get("/incidents", (*LISTS["open"], ("limit", "200"))).json()["items"]
    versions = {line["id"]: line["version"] for line in lines}
    turn = itertools.cycle(versions)

    def step() -> None:
        incident = next(turn)
        body = {"step": "comment", "version": versions[incident], "note": "on the way"}
        versions[incident] = officer.post(f"/incidents/{incident}/steps", body).json()["version"]

    return timed("step of an officer", step, _STEPS, STEP_LIMIT_MS)
