from pathlib import Path

import pytest

from city.errors import BadSettings
from liandong.broker.link import more_brokers, mqtt_settings
from liandong.secrets import Secrets
from liandong.settings import load_settings

BAD = sorted((Path(__file__).parent / "bad").glob("*.toml"))


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(text: str) -> Path:
    path = Path("liandong.toml")
    path.write_text(text)
    return path


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad_file_is_named_with_line_and_expectation(path: Path) -> None:
    message = path.read_text().partition("\n")[0].removeprefix("# ").replace("FILE", str(path))

    with pytest.raises(BadSettings) as caught:
        load_settings(path)

    assert str(caught.value) == message
    assert "hunter2" not in str(caught.value)


def test_file_that_is_not_toml_is_named() -> None:
    with pytest.raises(BadSettings, match=r"Expected TOML.*line 1.*liandong\.toml"):
        load_settings(written("http]"))


def test_file_that_is_not_there_is_named() -> None:
    with pytest.raises(BadSettings, match=r"elsewhere\.toml"):
        load_settings(Path("elsewhere.toml"))


def test_nothing_is_needed_and_everything_is_on_loopback() -> None:
    settings = load_settings()

    assert settings.mqtt.embedded
    assert {settings.http.host, settings.broker.host} == {"127.0.0.1"}


def test_environment_goes_before_file_and_file_before_default(monkeypatch: pytest.MonkeyPatch) -> None:
    written('[http]\nport = 1001\nhost = "127.0.0.2"\n')
    monkeypatch.setenv("LIANDONG_HTTP__PORT", "1002")

    settings = load_settings()

    assert (settings.http.port, settings.http.host, settings.broker.port) == (1002, "127.0.0.2", 1883)


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        pytest.param("LIANDONG_HTTP__PORT", "x", "got `x` - at `LIANDONG_HTTP__PORT`", id="wrong value"),
        pytest.param("LIANDONG_HTTP__PROT", "1", "Expected a known setting", id="unknown key"),
        pytest.param("LIANDONG_HTPP__PORT", "1", "got `LIANDONG_HTPP__PORT`", id="unknown section"),
        pytest.param("LIANDONG_PORT", "1", "got `LIANDONG_PORT`", id="no section"),
        pytest.param("LIANDONG_HTTP__ALLOWED_HOSTS", "a,b", "Expected JSON", id="list that is not JSON"),
    ],
)
def test_bad_variable_is_named(variable: str, value: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(BadSettings) as caught:
        load_settings()

    assert message in str(caught.value)


def test_secret_may_stand_in_a_file() -> None:
    Path("token").write_text("s3cret\n")
    Path("hook").write_text("json://duty")

    settings = load_settings(
        written(
            '[history]\ntoken = "file:token"\n[linkage.messages.channels]\nduty = "file:hook"\nplain = "json://x"\n'
        )
    )

    assert settings.history.token.get_secret_value() == "s3cret"
    channels = {name: url.get_secret_value() for name, url in settings.linkage.messages.channels.items()}
    assert channels == {"duty": "json://duty", "plain": "json://x"}
    assert "s3cret" not in repr(settings)


def test_ingest_uses_the_embedded_broker_with_its_generated_user() -> None:
    settings, secrets = load_settings(written('[broker]\nhost = "0.0.0.0"\nport = 1999\n')), Secrets()

    link = mqtt_settings(settings.mqtt, settings.broker, secrets)

    assert (link.url, link.username) == ("mqtt://127.0.0.1:1999", "liandong-ingest")
    assert link.password == secrets.ingest_password
    assert link.inflight_window == settings.broker.max_ack_pending


def test_ingest_uses_another_broker_as_it_is_told() -> None:
    settings = load_settings(
        written('[mqtt]\nurl = "mqtts://b:8884"\nusername = "u"\npassword = "p"\nkeep_alive_s = 7\n')
    )

    link = mqtt_settings(settings.mqtt, settings.broker, Secrets())

    assert (link.host, link.port, link.tls, link.username, link.keep_alive_s) == ("b", 8884, True, "u", 7)
    assert link.password is not None
    assert link.password.get_secret_value() == "p"


def test_more_brokers_are_named_by_their_tables() -> None:
    Path("east").write_text("s3cret")
    settings = load_settings(
        written(
            '[mqtt.brokers.east]\nurl = "mqtts://e"\nprotocol = 5\nusername = "u"\npassword = "file:east"\n'
            'share = "city"\nfilters = ["fiware/#"]\nrequired = false\n'
        )
    )

    (east,) = more_brokers(settings.mqtt)

    assert settings.mqtt.embedded
    assert (east.name, east.host, east.protocol, east.required) == ("east", "e", "5", False)
    assert east.subscriptions(["city/#"]) == ("$share/city/fiware/#",)
    assert east.password is not None
    assert east.password.get_secret_value() == "s3cret"
