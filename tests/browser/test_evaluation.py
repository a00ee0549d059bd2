"""An evaluator reads how the city did, takes a table along, prints the page, and sees that the log is whole."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn
from tests.support.program import Person, Program, eventually

pytestmark = pytest.mark.timeout(180)

_PATIENCE_MS = 60_000
#: A4 across.
_SHEET_PT = (842, 595)


@pytest.fixture(scope="module")
def handled(program: Program) -> str:
    """Let people report, file, dispatch and handle a flood; return the evaluator's password."""
    acceptor = program.person("acc", "acceptor", "foreman")
    dispatcher = program.person("dis", "dispatcher")
    officer = program.person("off", "officer", department="water-bureau")
    report = {"title": "Water", "class": "road_water", "priority": 3, "source": "hotline", "district": "harbour"}
    incident = acceptor.post("/incidents", **report)
    for step in ("verify", "file"):
        incident = acceptor.step(incident, step)
    incident = dispatcher.step(incident, "dispatch", departments=["water-bureau"])
    for step in ("accept", "arrive", "feed_back"):
        incident = _work(officer, incident, step)
    return program.account("kao", "evaluator")


def _work(officer: Person, incident: dict[str, Any], step: str) -> dict[str, Any]:
    shown = officer.get(f"/incidents/{incident['id']}")
    changed = officer.task_step(shown, shown["tasks"][0], step, note="done")
    return dict(changed)


@pytest.fixture
def page(sign_in: SignIn, handled: str) -> Page:
    """Return the evaluation of this year, on an evaluator's screen."""
    page = sign_in("kao", handled, "evaluation")
    page.select_option("select[name=period]", "year")  # a deadline may be in the next month already
    expect(page.locator("h1")).to_contain_text(re.compile(r"Evaluation \d{4}\s*$"))
    return page


def test_department_has_a_score_and_says_what_it_is_made_of(page: Page) -> None:
    row = page.locator("[data-subject=water-bureau]")
    expect(row.locator("[data-grade]")).to_be_visible(timeout=_PATIENCE_MS)

    row.get_by_text("100.0 %").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")

    expect(row.get_by_role("tooltip").filter(has_text="Handled in time: 1 of 1").first).to_be_visible()
    expect(page.locator("[data-subject=data-bureau]")).to_contain_text("no data")


def test_posts_and_areas_are_a_choice_away(page: Page) -> None:
    page.select_option("select[name=subject]", "dispatcher")
    expect(page.locator("[data-subject=whole]")).to_contain_text("100.0 %", timeout=_PATIENCE_MS)

    page.select_option("select[name=subject]", "district")
    expect(page.locator("[data-subject=harbour]")).to_contain_text("Harbour")


def test_exercises_are_kept_apart(page: Page) -> None:
    expect(page.locator("[data-subject=water-bureau] [data-grade]")).to_be_visible(timeout=_PATIENCE_MS)

    page.check("input[name=drill]")

    expect(page.locator("[data-subject=water-bureau]")).to_contain_text("no data", timeout=_PATIENCE_MS)


def test_table_is_taken_along(page: Page) -> None:
    with page.expect_download() as download:
        page.locator("a[download]").first.click()

    text = Path(download.value.path()).read_text("utf-8-sig")
    assert "water-bureau" in text
    assert "handled_in_time_rate:numerator" in text.splitlines()[0]


def test_page_is_printed_light_on_a4(page: Page) -> None:
    expect(page.locator("[data-subject=water-bureau] [data-grade]")).to_be_visible(timeout=_PATIENCE_MS)
    paper = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper)

    page.emulate_media(media="print")

    assert {(round(float(width)), round(float(height))) for width, height in boxes} == {_SHEET_PT}
    assert len(boxes) >= 3  # each table begins a sheet of its own
    expect(page.locator("nav")).to_be_hidden()
    expect(page.locator("form.question")).to_be_hidden()
    expect(page.locator(".print-only")).to_contain_text("source: event log")
    expect(page.locator("html")).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(page.locator("[data-subject=water-bureau]")).to_contain_text("1/1")


def test_audit_says_that_the_log_is_whole(page: Page, program: Program) -> None:
    expect(page.get_by_test_id("audit")).to_have_attribute("data-broken", "false", timeout=_PATIENCE_MS)
    eventually(lambda: (program.data / "anchors.log").exists(), what="an anchor")

    assert program.command("audit", "verify").startswith("whole:")
