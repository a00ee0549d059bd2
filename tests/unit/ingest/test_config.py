import pytest
from pydantic import SecretStr, ValidationError

from ingest.config import BatchSettings, DrainSettings, JournalSettings, MqttSettings, QuarantineSettings


@pytest.mark.parametrize(
    ("url", "host", "port", "tls"),
    [
        pytest.param("mqtt://broker", "broker", 1883, False, id="usual port"),
        pytest.param("mqtts://broker", "broker", 8883, True, id="usual port with TLS"),
        pytest.param("mqtt://10.0.0.7:2883", "10.0.0.7", 2883, False, id="own port"),
        pytest.param("mqtts://[::1]:9", "::1", 9, True, id="IPv6"),
    ],
)
def test_url_names_host_port_and_tls(url, host, port, tls):
    settings = MqttSettings(url=url)

    assert (settings.host, settings.port, settings.tls) == (host, port, tls)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        pytest.param({"url": "http://broker"}, "Expected mqtt://HOST", id="another scheme"),
        pytest.param({"url": "mqtt://"}, "Expected mqtt://HOST", id="no host"),
        pytest.param({"url": "mqtt://me:secret@broker"}, "beside the URL", id="password in the URL"),
        pytest.param(
            {"key_file": "key.pem"}, "both or neither of cert_file and key_file", id="key without certificate"
        ),
        pytest.param({"password": SecretStr("x")}, "a username with the password", id="password without user"),
    ],
)
def test_settings_that_cannot_work_are_refused(values, message):
    with pytest.raises(ValidationError, match=message):
        MqttSettings(**values)


def test_unknown_setting_is_refused():
    with pytest.raises(ValidationError, match="max_byte"):
        JournalSettings.model_validate({"max_byte": 1})


@pytest.mark.parametrize(
    "model",
    [MqttSettings, BatchSettings, JournalSettings, QuarantineSettings, DrainSettings],
    ids=lambda one: one.__name__,
)
def test_every_setting_is_described(model):
    assert [name for name, field in model.model_fields.items() if not field.description] == []
