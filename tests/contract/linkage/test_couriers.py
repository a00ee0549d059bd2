"""Messages by e-mail and webhook, against real servers."""

import pytest
from pydantic import SecretStr

from linkage.config import MessageSettings
from linkage.telling.couriers import AppriseCourier, Letter
from tests.support.smtp import smtp_server
from tests.support.webhook import webhook_server

#: apprise loads its e-mail plugin with a module that Python 3.13 has dropped.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

LETTER = Letter("0123456789abcdef", "duty", "[20261120-000001] 派遣 / Task", "下穿积水\nUnderpass flooding")


def courier(address: str, *, allow: tuple[str, ...] = ("127.0.0.0/8",)) -> AppriseCourier:
    return AppriseCourier(MessageSettings(channels={"duty": SecretStr(address)}, allow_internal=allow, timeout_s=5))


def test_webhook_carries_the_key_in_a_header():
    with webhook_server() as receiver:
        receipt = courier(f"json://127.0.0.1:{receiver.port}/duty?+X-City=haibin").carry(LETTER)

    (hook,) = receiver.hooks
    assert receipt.delivered
    assert hook.headers["idempotency-key"] == LETTER.key
    assert (hook.path, hook.headers["x-city"]) == ("/duty", "haibin")
    assert (hook.body["title"], hook.body["message"]) == (LETTER.subject, LETTER.body)


def test_mail_carries_the_key_in_its_subject_and_a_header():
    with smtp_server() as mailbox:
        address = f"mailto://127.0.0.1:{mailbox.port}?from=desk@haibin.example&to=water@haibin.example&mode=insecure"
        receipt = courier(address).carry(LETTER)

    (mail,) = mailbox.mails
    assert receipt.delivered
    assert mail["Subject"] == f"{LETTER.subject} #01234567"
    assert mail["Idempotency-Key"] == LETTER.key
    assert mail["To"] == "water@haibin.example"
    assert "下穿积水" in mail.get_content()


def test_refusal_of_a_webhook_is_told():
    with webhook_server() as receiver:
        receiver.statuses = [503]
        receipt = courier(f"json://127.0.0.1:{receiver.port}/duty").carry(LETTER)

    assert not receipt.delivered
    assert not receipt.final
    assert "503" in receipt.answer


def test_refusal_of_a_mail_is_told():
    with smtp_server() as mailbox:
        mailbox.refusing = True
        receipt = courier(f"mailto://127.0.0.1:{mailbox.port}?from=a@b.example&to=c@d.example&mode=insecure").carry(
            LETTER
        )

    assert not receipt.delivered
    assert mailbox.mails == []


def test_server_that_is_not_there_is_told():
    with webhook_server() as receiver:
        port = receiver.port

    receipt = courier(f"json://127.0.0.1:{port}/T0PSECRET").carry(LETTER)

    assert not receipt.delivered
    assert "T0PSECRET" not in receipt.answer


def test_redirect_is_not_followed():
    with webhook_server() as inside, webhook_server() as outside:
        outside.statuses = [307]
        outside.location = f"http://127.0.0.1:{inside.port}/internal"
        receipt = courier(f"json://127.0.0.1:{outside.port}/duty?redirect=yes").carry(LETTER)

    assert not receipt.delivered
    assert inside.hooks == []


def test_internal_server_is_not_spoken_to():
    with webhook_server() as receiver:
        receipt = courier(f"json://localhost:{receiver.port}/duty", allow=()).carry(LETTER)

    assert (receipt.delivered, receipt.final) == (False, True)
    assert receiver.hooks == []
