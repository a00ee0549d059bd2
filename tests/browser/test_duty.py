"""An officer hands over and the next signs; a gap in the roster is made, seen and mended."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn
from tests.support.program import Program
from tests.support.small_city import write_small_city

pytestmark = pytest.mark.timeout(180)

_PATIENCE_MS = 60_000

_ROSTERS = """\
people:
  - {username: wang, name: Wang Fang, phone: "0631-5230021"}
  - {username: zhao, name: Zhao Lei}
posts:
  - department: water-bureau
    id: duty
    name: {zh: 防汛值班, en: Flood duty}
    start: 2026-01-01
    patterns: [{shifts: ["00:00-24:00"], teams: [wang, zhao], every: day}]
  - department: data-bureau
    id: duty
    name: {zh: 机房值班, en: Machine room duty}
    start: 2026-01-01
    patterns: [{shifts: ["00:00-24:00"], teams: [sun]}]
"""


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_small_city(tmp_path_factory.mktemp("city") / "smallville")
    (folder / "rosters.yaml").write_text(_ROSTERS, "utf-8")
    return folder


@pytest.fixture(scope="module")
def accounts(program: Program) -> dict[str, str]:
    """Passwords of the people in this story, by user name."""
    people = {"wang": ("officer", "water-bureau"), "zhao": ("officer", "water-bureau"), "fang": ("foreman", "")}
    return {name: program.account(name, role, department=where) for name, (role, where) in people.items()}


def _open_handover(page: Page) -> None:
    """Go to the handover that waits for a signature, or begin one."""
    page.evaluate("location.hash = '#/handover'")
    expect(page.get_by_role("heading", name="Duty", exact=True)).to_be_visible()
    page.locator("select[name=begin]").select_option("water-bureau/duty")
    page.locator("[data-do=begin]").click()
    expect(page.locator("[data-handover]")).to_be_visible(timeout=_PATIENCE_MS)


def _expect_on_duty(page: Page, *words: str) -> None:
    page.evaluate("location.hash = '#/roster'")
    shown = page.locator("li[data-post='water-bureau/duty']")
    for said in words:
        expect(shown).to_contain_text(said, timeout=_PATIENCE_MS)


def test_an_officer_hands_over_and_the_next_signs(sign_in: SignIn, accounts: dict[str, str]) -> None:
    wang, zhao = sign_in("wang", accounts["wang"]), sign_in("zhao", accounts["zhao"])
    _open_handover(wang)
    wang.locator("[data-sign=in]").click()
    expect(wang.locator("[data-signed=in]")).to_contain_text("wang signed", timeout=_PATIENCE_MS)
    _expect_on_duty(wang, "Wang Fang", "signed for")

    _open_handover(zhao)
    expect(zhao.locator("[data-sign]")).to_have_count(0)
    zhao.locator("input[name=note]").fill("who has the key of gate 3?")
    zhao.get_by_role("button", name="Add a note").click()
    expect(zhao.locator("[data-handover]")).to_contain_text("gate 3")

    _open_handover(wang)
    expect(wang.locator("[data-count=open]")).to_contain_text("0")
    wang.locator("input[name=words]").fill("pump 2 is at the workshop")
    wang.locator("[data-sign=out]").click()
    expect(wang.locator("[data-signed=out]")).to_contain_text("wang signed", timeout=_PATIENCE_MS)
    _expect_on_duty(wang, "Wang Fang")

    zhao.reload()
    expect(zhao.locator("[data-handover]")).to_contain_text("pump 2 is at the workshop", timeout=_PATIENCE_MS)
    zhao.locator("[data-sign=in]").click()
    expect(zhao.locator("[data-signed=in]")).to_contain_text("zhao signed", timeout=_PATIENCE_MS)
    _expect_on_duty(zhao, "Zhao Lei")

    zhao.evaluate("location.hash = '#/dutylog'")
    zhao.locator("textarea[name=entry]").fill("line to the fire brigade tested")
    zhao.get_by_role("button", name="Write an entry").click()
    expect(zhao.locator("[data-entry=duty_log]")).to_contain_text("fire brigade", timeout=_PATIENCE_MS)
    expect(zhao.locator("[data-entry=sign_in]")).to_have_count(2)


def test_a_gap_is_seen_and_mended(sign_in: SignIn, accounts: dict[str, str]) -> None:
    foreman = sign_in("fang", accounts["fang"])
    foreman.evaluate("location.hash = '#/roster'")
    row = foreman.locator("tr[data-post='data-bureau/duty']")
    expect(row).to_be_visible(timeout=_PATIENCE_MS)
    expect(row).not_to_contain_text("Nobody on duty")

    next_week = datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(days=7)
    foreman.get_by_role("button", name="Week after").click()
    foreman.locator("[data-do=leave]").click()
    dialog = foreman.get_by_role("dialog", name="Leave")
    dialog.locator("select[name=post]").select_option(label="Data Bureau · Machine room duty")
    dialog.locator("select[name=person]").select_option("sun")
    dialog.locator("input[name=from]").fill(f"{next_week:%Y-%m-%dT08:00}")
    dialog.locator("input[name=to]").fill(f"{next_week:%Y-%m-%dT12:00}")
    dialog.get_by_role("button", name="Leave").click()
    expect(dialog).to_be_hidden(timeout=_PATIENCE_MS)

    expect(row.locator(".gap")).to_contain_text("Nobody on duty", timeout=_PATIENCE_MS)
    expect(row.locator(".gap")).to_contain_text("08:00–12:00")

    foreman.locator("[data-change]").get_by_role("button", name="Take back").click()
    expect(row.locator(".gap")).to_have_count(0, timeout=_PATIENCE_MS)


def test_an_address_for_a_calendar_is_given_once(sign_in: SignIn, accounts: dict[str, str]) -> None:
    wang = sign_in("wang", accounts["wang"])
    wang.evaluate("location.hash = '#/roster'")
    wang.locator("[data-do=feed]").click()
    wang.get_by_role("button", name="Make an address").click()
    address = wang.locator("input[name=address]")
    expect(address).to_be_visible(timeout=_PATIENCE_MS)

    answer = wang.request.get(address.input_value())

    assert answer.headers["content-type"].startswith("text/calendar")
    assert "Wang Fang" in answer.text()
