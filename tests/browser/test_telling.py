"""Nobody answers: the incident climbs to real receivers, a dead channel falls through, and the link stops it, once."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import SignIn
from tests.support.program import Person, Program, eventually
from tests.support.servers import free_port
from tests.support.small_city import write_small_city
from tests.support.smtp import Mailbox, smtp_server
from tests.support.webhook import Receiver, webhook_server

pytestmark = pytest.mark.timeout(180)

#: Whole seconds, so that the story is short: told at once, again by the other channel, then a call.
_CHAIN = """
chains:
  - priorities: [1, 2, 3, 4, 5]
    forgotten_min: 60
    steps:
      - {after_s: 1, tell: duty}
      - {after_s: 2, tell: duty, by: next}
      - {after_s: 3, call: duty}
      - {after_s: 600, tell: command}
"""

_SETTINGS = """
[linkage.messages]
allow_internal = ["127.0.0.0/8"]
fallback = ["mail"]
first_retry_s = 0.5
dead_after_s = 3
timeout_s = 5
[linkage.messages.channels]
duty = "json://127.0.0.1:{hook}/duty"
second = "json://127.0.0.1:{hook}/second"
broken = "json://127.0.0.1:{dead}/broken"
mail = "mailto://127.0.0.1:{smtp}?from=desk@city.example&to=duty@city.example&mode=insecure"
"""


@pytest.fixture(scope="module")
def hooks() -> Iterator[Receiver]:
    with webhook_server() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with smtp_server() as mailbox:
        yield mailbox


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_small_city(tmp_path_factory.mktemp("city") / "smallville")
    departments = (folder / "departments.yaml").read_text("utf-8")
    told = departments.replace("channels: [duty]", "channels: [duty, second]")
    told = re.sub(r"(id: command-centre.*)\[duty, second\]", r"\1[broken]", told)
    (folder / "departments.yaml").write_text(told, "utf-8")
    (folder / "escalation.yaml").write_text(_CHAIN, "utf-8")
    return folder


@pytest.fixture(scope="module")
def settings(hooks: Receiver, mailbox: Mailbox) -> str:
    return _SETTINGS.format(hook=hooks.port, smtp=mailbox.port, dead=free_port())


@pytest.fixture(scope="module")
def accounts(program: Program) -> dict[str, str]:
    """Passwords of the people in this story, by user name."""
    people = {"wang": "acceptor", "chen": "foreman", "root": "operator"}
    return {name: program.account(name, role) for name, role in people.items()}


def reported(program: Program, accounts: dict[str, str], title: str) -> str:
    body = {"title": title, "class": "road_water", "priority": 1, "source": "hotline", "district": "harbour"}
    return str(Person(program.url, "wang", accounts["wang"]).post("/incidents", **body)["id"])


def about(hooks: Receiver, title: str, path: str) -> list[str]:
    """Return the texts that came to a path about an incident."""
    return [hook.body["message"] for hook in hooks.hooks if hook.path == path and title in hook.body["message"]]


def test_unanswered_incident_climbs_and_the_link_stops_it_once(
    program: Program, accounts: dict[str, str], hooks: Receiver, chromium: Browser, sign_in: SignIn
) -> None:
    incident = reported(program, accounts, "Quay under water")
    eventually(lambda: len(about(hooks, "Quay under water", "/second")) > 1, what="the second channel")
    page = sign_in("chen", accounts["chen"])
    page.goto(f"{program.url}/#/incident/{incident}")
    expect(page.locator("[data-escalation=climbing]").first).to_be_visible()
    expect(page.locator("[data-call]").first).to_be_visible()

    (first, *_) = about(hooks, "Quay under water", "/duty")
    phone = chromium.new_page(locale="en-GB")
    phone.goto(re.findall(r"https?://\S+/ack/\S+", first)[0])
    expect(page.locator("[data-escalation=climbing]").first).to_be_visible()
    phone.click("button")
    expect(phone.get_by_role("status")).to_contain_text("Acknowledged")
    phone.goto(re.findall(r"https?://\S+/ack/\S+", first)[0])

    expect(phone.get_by_role("status")).to_contain_text("used before")
    expect(page.locator("[data-escalation=watching]").first).to_be_visible()
    phone.close()


def test_call_is_logged_from_the_page(
    program: Program, accounts: dict[str, str], hooks: Receiver, sign_in: SignIn
) -> None:
    incident = reported(program, accounts, "Bridge closed")
    page = sign_in("chen", accounts["chen"])
    page.goto(f"{program.url}/#/incident/{incident}")
    page.locator("[data-call]").first.click()
    page.locator("dialog input[value=answered]").check()
    page.locator("dialog button.primary").click()

    expect(page.locator("[data-escalation=watching]").first).to_be_visible()


def test_dead_channel_falls_through_to_mail_and_is_shown(
    program: Program, accounts: dict[str, str], mailbox: Mailbox, sign_in: SignIn
) -> None:
    incident = reported(program, accounts, "Pump house dark")
    person = Person(program.url, "wang", accounts["wang"])
    seen = person.get(f"/incidents/{incident}")
    for step in ("verify", "file"):
        seen = person.step(seen, step)
    subjects = eventually(
        lambda: [mail["Subject"] for mail in mailbox.mails if "Pump house dark" in mail["Subject"]],
        within_s=60,
        what="the mail in place of the broken channel",
    )
    page = sign_in("root", accounts["root"])
    page.goto(f"{program.url}/#/channels")

    assert subjects
    expect(page.locator("[data-channel=broken] [data-state=dead]")).to_be_visible()


def test_link_that_nobody_signed_leads_nowhere(program: Program) -> None:
    answer = httpx.get(f"{program.url}/ack/nonsense", trust_env=False)

    assert answer.status_code == 404


def test_own_password_is_changed_in_the_account(program: Program, sign_in: SignIn) -> None:
    password = program.account("mei", "monitor")
    page = sign_in("mei", password)
    page.goto(f"{program.url}/#/account")
    page.fill("input[name=current]", password)
    page.fill("input[name=new]", "a new long password")
    page.fill("input[name=repeat]", "a new long password")
    page.locator("form button.primary").click()

    expect(page.get_by_text("The password was changed")).to_be_visible()
    assert Person(program.url, "mei", "a new long password").get("/session")["user"]["username"] == "mei"
