import pytest
from pydantic import SecretStr, ValidationError

from linkage.config import LinkageSettings, MessageSettings
from linkage.telling.receipts import retry_ns


def test_secrets_are_not_shown():
    settings = MessageSettings(channels={"duty": SecretStr("json://user:secret@example.com")})

    assert "secret@" not in repr(settings)


def test_wrong_network_is_refused():
    with pytest.raises(ValidationError, match=r"a network such as `10.0.0.0/8`, got `10.0.0.0/99`"):
        MessageSettings(allow_internal=("10.0.0.0/99",))


def test_unknown_key_is_refused():
    with pytest.raises(ValidationError, match="Extra inputs"):
        LinkageSettings.model_validate({"confirm_within_min": 15})


@pytest.mark.parametrize(
    ("attempts", "wait_s"),
    [(1, 2), (2, 4), (3, 8), (9, 300), (10_000, 300)],
    ids=["first", "second", "third", "longest", "after ages"],
)
def test_wait_doubles_up_to_the_longest(attempts: int, wait_s: int):
    assert retry_ns(attempts, MessageSettings()) == wait_s * 1_000_000_000


@pytest.mark.parametrize("name", ["duty", "mqtt", "system:water"], ids=["twice", "the broker's", "a system's"])
def test_name_of_a_channel_is_its_own(name: str):
    gateway = {"url": "https://sms.example", "fields": {"to": "{phone}"}}
    settings = {"channels": {"duty": "json://a.example"}, "gateways": {name: gateway}}

    with pytest.raises(ValidationError, match="a channel's name of its own"):
        MessageSettings.model_validate(settings)


def test_pace_of_a_channel_differs_only_in_what_it_says():
    settings = MessageSettings.model_validate({"pace": {"sms": {"rate_per_min": 5}}})

    assert (settings.paced("sms").rate_per_min, settings.paced("sms").timeout_s) == (5, 15.0)
    assert settings.paced("mail") is settings
