"""Gateways and departments' own systems, against a real server."""

import hmac
import json
from contextlib import closing, suppress
from datetime import UTC, datetime
from socket import create_server, socket
from threading import Event, Thread
from urllib.parse import parse_qs

import pytest
from pydantic import SecretStr, ValidationError

from city.clock import ManualClock
from linkage.outside.courier import SystemCourier
from linkage.outside.signing import SIGNATURE_HEADER, TIMESTAMP_HEADER, signature
from linkage.telling.config import GatewaySettings, SystemSettings
from linkage.telling.couriers import Letter
from linkage.telling.gateway import GatewayCourier
from tests.support.webhook import Receiver, webhook_server

LETTER = Letter("0123456789abcdef", "sms", "下穿{body}", "水深 16 cm", "water", "Wang", "13800000001")
SECRET = "s" * 32


def gateway(port: int, *, allow: tuple[str, ...] = ("127.0.0.0/8",), **facts: object) -> GatewayCourier:
    settings = {
        "url": f"http://127.0.0.1:{port}/send?key=T0PSECRET",
        "headers": {"Authorization": "Bearer abc123"},
        "fields": {"to": "{phone}", "text": "{subject}: {body}"},
        **facts,
    }
    return GatewayCourier(GatewaySettings.model_validate(settings), allow=allow, timeout_s=5)


def system(receiver: Receiver) -> SystemCourier:
    url = f"http://127.0.0.1:{receiver.port}/tasks"
    settings = SystemSettings(url=url, secret=SecretStr(SECRET))
    return SystemCourier(settings, ManualClock(datetime(2026, 11, 20, tzinfo=UTC)), allow=("127.0.0.0/8",), timeout_s=5)


def test_json_is_sent_with_its_fields_filled_in_once():
    with webhook_server() as receiver:
        receipt = gateway(receiver.port).carry(LETTER)

    (hook,) = receiver.hooks
    assert receipt.delivered
    assert hook.body == {"to": "13800000001", "text": "下穿{body}: 水深 16 cm"}
    assert (hook.headers["idempotency-key"], hook.headers["authorization"]) == (LETTER.key, "Bearer abc123")


def test_form_is_sent_as_a_form():
    with webhook_server() as receiver:
        gateway(receiver.port, kind="form").carry(LETTER)

    assert parse_qs(receiver.hooks[0].body)["to"] == ["13800000001"]


@pytest.mark.parametrize(
    ("answer", "delivered"),
    [({"code": 0, "id": "r-7"}, True), ({"code": "0"}, True), ({"code": 110}, False), ([], False)],
    ids=["number", "text", "refused", "no object"],
)
def test_success_is_what_the_answer_says(answer: object, delivered: bool):  # noqa: FBT001 - a case of the table
    with webhook_server() as receiver:
        receiver.answer = json.dumps(answer).encode()
        receipt = gateway(receiver.port, success_field="code", receipt_field="id").carry(LETTER)

    assert receipt.delivered is delivered


def test_receipt_is_the_field_that_the_gateway_gives():
    with webhook_server() as receiver:
        receiver.answer = b'{"code": 0, "id": "r-7"}'
        receipt = gateway(receiver.port, success_field="code", receipt_field="id").carry(LETTER)

    assert receipt.answer == "r-7"


@pytest.mark.parametrize(("status", "final"), [(400, True), (429, False), (503, False)])
def test_refusal_is_told_without_secrets(status: int, final: bool):  # noqa: FBT001 - a case of the table
    with webhook_server() as receiver:
        receiver.statuses, receiver.answer = [status], b"bad key Bearer abc123"
        receipt = gateway(receiver.port).carry(LETTER)

    assert (receipt.delivered, receipt.final) == (False, final)
    assert "abc123" not in receipt.answer


def test_redirect_is_not_followed():
    with webhook_server() as inside, webhook_server() as outside:
        outside.statuses, outside.location = [307], f"http://127.0.0.1:{inside.port}/"
        receipt = gateway(outside.port).carry(LETTER)

    assert not receipt.delivered
    assert inside.hooks == []


def test_internal_server_is_not_spoken_to():
    with webhook_server() as receiver:
        receipt = gateway(receiver.port, allow=()).carry(LETTER)

    assert (receipt.delivered, receipt.final, receiver.hooks) == (False, True, [])


def test_letter_to_nobodys_phone_is_not_the_channels_fault():
    receipt = gateway(9).carry(Letter("k", "sms", "s", "b"))

    assert (receipt.final, receipt.blames_letter) == (True, True)


def test_server_that_is_not_there_is_told():
    with webhook_server() as receiver:
        port = receiver.port

    receipt = gateway(port).carry(LETTER)

    assert (receipt.delivered, receipt.final) == (False, False)


def test_unknown_field_is_refused_at_the_start():
    with pytest.raises(ValidationError, match="Expected fields among subject"):
        gateway(9, fields={"text": "{bdy}"})


def test_webhook_to_a_system_is_signed_over_time_and_body():
    with webhook_server() as receiver:
        receipt = system(receiver).carry(Letter("key-1", "system:water", "task.dispatched", '{"task":1}', "water"))

    (hook,) = receiver.hooks
    time_s = int(hook.headers[TIMESTAMP_HEADER.lower()])
    assert receipt.delivered
    assert hook.headers["idempotency-key"] == "key-1"
    assert hmac.compare_digest(hook.headers[SIGNATURE_HEADER.lower()], signature(SECRET, time_s, b'{"task":1}'))


def test_system_that_refuses_is_asked_again():
    with webhook_server() as receiver:
        receiver.statuses = [500]
        receipt = system(receiver).carry(Letter("key-1", "system:water", "task.changed", "{}", "water"))

    assert (receipt.delivered, receipt.final) == (False, False)


def test_server_that_answers_byte_by_byte_is_given_up():
    over = Event()
    with closing(create_server(("127.0.0.1", 0))) as listener:
        drip = Thread(target=_drip, args=(listener, over))
        drip.start()
        settings = GatewaySettings(
            url=SecretStr(f"http://127.0.0.1:{listener.getsockname()[1]}/"), fields={}, needs_phone=False
        )
        receipt = GatewayCourier(settings, allow=("127.0.0.0/8",), timeout_s=0.1).carry(LETTER)
        over.set()
        drip.join()

    assert (receipt.delivered, receipt.final) == (False, False)


def _drip(listener: socket, over: Event) -> None:
    """Send an answer that never ends, a byte at a time, quicker than any time-out of one read."""
    with closing(listener.accept()[0]) as connection, suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        while not over.wait(0.02):
            connection.sendall(b"x")
