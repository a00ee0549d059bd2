"""What a collector, a handler and an acceptor do by phone and at the desk, in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import SignIn, screen_of
from tests.support.program import Person, Program, eventually
from tests.support.reporting import photo

pytestmark = pytest.mark.timeout(240)

_PHONE = {"width": 390, "height": 844}
_PATIENCE_MS = 60_000
_CALLER = {"name": "王先生", "phone": "13800000000", "call_back": True}

#: The spot that the phones of these stories stand at.
_HERE = {"longitude": 122.9, "latitude": 36.2}

_ROLES = {
    "lan": ("collector", ""),
    "wang": ("acceptor", ""),
    "fang": ("foreman", ""),
    "deng": ("dispatcher", ""),
    "crew": ("handler", "water-bureau"),
}


@pytest.fixture(scope="module")
def accounts(program: Program) -> dict[str, str]:
    """Passwords of the people in these stories, by user name."""
    return {name: program.account(name, role, department=where) for name, (role, where) in _ROLES.items()}


@pytest.fixture(scope="module")
def desk(program: Program, accounts: dict[str, str]) -> dict[str, Person]:
    """The people at their desks, who need no browser for their part."""
    return {name: Person(program.url, name, accounts[name]) for name in _ROLES}


@pytest.fixture
def phones(chromium: Browser, program: Program) -> Iterator[SignIn]:
    """Return a way to sign in with a phone of one's own that knows where it is."""
    contexts = []

    def signed_in(username: str, password: str) -> Page:
        page = screen_of(
            chromium,
            Person(program.url, username, password),
            "tasks",
            viewport=_PHONE,
            geolocation=_HERE,
            permissions=["geolocation"],
            is_mobile=True,
            has_touch=True,
        )
        contexts.append(page.context)
        return page

    yield signed_in
    for context in contexts:
        context.close()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(photo("blue", size=(1600, 1200), place=True))
    return path


def go(page: Page, where: str) -> None:
    """Open a page of the console and wait until it is drawn."""
    page.evaluate("where => { location.hash = `#/${where}` }", where)
    page.wait_for_selector(f"[data-page='{where.split('/')[0]}']")


def report(by: Person, **more: object) -> dict[str, str]:
    answer: dict[str, str] = by.post("/reports", **{"class": "road_water", "source": "hotline", **more})
    return answer


def dispatched(desk: dict[str, Person], place: str) -> str:
    """Have an incident at `place` filed and dispatched to the water bureau; return its id."""
    number = report(desk["wang"], place=place)["incident"]
    for name, step in (("wang", "acknowledge"), ("wang", "verify"), ("wang", "file"), ("deng", "dispatch")):
        incident = desk[name].get(f"/incidents/{number}")
        desk[name].step(incident, step)
    return number


def test_collector_reports_with_a_photo_and_joins_what_is_known(
    phones: SignIn, accounts: dict[str, str], desk: dict[str, Person], picture: Path
) -> None:
    known = report(desk["wang"], place="Heshun Road 1", longitude=122.9001, latitude=36.2)["incident"]
    page = phones("lan", accounts["lan"])

    go(page, "report")
    page.set_input_files("input[name=photo]", picture)
    page.select_option("select[name=class]", "road_water")
    page.get_by_role("button", name="Where I am").click()
    offered = page.locator(f"[data-candidate='{known}']")
    expect(offered).to_contain_text("Road flooding", timeout=_PATIENCE_MS)
    offered.get_by_role("button", name="It is the same").click()
    page.click("form .send button.primary")

    page.wait_for_selector("[data-testid=incident-state]")
    expect(page.get_by_test_id("photos").locator("img")).to_have_count(1)
    reports = desk["wang"].get(f"/incidents/{known}/reports")["items"]
    assert [one["joined"] for one in reports] == [False, True]


def test_place_in_the_photo_is_offered(phones: SignIn, accounts: dict[str, str], picture: Path) -> None:
    page = phones("lan", accounts["lan"])

    go(page, "report")
    page.set_input_files("input[name=photo]", picture)
    page.get_by_test_id("photo-place").click()

    expect(page.locator(".where")).to_contain_text("121.50000, 31.20000")


def test_handler_without_a_connection_is_sent_exactly_once(
    phones: SignIn, accounts: dict[str, str], desk: dict[str, Person], picture: Path
) -> None:
    number = dispatched(desk, "Offline Lane")
    page = phones("crew", accounts["crew"])
    go(page, "tasks")
    card = page.locator("[data-work]", has_text="Offline Lane")
    card.wait_for()

    page.context.set_offline(True)
    card.locator("[data-step=accept]").click()
    card.locator("[data-step=arrive]").click()
    page.set_input_files(f"[data-work='{card.get_attribute('data-work')}'] input[name=photo-after]", picture)
    card.locator("[data-step=feed_back]").click()
    page.fill("dialog textarea", "pumped dry")
    page.click("dialog button.primary")
    expect(page.get_by_test_id("unsent")).to_contain_text("Not sent yet: 4")
    assert desk["wang"].get(f"/incidents/{number}")["tasks"][0]["state"] == "dispatched"
    page.context.set_offline(False)

    expect(page.get_by_test_id("unsent")).to_have_count(0, timeout=60_000)
    incident = desk["wang"].get(f"/incidents/{number}")
    steps = [event["step"] for event in incident["events"] if event["task"] is not None]
    assert [step for step in steps if step != "dispatch"] == ["accept", "arrive", "photo", "feed_back"]
    assert [one["kind"] for one in desk["wang"].get(f"/incidents/{number}/photos")["items"]] == ["after"]


def test_page_opens_without_a_connection(phones: SignIn, accounts: dict[str, str], desk: dict[str, Person]) -> None:
    dispatched(desk, "Tunnel Lane")
    page = phones("crew", accounts["crew"])
    go(page, "tasks")
    page.locator("[data-work]", has_text="Tunnel Lane").wait_for()
    page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
    page.reload()
    page.locator("[data-work]", has_text="Tunnel Lane").wait_for()

    page.context.set_offline(True)
    page.reload()

    expect(page.locator("[data-work]", has_text="Tunnel Lane")).to_be_visible(timeout=_PATIENCE_MS)


def test_conflict_is_shown_to_whoever_worked_offline(
    phones: SignIn, accounts: dict[str, str], desk: dict[str, Person]
) -> None:
    number = dispatched(desk, "Conflict Lane")
    page = phones("crew", accounts["crew"])
    go(page, "tasks")
    card = page.locator("[data-work]", has_text="Conflict Lane")
    card.wait_for()
    page.context.set_offline(True)
    card.locator("[data-step=accept]").click()
    expect(page.get_by_test_id("unsent")).to_contain_text("1")

    incident = desk["fang"].get(f"/incidents/{number}")
    desk["fang"].post(
        f"/incidents/{number}/steps", step="cancel", version=incident["version"], disposition="cancelled", note="dry"
    )
    page.context.set_offline(False)

    refused = page.get_by_test_id("refused")
    refused.wait_for(timeout=60_000)
    refused.get_by_role("button", name="Give this one up").click()
    expect(page.get_by_test_id("outbox")).to_have_count(0)


def test_collector_verifies_from_the_list(phones: SignIn, accounts: dict[str, str], desk: dict[str, Person]) -> None:
    number = report(desk["wang"], place="Verify Lane")["incident"]
    page = phones("lan", accounts["lan"])

    go(page, "tasks")
    card = page.locator(f"[data-verify='{number}']")
    card.locator("[data-step=verify]").click()
    page.click("dialog button.primary")

    expect(card).to_have_count(0)
    events = eventually(lambda: desk["wang"].get(f"/incidents/{number}")["events"])
    assert [event["step"] for event in events][-1] == "verify"


def test_acceptor_takes_a_call_and_calls_back(
    sign_in: SignIn, accounts: dict[str, str], desk: dict[str, Person]
) -> None:
    number = report(desk["wang"], place="Caller Lane", hotline="12345", caller=_CALLER)["incident"]
    incident = desk["fang"].get(f"/incidents/{number}")
    desk["fang"].post(
        f"/incidents/{number}/steps", step="not_file", version=incident["version"], disposition="not_filed", note="dry"
    )
    page = sign_in("wang", accounts["wang"])

    go(page, "callbacks")
    card = page.locator("[data-report]", has_text="Caller Lane")
    card.get_by_role("button", name="Show the caller").click()
    expect(card).to_contain_text("13800000000")
    card.get_by_label("4 Satisfied").check()
    card.locator("textarea").fill("thanks")
    card.get_by_role("button", name="Record the call").click()

    expect(card).to_have_count(0)
    (told,) = desk["wang"].get(f"/incidents/{number}/reports")["items"]
    assert (told["callback"], told["satisfaction"]) == ("done", 4)


def test_help_stands_around_an_incident(sign_in: SignIn, accounts: dict[str, str], desk: dict[str, Person]) -> None:
    number = report(desk["wang"], place="Around Lane", **_HERE)["incident"]
    page = sign_in("wang", accounts["wang"])

    go(page, f"incident/{number}")

    around = page.get_by_test_id("around")
    expect(around).to_contain_text("Drainage team 1", timeout=_PATIENCE_MS)
    around.get_by_role("link", name="Heshun Road pump").click()
    expect(page.get_by_role("heading", name="Heshun Road pump")).to_be_visible()
