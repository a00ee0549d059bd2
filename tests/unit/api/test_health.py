"""What machines ask: alive, ready, and the counters."""

import asyncio
from dataclasses import replace

import httpx
import pytest
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from api.config import HttpSettings
from api.metrics import page, told_by_ingest
from api.trouble_words import words_of
from city.errors import StoreUnavailable
from city.feed import DESK_KINDS, JUDGING_KINDS, TROUBLE_KINDS, Trouble
from city.intake import BrokerStatus
from linkage.admission.setting_aside import SettingAside
from linkage.faults import faults_told
from linkage.person import Role
from storage.sql import Database
from tests.support.api import BASE, Town, started, town_on
from tests.support.feed import QUIET
from tests.support.linkage import alarm


async def ask(town: Town, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
    async with town.client() as client:
        return await client.get(BASE + path, headers=headers)


async def test_process_is_alive_whatever_else_is_away(town: Town) -> None:
    town.feed.leave()

    assert (await ask(town, "/healthz")).status_code == 200


async def test_process_whose_followers_failed_asks_to_be_restarted(town: Town) -> None:
    async def fail() -> None:
        raise ZeroDivisionError

    town.services.keeper.run = fail  # type: ignore[method-assign]
    with pytest.raises(ExceptionGroup):
        async with started(town):
            await asyncio.Event().wait()

    answer = await ask(town, "/healthz")

    assert (answer.status_code, answer.json()["at"]) == (503, "live")


async def test_ready_when_everything_answers(town: Town) -> None:
    answer = await ask(town, "/readyz")

    checks = {"database": "ok", "ingest": "ok", "broker": "ok"}
    assert answer.json() == {"status": "ok", "checks": checks, "troubles": []}


async def test_not_ready_without_ingest(town: Town) -> None:
    town.feed.leave()

    answer = await ask(town, "/readyz")

    assert (answer.status_code, answer.json()["at"]) == (503, "ingest")


async def test_not_ready_without_the_broker(town: Town) -> None:
    brokers = (BrokerStatus("main", "mqtt://a", connected=True), BrokerStatus("east", "mqtt://b", connected=False))
    town.feed.now = replace(QUIET, listening=False, brokers=brokers)

    answer = await ask(town, "/readyz")

    assert (answer.status_code, answer.json()["at"]) == (503, "broker")
    assert answer.json()["detail"].endswith("caught up: east")


AT_NS = 1_795_161_600_000_000_000


async def test_what_is_wrong_is_named_in_words_and_with_its_time(town: Town) -> None:
    refused = Trouble("subscription_refused", AT_NS, "banned - at `mqtt://10.0.0.1`", "east a/#")
    town.feed.now = replace(QUIET, listening=False, troubles=(refused,))

    detail = (await ask(town, "/readyz")).json()["detail"]

    assert detail.endswith("; a subscription is refused: `east a/#` since 2026-11-20T08:00:00.000Z")
    assert "10.0.0.1" not in detail


async def test_city_that_takes_nothing_in_is_not_ready_though_it_is_connected(town: Town) -> None:
    town.feed.now = replace(QUIET, troubles=(Trouble("intake_stopped", AT_NS, "disk", "journal"),))

    answer = await ask(town, "/readyz")

    assert (answer.status_code, answer.json()["at"]) == (503, "ingest")


async def test_history_that_is_away_is_told_and_keeps_nobody_from_work(town: Town) -> None:
    town.feed.now = replace(QUIET, troubles=(Trouble("history_away", AT_NS, "locked", "history"),))

    answer = await ask(town, "/readyz")

    told = ["the history store takes nothing since 2026-11-20T08:00:00.000Z"]
    assert (answer.status_code, answer.json()["troubles"]) == (200, told)


async def test_alarm_that_nobody_could_decide_on_is_told(town: Town) -> None:
    SettingAside(town.ledger).admit([replace(alarm(), arrival_ns=2**63)])

    answer = await ask(town, "/readyz")
    async with town.client_of(Role.OPERATOR) as client:
        told = (await client.get("/status")).json()["desk"]["troubles"]

    said = "alarms of the rule `water` met a fault and were set aside undecided since 2026-11-20T08:00:00.000Z"
    assert (answer.status_code, answer.json()["troubles"][0]) == (200, said)
    assert [(one["kind"], one["name"], one["detail"].split(":")[0]) for one in told] == [
        ("alarm_set_aside", "water", "underpass/1"),
        ("desk_fault", "admission", "OverflowError"),
    ]


async def test_fault_of_the_desk_is_told_for_ten_minutes(town: Town) -> None:
    with pytest.raises(StoreUnavailable), faults_told("clocks"):
        raise ZeroDivisionError

    (said,) = (await ask(town, "/readyz")).json()["troubles"]
    async with town.client_of(Role.OPERATOR) as client:
        (told,) = (await client.get("/status")).json()["desk"]["troubles"]

    assert said.startswith("work of the desk met a fault and is tried again: `clocks` since ")
    assert (told["kind"], told["name"], told["detail"]) == ("desk_fault", "clocks", "ZeroDivisionError")


def test_every_trouble_has_words() -> None:
    troubles = [Trouble(kind, AT_NS, "", "x") for kind in (*TROUBLE_KINDS, *JUDGING_KINDS, *DESK_KINDS)]

    assert not [one.kind for one in troubles if words_of(one).startswith(one.kind)]


def samples(text: str) -> dict[tuple[str, str], float]:
    return {
        (sample.name, ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_metrics_are_ours_and_ingests(town: Town) -> None:
    counters = {
        "ingest_messages_received_total": 5.0,
        'ingest_messages_quarantined_total{reason="bad_json"}': 2.0,
        "ingest_journal_depth": 7.0,
    }
    town.feed.now = replace(QUIET, counters=counters)

    found = samples((await ask(town, "/metrics")).text)

    assert found["ingest_messages_received_total", ""] == 5.0
    assert found["ingest_messages_quarantined_total", "reason=bad_json"] == 2.0
    assert found["ingest_journal_depth", ""] == 7.0
    assert found["ingest_up", ""] == 1.0
    assert ("api_streams_open", "") in found


async def test_metrics_say_that_ingest_is_away(town: Town) -> None:
    town.feed.leave()

    assert samples((await ask(town, "/metrics")).text)["ingest_up", ""] == 0.0


def test_metric_of_both_processes_is_ingests() -> None:
    registry = CollectorRegistry()
    Counter("ingest_messages_received_total", "Declared here too.", registry=registry)

    text = page({"ingest_messages_received_total": 5.0}, registry).decode()

    assert samples(text)["ingest_messages_received_total", ""] == 5.0
    assert text.count("# TYPE ingest_messages_received_total") == 1


def test_labels_are_unescaped_and_escaped_again() -> None:
    counters = {r'a_total{reason="say \"hi\"\\n",topic="x\ny"}': 1.0, "not a metric": 1.0, "1bad": 2.0}

    (metric,) = told_by_ingest(counters)

    assert metric.samples[0].labels == {"reason": 'say "hi"\\n', "topic": "x\ny"}
    assert samples(page(counters, CollectorRegistry()).decode())


@pytest.mark.parametrize(
    ("token", "client", "header", "status"),
    [
        (None, "127.0.0.1", "", 200),
        (None, "::1", "", 200),
        (None, "10.0.0.9", "", 401),
        ("secret", "10.0.0.9", "Bearer secret", 200),
        ("secret", "10.0.0.9", "Bearer wrong", 401),
        ("secret", "127.0.0.1", "", 401),
    ],
)
async def test_metrics_are_for_this_machine_or_the_token(
    database: Database, token: str | None, client: str, header: str, status: int
) -> None:
    town = town_on(database, HttpSettings(metrics_token=SecretStr(token) if token is not None else None))
    transport = httpx.ASGITransport(town.app, client=(client, 1))
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as browser:
        answer = await browser.get("/metrics", headers={"Authorization": header} if header else {})

    assert answer.status_code == status


async def test_requests_are_counted_by_declared_paths_only(town: Town) -> None:
    for path in ("/api/v1/sensors/1", "/api/v1/sensors/2", "/nowhere/3"):
        await ask(town, path)

    found = samples((await ask(town, "/metrics")).text)

    routes = {labels for name, labels in found if name == "api_requests_answered_total"}
    assert "method=GET,route=/api/v1/sensors/{sensor:path},status=401" in routes
    assert not [labels for labels in routes if "nowhere" in labels]
