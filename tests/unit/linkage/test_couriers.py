import pytest
from pydantic import SecretStr

from linkage.config import MessageSettings
from linkage.telling.couriers import AppriseCourier, Letter, Letterbox, Receipt, _without_secrets

#: apprise loads its e-mail plugin with a module that Python 3.13 has dropped.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

LETTER = Letter("k" * 32, "duty", "subject", "body")


def courier(address: str) -> AppriseCourier:
    return AppriseCourier(MessageSettings(channels={"duty": SecretStr(address)}))


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        pytest.param(
            "json://127.0.0.1:9/hook", "Internal address `127.0.0.1` is not allowed", id="webhook to loopback"
        ),
        pytest.param("json://[::1]/hook", "Internal address `::1` is not allowed", id="webhook to IPv6 loopback"),
        pytest.param(
            "mailto://u:secret@example.com?smtp=10.0.0.1&to=a@example.com",
            "Internal address `10.0.0.1` is not allowed",
            id="mail by an internal server",
        ),
        pytest.param("nonsense://x", "Channel `duty` has no usable address", id="no such service"),
        pytest.param("json://", "Channel `duty` has no usable address", id="no host"),
    ],
)
def test_address_that_cannot_be_used_is_final(address: str, answer: str):
    assert courier(address).carry(LETTER) == Receipt(delivered=False, answer=answer, final=True)


def test_channel_that_is_not_configured_is_final():
    receipt = AppriseCourier(MessageSettings()).carry(LETTER)

    assert receipt == Receipt(delivered=False, answer="Channel `duty` is not configured", final=True)


@pytest.mark.parametrize(
    ("address", "secret"),
    [
        pytest.param("mailto://user:pass%40word@example.com", "pass@word", id="password, decoded"),
        pytest.param("jsons://example.com/hooks/T0PSECRET", "T0PSECRET", id="token in the path"),
        pytest.param("jsons://example.com/?+Authorization=Bearer-abc", "Bearer-abc", id="token in the query"),
        pytest.param("wecombot://abcdef-token", "abcdef-token", id="token in place of a host"),
    ],
)
def test_answers_carry_no_secret(address: str, secret: str):
    shown = _without_secrets(f"Could not reach {address}: {secret} is wrong", SecretStr(address))

    assert secret not in shown
    assert address not in shown


def test_letterbox_keeps_what_it_carries():
    box = Letterbox({"mail": Receipt(delivered=False, answer="full")})

    assert box.carry(LETTER).delivered
    assert box.letters == [LETTER]
