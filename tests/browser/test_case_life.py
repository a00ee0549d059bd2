"""The life of a case before every desk that has a part in it: from verification to its end, and back."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import screen_of, take
from tests.support.program import Person, Program, eventually
from tests.support.publisher import Publisher, flood
from tests.support.reporting import photo
from tests.support.small_city import write_small_city

pytestmark = pytest.mark.timeout(180)

_PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
_PATIENCE_MS = 60_000

#: Who takes part: the collector and the handler have a phone, the others a desk.
_PEOPLE = {
    "lan": (("collector",), ""),
    "wang": (("acceptor",), ""),
    "fang": (("foreman",), ""),
    "deng": (("dispatcher",), ""),
    "shui": (("officer",), "water-bureau"),
    "qin": (("officer",), "water-bureau"),
    "crew": (("handler",), "water-bureau"),
    "jing": (("officer",), "traffic-police"),
}
_ON_FOOT = frozenset({"lan", "crew"})

#: A case that is late before anybody can have handled it: 0.4 s.
_HASTE = """\
  - id: haste
    name: {zh: 急件, en: Haste}
    code: "9912"
    verify_min: 30
    file_min: 15
    dispatch_min: 15
    handle_h: 0.0001
    check_min: 30
    closing: {zh: 办结, en: Done}
    source: "Set by this story"
"""

Screens = Callable[[str], Page]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_small_city(tmp_path_factory.mktemp("city") / "smallville")
    # Underpasses without a place: six screens that draw a map in software would be half of this story.
    sensors = (folder / "sensors.csv").read_text("utf-8")
    placeless = sensors.replace("underpass_level,122.90,36.20", "underpass_level,,")
    (folder / "sensors.csv").write_text(placeless.replace("underpass_level,122.91,36.21", "underpass_level,,"), "utf-8")
    with (folder / "case-standards.yaml").open("a", encoding="utf-8") as standards:
        standards.write(_HASTE)
    return folder


@pytest.fixture(scope="module")
def staff(program: Program) -> dict[str, Person]:
    """Everybody, signed in."""
    return {name: program.person(name, *roles, department=where) for name, (roles, where) in _PEOPLE.items()}


@pytest.fixture(scope="module")
def screens(chromium: Browser, program: Program, staff: dict[str, Person]) -> Iterator[Screens]:
    """Return a way to somebody's screen, which stays theirs through all stories."""
    opened: dict[str, Page] = {}

    def screen(name: str) -> Page:
        if name not in opened:
            opened[name] = screen_of(chromium, staff[name], "tasks", **(_PHONE if name in _ON_FOOT else {}))
        return opened[name]

    yield screen
    for page in opened.values():
        page.context.close()


class Case:
    """One incident: acted on over the interface of programs, and looked at on anybody's screen."""

    def __init__(self, number: str, staff: dict[str, Person], screens: Screens) -> None:
        self.number, self._staff, self._screens = number, staff, screens

    def facts(self, who: str = "fang") -> Any:
        return self._staff[who].get(f"/incidents/{self.number}")

    def act(self, who: str, *steps: str, **with_it: Any) -> None:
        """Let somebody take steps on the incident."""
        for step in steps:
            self._staff[who].step(self.facts(who), step, **with_it)

    def work(self, who: str, *steps: str, **with_it: Any) -> None:
        """Let somebody take steps on the newest task on which they may."""
        for step in steps:
            facts = self.facts(who)
            task = [one for one in facts["tasks"] if step in {offered["step"] for offered in one["steps"]}][-1]
            self._staff[who].task_step(facts, task, step, **with_it)

    def on(self, who: str) -> Page:
        """Return somebody's screen with this incident on it."""
        page = self._screens(who)
        page.evaluate("key => { location.hash = `#/incident/${key}` }", self.number)
        page.get_by_text(self.facts(who)["number"], exact=True).wait_for()
        return page


Reported = Callable[..., Case]


@pytest.fixture
def reported(staff: dict[str, Person], screens: Screens) -> Reported:
    """Return a way to have a person report something, which is verified, filed and dispatched."""

    def report(title: str, *departments: str, incident_class: str = "road_water") -> Case:
        body = {"title": title, "class": incident_class, "priority": 2, "source": "hotline", "district": "harbour"}
        case = Case(staff["wang"].post("/incidents", **body)["id"], staff, screens)
        case.act("wang", "verify", "file")
        case.act("deng", "dispatch", departments=departments)
        return case

    return report


@pytest.fixture
def flooded(staff: dict[str, Person], screens: Screens, source: Publisher) -> Callable[[str], Case]:
    """Return a way to flood an underpass; its incident is the one that a rule opened."""

    def flooding(sensor: str) -> Case:
        flood(source, sensor, 20.0)
        found = eventually(lambda: [one for one in staff["fang"].incidents() if one["sensor"] == sensor])
        return Case(found[0]["id"], staff, screens)

    return flooding


def leg(page: Page, department: str, nth: int = 0) -> Locator:
    """Return a department's leg on the incident's page: its first, or a later one."""
    return page.locator(f"[data-task][data-department={department}]").nth(nth)


def send(page: Page) -> None:
    """Send what stands in the dialog; told that somebody was faster, do so again, on what is shown then."""
    for _ in range(3):
        page.locator("dialog button.primary").click()
        page.wait_for_selector("body:not(:has(dialog)), dialog [data-conflict]", state="attached")
        if page.locator("dialog").count() == 0:
            return
    page.wait_for_selector("dialog", state="detached")


def say(page: Page, step: Locator, **words: str) -> None:
    """Press a step, write what its dialog asks for, and send it."""
    step.click()
    for name, text in words.items():
        page.locator(f"dialog [name={name}]").fill(text)
    send(page)


def name_person(page: Page, step: Locator, person: str) -> None:
    step.click()
    page.locator("dialog select[name=person]").select_option(label=person)
    send(page)


def close(page: Page, **words: str) -> None:
    page.click("[data-step=close]")
    page.locator("dialog input[value=resolved]").check()
    for name, text in words.items():
        page.locator(f"dialog [name={name}]").fill(text)
    page.locator("dialog button.primary").click()
    expect(page.get_by_test_id("incident-state")).to_have_attribute("data-state", "closed")


def test_flood_is_handled_by_two_departments_checked_closed_and_comes_back(
    flooded: Callable[[str], Case], screens: Screens, source: Publisher, tmp_path: Path
) -> None:
    case = flooded("up-01")
    acceptor = case.on("wang")
    name_person(acceptor, acceptor.locator("[data-step=assign_verifier]"), "lan")
    expect(acceptor.locator("[data-verifier]")).to_have_text("lan")
    take(case.on("lan"), "verify")
    take(acceptor, "file")
    dispatcher = case.on("deng")
    say(dispatcher, dispatcher.locator("[data-step=dispatch]"))
    officer = case.on("shui")
    mine = leg(officer, "water-bureau")
    mine.locator("[data-step=accept]").click()
    name_person(officer, mine.locator("[data-step=assign]"), "crew")
    expect(mine.locator("[data-handler]")).to_contain_text("crew")
    case.work("jing", "accept", "arrive", "feed_back", note="the road is closed")
    case.work("wang", "check")

    _handle_by_phone(screens("crew"), case, tmp_path)
    expect(leg(acceptor, "water-bureau").locator("[data-step=check]")).to_be_visible(timeout=_PATIENCE_MS)
    name_person(acceptor, leg(acceptor, "water-bureau").locator("[data-step=assign_checker]"), "lan")
    checker = case.on("lan")
    expect(checker.get_by_test_id("photos").locator("img")).to_have_count(1)
    say(checker, leg(checker, "water-bureau").locator("[data-step=rework]"), note="the gully is still full")
    case.work("crew", "feed_back", note="gully cleaned")
    say(checker, leg(checker, "water-bureau").locator("[data-step=check]"))

    expect(acceptor.get_by_test_id("doubts").locator("[data-burning=up-01]")).to_be_visible()
    expect(acceptor.locator("[data-step=close]")).to_have_count(0)
    flood(source, "up-01", 5.0)
    acceptor.locator("[data-step=close]").wait_for()
    expect(acceptor.get_by_test_id("doubts")).to_have_attribute("data-doubted", "false")
    close(acceptor)
    expect(acceptor.locator("[data-evidence=open]")).to_be_visible()

    flood(source, "up-01", 21.0)
    expect(acceptor.locator("[data-reopened]")).to_be_visible(timeout=_PATIENCE_MS)
    dispatcher.click("[data-step=dispatch]")
    expect(dispatcher.locator("dialog input[type=checkbox]:checked")).to_have_count(2)
    dispatcher.keyboard.press("Escape")


def _handle_by_phone(phone: Page, case: Case, folder: Path) -> None:
    """Arrive, take a photo and feed back on a phone, of which nothing hangs over the edge."""
    picture = folder / "after.jpg"
    picture.write_bytes(photo("blue", size=(800, 600)))
    phone.evaluate("location.hash = '#/tasks'")
    card = phone.locator("[data-work]", has=phone.locator(f"a[href$='incident/{case.number}']"))
    card.locator("[data-step=arrive]").click()
    card.locator("input[name=photo-after]").set_input_files(picture)
    expect(card).to_contain_text("Photos taken: 1")
    assert phone.evaluate("document.documentElement.scrollWidth") <= phone.viewport_size["width"]  # type: ignore[index]
    say(phone, card.locator("[data-step=feed_back]"), note="pumped dry")
    expect(card).to_have_count(0)
    case.on("crew")
    assert phone.evaluate("document.documentElement.scrollWidth") <= phone.viewport_size["width"]  # type: ignore[index]


def test_foreman_closes_in_writing_what_still_burns(flooded: Callable[[str], Case]) -> None:
    case = flooded("up-02")
    case.act("wang", "verify", "file")
    case.act("deng", "dispatch", departments=["water-bureau"])
    case.work("crew", "accept", "arrive", "feed_back", note="the sensor is flooded")
    case.work("lan", "check")

    acceptor = case.on("wang")
    expect(acceptor.get_by_test_id("doubts")).to_contain_text("Only a foreman")
    expect(acceptor.locator("[data-step=close]")).to_have_count(0)
    foreman = case.on("fang")
    close(foreman, override="looked at it myself: dry")

    expect(acceptor.locator("[data-event=close]")).to_contain_text("looked at it myself", timeout=_PATIENCE_MS)


def test_more_time_needs_two_of_the_department_and_the_dispatcher(reported: Reported) -> None:
    case = reported("A long leak", "water-bureau")
    first, second, dispatcher = (leg(case.on(who), "water-bureau") for who in ("shui", "qin", "deng"))
    first.locator("[data-step=accept]").click()
    say(first.page, first.locator("[data-step=ask_delay]"), note="a part is missing")
    expect(first.locator("[data-request=delay]")).to_contain_text("Another person of the department")
    expect(first.locator("[data-step=endorse]")).to_have_count(0)
    expect(dispatcher.locator("[data-step=grant]")).to_have_count(0)

    say(second.page, second.locator("[data-step=endorse]"))
    expect(dispatcher.locator("[data-request=delay]")).to_contain_text("Endorsed by qin", timeout=_PATIENCE_MS)
    say(dispatcher.page, dispatcher.locator("[data-step=grant]"))
    expect(first).to_contain_text("Delays granted: 1", timeout=_PATIENCE_MS)

    case.work("shui", "ask_suspend", note="the road is to be opened in spring")
    case.work("qin", "endorse")
    say(dispatcher.page, dispatcher.locator("[data-step=grant]"))
    expect(first.locator("[data-paused]")).to_be_visible(timeout=_PATIENCE_MS)
    expect(first.locator("[data-light]")).to_have_count(0)
    say(dispatcher.page, dispatcher.locator("[data-step=resume]"), note="spring")
    expect(first.locator("[data-paused]")).to_have_count(0, timeout=_PATIENCE_MS)


def test_task_goes_to_another_department_and_leaves_its_trail(reported: Reported) -> None:
    case = reported("A fallen tree", "water-bureau")
    dispatcher = case.on("deng")
    leg(dispatcher, "water-bureau").locator("[data-step=transfer]").click()
    offered = dispatcher.locator("dialog input[type=radio][name=department]")
    expect(offered).to_have_count(2)
    expect(dispatcher.locator("dialog button.primary")).to_be_disabled()
    dispatcher.locator("dialog label", has_text="Traffic Police").click()
    dispatcher.locator("dialog textarea[name=note]").fill("it lies on the road")
    dispatcher.locator("dialog button.primary").click()

    police = leg(case.on("jing"), "traffic-police")
    expect(police.locator("[data-trail=from]")).to_contain_text("Transferred from Water and Drainage")
    expect(leg(dispatcher, "water-bureau").locator("[data-trail=to]")).to_contain_text("Transferred to Traffic Police")
    say(police.page, police.locator("[data-step=return]"), note="it lies in the park")
    expect(leg(dispatcher, "traffic-police")).to_have_attribute("data-state", "returned", timeout=_PATIENCE_MS)
    expect(dispatcher.locator("[data-step=dispatch]")).to_be_visible()


def test_overdue_task_is_found_and_appealed(reported: Reported, screens: Screens) -> None:
    case = reported("Too fast for anybody", "water-bureau", incident_class="haste")
    case.work("shui", "accept", "arrive")
    page = screens("shui")
    page.evaluate("location.hash = '#/tasks'")
    page.click("[data-tab=all]")
    page.select_option("select[name=whose]", "department")
    page.check("input[name=overdue]")
    card = page.locator("[data-work]", has_text="Too fast for anybody")
    expect(card.locator("[data-light=red]")).to_be_visible()
    expect(page.locator("[data-work]")).to_have_count(1)
    say(page, card.locator("[data-step=feed_back]"), note="done")
    expect(card).to_have_count(0)
    case.work("wang", "check")
    case.act("wang", "close", disposition="resolved")

    officer, dispatcher, acceptor = (leg(case.on(who), "water-bureau") for who in ("shui", "deng", "wang"))
    expect(officer.locator("[data-overdue]")).to_be_visible()
    say(page, officer.locator("[data-step=appeal]"), note="nobody could")
    dispatcher.locator("[data-step=endorse_appeal]").wait_for()
    say(dispatcher.page, dispatcher.locator("[data-step=endorse_appeal]"))
    acceptor.locator("[data-step=uphold]").wait_for()
    say(acceptor.page, acceptor.locator("[data-step=uphold]"))

    expect(officer.locator("[data-appeal=upheld]")).to_be_visible(timeout=_PATIENCE_MS)
    expect(officer).to_contain_text("not counted as overdue")
