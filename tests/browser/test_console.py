"""What holds on every page of the console: it draws, it is reached by keyboard and phone, it calls, it explains."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from liandong.copies.restored import mark
from linkage.cap.writing import written
from tests.browser.conftest import SignIn, take
from tests.support.cap import RAIN, WARNING
from tests.support.program import Person, Program
from tests.support.publisher import Publisher, flood
from tests.support.small_city import write_small_city

pytestmark = pytest.mark.timeout(180)

_PAGES = (
    *("overview", "map", "queue", "tasks", "report", "sensor/up-01", "component/9901019901000001"),
    *("domain/traffic", "domain/environment", "domain/video", "domain/machine_room"),
    *("silences", "callbacks", "roster", "handover", "dutylog", "incident/1"),
    *("plans", "plans/list", "plans/warnings", "plans/received", "plans/upward", "plans/drills", "response/1"),
    *("discovery", "registry", "quarantine", "rules", "users", "evaluation", "access", "channels", "system", "account"),
    *("missing", "wall"),
)
_PHONE = (390, 844)
_PATIENCE_MS = 60_000

#: Faults that no page may have, gathered where the browser reports them.
_LISTEN = """
window.faults = []
addEventListener('securitypolicyviolation', (event) => faults.push(`${event.violatedDirective} ${event.blockedURI}`))
addEventListener('error', (event) => faults.push(event.message))
addEventListener('unhandledrejection', (event) => faults.push(String(event.reason)))
"""

#: Counts what the page asks for and has not been answered, and when that last changed.
_COUNT = """() => {
  const ask = window.fetch
  window.asking = 0
  window.asked = performance.now()
  window.fetch = (...request) => {
    window.asking += 1
    return ask(...request).finally(() => {
      window.asking -= 1
      window.asked = performance.now()
    })
  }
}"""

#: The page of an address is drawn, all that it asked for is there, and it asks for nothing after it.
_SETTLED = """name => document.querySelector(`[data-page='${name}'] *`) !== null &&
  (window.asking ?? 0) === 0 && performance.now() - (window.asked ?? 0) > 120"""

#: Parts of a page that would have to be pushed sideways to be read.
_TOO_WIDE = """() => [
  ...document.querySelectorAll('header, main, .page, .situation, .queue, .map-page, .panel, .stack')
]
  .filter((box) => box.scrollWidth > box.clientWidth + 1 && !box.classList.contains('wide'))
  .map((box) => `${box.tagName}.${box.className} ${box.scrollWidth} in ${box.clientWidth}`)
  .concat(document.documentElement.scrollWidth > innerWidth ? [`document ${document.documentElement.scrollWidth}`] : [])
"""

#: Controls that a screen reader has no word for, pictures without words, and ids that stand twice (WCAG 4.1.2, 1.1.1).
_NAMELESS = """() => {
  const named = (one) => one.ariaLabel || one.title || one.labels?.length || one.innerText?.trim()
    || one.getAttribute('aria-labelledby') || one.value && one.type === 'submit'
  const faults = [...document.querySelectorAll('button, a[href], input, select, textarea, summary, [role=button]')]
    .filter((one) => one.checkVisibility() && !named(one)).map((one) => one.outerHTML.slice(0, 120))
  const silent = [...document.querySelectorAll('img:not([alt]), svg:not([aria-hidden], [aria-label], [role])')]
    .map((one) => one.outerHTML.slice(0, 120))
  const ids = [...document.querySelectorAll('[id]')].map((one) => one.id)
  return [...faults, ...silent, ...ids.filter((id, place) => ids.indexOf(id) !== place)]
}"""

#: The element that has the focus, where nothing shows that it does (WCAG 2.4.7).
_UNSEEN_FOCUS = """() => {
  const at = document.activeElement
  const { outlineStyle, outlineWidth } = getComputedStyle(at)
  return at === document.body || outlineStyle !== 'none' && outlineWidth !== '0px' ? [] : [at.outerHTML.slice(0, 120)]
}"""

_ROSTERS = """\
people: [{username: zhou, name: 周, name_en: Zhou, phone: "0631-5230021"}]
posts:
  - department: water-bureau
    id: duty
    name: {zh: 防汛值班, en: Flood duty}
    start: 2026-01-01
    patterns: [{shifts: ["00:00-24:00"], teams: [zhou, [wang, fang]], every: day}]
"""

_SAID = {"area": "the whole city", "cautions": "50 mm within 3 h", "measures": "stay at home", "issuer": "the office"}
_CALLER = {"name": "Mr Wang", "phone": "13800000000", "call_back": True}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_small_city(tmp_path_factory.mktemp("city") / "smallville")
    (folder / "rosters.yaml").write_text(_ROSTERS, "utf-8")
    return folder


@pytest.fixture(scope="module")
def settings() -> str:
    return '[linkage.cap]\nsenders = ["met@binhai.example"]\ntoken = "a-long-token"\n'


@pytest.fixture(scope="module")
def accounts(program: Program) -> dict[str, str]:
    """Passwords of the people in these stories, by user name."""
    everything = ("foreman", "monitor", "operator", "steward", "leader", "evaluator")
    people = {"zhou": everything, "wang": ("acceptor",), "fang": ("foreman",)}
    return {name: program.account(name, *roles) for name, roles in people.items()}


@pytest.fixture(scope="module")
def busy(program: Program, accounts: dict[str, str]) -> Person:
    """Give every page something to show; return whoever sees them all."""
    zhou, wang = (Person(program.url, name, accounts[name]) for name in ("zhou", "wang"))
    report = {"title": "Water in the street", "class": "road_water", "source": "hotline", "hotline": "12345"}
    number = wang.post("/reports", **report, place="Heshun Road 3", district="harbour", caller=_CALLER)["incident"]
    seen = zhou.get(f"/incidents/{number}")
    zhou.step(seen, "not_file", disposition="not_filed", note="dry")
    words = {"matter": "three underpasses under water", "measures": "close them", "expected_h": 6}
    zhou.post("/activations", plan="flood", level="IV", **words)
    zhou.post("/drills", plan="flood", scenario="exercise")
    zhou.post("/warnings", category="rainstorm", level="orange", starts_at=_in(0), **_SAID)
    zhou.post("/silences", matchers={"sensors": ["crowd-01"]}, until=_in(1), reason="works in the street")
    zhou.post("/calendar-feeds", department="water-bureau")
    zhou.post("/handovers", department="water-bureau", post="duty")
    zhou.post("/duty-log", department="water-bureau", text="line to the fire brigade tested")
    _hear(program.url)
    return zhou


def _in(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat(timespec="milliseconds")


def _hear(url: str) -> None:
    """Let a weather office warn."""
    now = datetime.now(UTC).replace(microsecond=0)
    alert = replace(WARNING, sent=now, infos=(replace(RAIN, expires=now + timedelta(hours=3)),))
    headers = {"Authorization": "Bearer a-long-token"}
    address = f"{url}/api/v1/cap/messages"
    httpx.post(address, content=written(alert), headers=headers, trust_env=False).raise_for_status()


def go(page: Page, address: str) -> None:
    """Open a page of the console and wait until it has drawn and asks nothing more."""
    if page.evaluate("window.asking === undefined"):
        page.evaluate(_COUNT)
    page.evaluate("address => { location.hash = '#/' + address; window.asked = performance.now() }", address)
    page.wait_for_function(_SETTLED, arg=address.split("/")[0])


def test_every_page_draws_without_a_fault_and_names_its_controls(
    sign_in: SignIn, accounts: dict[str, str], busy: Person
) -> None:
    page = sign_in("zhou", accounts["zhou"])
    page.evaluate(_LISTEN)

    for address in _PAGES:
        go(page, address)
        assert page.locator(".problem").all_inner_texts() == [], address
        assert page.evaluate("faults") == [], address
        assert page.evaluate(_NAMELESS) == [], address


def test_no_page_is_too_wide_for_a_phone(sign_in: SignIn, accounts: dict[str, str], busy: Person) -> None:
    page = sign_in("zhou", accounts["zhou"])
    page.set_viewport_size({"width": _PHONE[0], "height": _PHONE[1]})

    for address in _PAGES[:-1]:
        go(page, address)
        assert page.evaluate(_TOO_WIDE) == [], address


def test_refused_step_is_explained_and_keeps_what_was_written(
    sign_in: SignIn, accounts: dict[str, str], source: Publisher
) -> None:
    quick, slow = sign_in("fang", accounts["fang"]), sign_in("wang", accounts["wang"])
    flood(source, "up-01", 31.0)
    for page in (quick, slow):
        page.locator("a[data-incident]", has_text="Underpass 1").first.click()
    slow.click("[data-step=not_file]")
    slow.locator("dialog input[type=radio]").first.check()
    slow.fill("dialog textarea", "a puddle")

    take(quick, "verify")
    take(quick, "file")
    expect(quick.get_by_test_id("incident-state")).to_have_attribute("data-state", "filed")
    slow.locator("dialog button.primary").click()

    expect(slow.locator("dialog [role=alert]")).to_contain_text("changed it meanwhile", timeout=_PATIENCE_MS)
    expect(slow.locator("dialog textarea")).to_have_value("a puddle")
    expect(slow.locator("dialog [data-change=file]")).to_contain_text("fang")


def test_report_from_a_phone_reaches_the_others(sign_in: SignIn, accounts: dict[str, str]) -> None:
    phone, desk = sign_in("wang", accounts["wang"]), sign_in("fang", accounts["fang"], "overview")
    phone.set_viewport_size({"width": _PHONE[0], "height": _PHONE[1]})

    go(phone, "report")
    phone.fill("input[name=title]", "Water over the kerb")
    phone.select_option("select[name=class]", "road_water")
    phone.fill("input[name=place]", "Heshun Road 3")
    phone.locator("[data-map] canvas").click()
    phone.click("form button.primary")

    phone.wait_for_selector("[data-testid=incident-state]")
    expect(desk.get_by_test_id("live-queue")).to_contain_text("Water over the kerb", timeout=_PATIENCE_MS)


def test_keyboard_alone_opens_an_incident(sign_in: SignIn, accounts: dict[str, str], source: Publisher) -> None:
    page = sign_in("fang", accounts["fang"])
    flood(source, "up-01", 31.0)
    go(page, "queue")
    page.locator("main a[data-incident]", has_text="Underpass 1").first.wait_for()

    unseen = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        unseen.update(page.evaluate(_UNSEEN_FOCUS))
        at = page.locator("a[data-incident]:focus")
        if at.count() and "Underpass 1" in at.inner_text():
            break
    page.keyboard.press("Enter")

    page.wait_for_selector("[data-step]")
    assert unseen == set()


def test_keyboard_alone_files_a_report_and_is_seen(sign_in: SignIn, accounts: dict[str, str]) -> None:
    page = sign_in("fang", accounts["fang"], "report")
    expect(page.locator("select[name=class]")).to_be_focused(timeout=_PATIENCE_MS)
    page.keyboard.type("Road")

    unseen = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        unseen.update(page.evaluate(_UNSEEN_FOCUS))
        if page.evaluate("document.activeElement.matches('.send button')"):
            break
    expect(page.locator(".send button")).to_be_focused()
    page.keyboard.press("Enter")

    page.wait_for_selector("[data-testid=incident-state]")
    assert unseen == set()


def test_dialog_keeps_the_focus_and_gives_it_back(sign_in: SignIn, accounts: dict[str, str]) -> None:
    page = sign_in("fang", accounts["fang"], "roster")
    opener = page.locator("[data-do=feed]")
    opener.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]")

    for _ in range(10):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.matches('body, dialog, dialog *')")
    page.keyboard.press("Escape")

    expect(page.locator("dialog")).to_have_count(0)
    expect(opener).to_be_focused()


@pytest.mark.parametrize("size", [(1280, 800), _PHONE, (1920, 1080)], ids=["laptop", "phone", "wall"])
def test_why_not_is_asked_by_keyboard_and_answered_with_condition_and_reading(
    sign_in: SignIn, accounts: dict[str, str], source: Publisher, size: tuple[int, int]
) -> None:
    flood(source, "up-02", 3.0)
    page = sign_in("fang", accounts["fang"], "sensor/up-02")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.get_by_role("button", name="Why, and why not").focus()
    page.keyboard.press("Enter")
    page.select_option("dialog select[name=rule]", "underpass-water")
    page.locator("dialog button.primary").focus()
    page.keyboard.press("Enter")

    answer = page.locator("dialog [data-answer=not_met]")
    expect(answer).to_contain_text("no level is met", timeout=_PATIENCE_MS)
    expect(answer.locator("[data-level=major]")).to_contain_text("above 15 not met")
    expect(answer.locator("[data-reading=up-02]").first).to_contain_text("cm")
    assert page.evaluate(_NAMELESS) == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    dialog = page.locator("dialog")
    assert dialog.evaluate("one => one.scrollWidth <= one.clientWidth + 1")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)


def test_rules_page_asks_why_of_its_rule(sign_in: SignIn, accounts: dict[str, str]) -> None:
    page = sign_in("fang", accounts["fang"], "rules")
    page.get_by_role("button", name="Why? Underpass flooding").click()
    page.fill("dialog input[name=sensor]", "rack-01")
    page.locator("dialog button.primary").click()

    expect(page.locator("dialog [data-answer=not_selected]")).to_contain_text("Domain must be environment, is")


def try_out(page: Page, file: Path) -> None:
    """Choose a file as people do, who may choose the same one again, and try it."""
    with page.expect_file_chooser() as chooser:
        page.click("input[type=file]")
    chooser.value.set_files(file)
    page.get_by_role("button", name="Try it").click()


def test_file_of_sensors_is_tried_and_then_brought_in(
    sign_in: SignIn, accounts: dict[str, str], tmp_path: Path
) -> None:
    page = sign_in("zhou", accounts["zhou"], "registry")
    page.evaluate(_LISTEN)
    file = tmp_path / "new.csv"
    file.write_text("id,name,domain,kind\nnew-01,新泵站,environment,pump\nnew-02,,audio,pump\n", "utf-8")
    try_out(page, file)
    trial = page.get_by_test_id("trial")
    expect(trial).to_contain_text("new.csv:3", timeout=_PATIENCE_MS)
    expect(page.locator("[data-do=import]")).to_have_count(0)

    file.write_text("id,name,domain,kind\nnew-01,新泵站,environment,pump\n", "utf-8")
    try_out(page, file)
    expect(trial.locator("[data-count=added] dd")).to_have_text("1", timeout=_PATIENCE_MS)
    page.click("[data-do=import]")

    expect(page.get_by_test_id("brought")).to_contain_text("1 new or changed", timeout=_PATIENCE_MS)
    with page.expect_download() as download:
        page.click("[data-do=export]")
    assert "new-01,新泵站" in download.value.path().read_text("utf-8")
    assert page.evaluate("faults") == []


def test_restored_copy_says_so_on_top_until_somebody_calls_it_the_city(
    sign_in: SignIn, accounts: dict[str, str], program: Program
) -> None:
    mark(program.data / "restored.json", "2026-11-20T08:00:00Z", 0)
    page = sign_in("zhou", accounts["zhou"], "wall")
    bar = page.get_by_test_id("restored")
    expect(bar).to_contain_text("This is a restored copy, not the city")
    page.set_viewport_size({"width": _PHONE[0], "height": _PHONE[1]})
    go(page, "quarantine")
    bar.get_by_role("button").click()
    assert page.evaluate(_TOO_WIDE) == []

    page.locator("dialog button.primary").click()

    expect(bar).to_have_count(0)
    page.reload()
    page.wait_for_selector("[data-page] *")
    expect(bar).to_have_count(0)
    assert "zhou" in (program.data / "restored.json").read_text("utf-8")


def test_wall_is_left_with_escape(sign_in: SignIn, accounts: dict[str, str]) -> None:
    page = sign_in("zhou", accounts["zhou"])
    go(page, "wall")
    expect(page.locator("nav")).to_have_count(0)

    page.keyboard.press("Escape")

    expect(page.locator("nav")).to_be_visible()


def test_language_changes_at_once_and_stays(sign_in: SignIn, accounts: dict[str, str]) -> None:
    page = sign_in("fang", accounts["fang"])
    expect(page.locator("nav")).to_contain_text("Queue")

    page.get_by_role("button", name="中文").click()
    expect(page.locator("nav")).to_contain_text("队列")
    page.reload()

    expect(page.locator("nav")).to_contain_text("队列", timeout=_PATIENCE_MS)
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
