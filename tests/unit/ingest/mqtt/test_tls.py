"""Files for TLS: whatever is wrong with one is said with its name, and nobody is asked for a pass phrase."""

import subprocess
from pathlib import Path

import pytest

from ingest.config import MqttSettings
from ingest.mqtt.errors import BadTlsFile
from ingest.mqtt.tls import client_context
from tests.support.servers import require


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run where files of each kind lie."""
    monkeypatch.chdir(tmp_path)
    for key in ("own.key", "other.key"):
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
    openssl("ec", "-aes128", "-passout", "pass:phrase", "-in", "own.key", "-out", "encrypted.key")
    openssl("req", "-x509", "-new", "-key", "own.key", "-subj", "/CN=a", "-out", "own.pem")
    Path("ca.pem").write_bytes(Path("own.pem").read_bytes())
    Path("text.pem").write_text("nothing")


def openssl(*words: str) -> None:
    subprocess.run([require("openssl"), *words], check=True, capture_output=True)


def settings(ca: str, certificate: str = "own.pem", key: str = "own.key") -> MqttSettings:
    return MqttSettings.model_validate({"url": "mqtts://b", "ca_file": ca, "cert_file": certificate, "key_file": key})


def test_files_that_fit_are_taken() -> None:
    context = client_context(settings("ca.pem"))

    assert context is not None
    assert len(context.get_ca_certs()) == 1
    assert client_context(MqttSettings(url="mqtt://b", ca_file=Path("nowhere"))) is None


@pytest.mark.parametrize(
    ("files", "said"),
    [
        pytest.param(("none.pem",), "a readable file, got `No such file or directory` - at `none.pem`", id="no file"),
        pytest.param(
            ("text.pem",), "certificates in PEM, got `no certificate or crl found` - at `text.pem`", id="text"
        ),
        pytest.param(
            ("ca.pem", "own.pem", "none.key"),
            "a readable file, got `No such file or directory` - at `none.key`",
            id="no key",
        ),
        pytest.param(
            ("ca.pem", "own.pem", "encrypted.key"),
            "a key without a pass phrase, got `an encrypted one` - at `encrypted.key`",
            id="encrypted key",
        ),
        pytest.param(
            ("ca.pem", "own.pem", "other.key"),
            "a certificate and its key in PEM, got `key values mismatch` - at `own.pem, other.key`",
            id="another's key",
        ),
    ],
)
def test_file_that_does_not_do_is_named(files: tuple[str, ...], said: str) -> None:
    with pytest.raises(BadTlsFile) as caught:
        client_context(settings(*files))

    assert str(caught.value) == f"Expected {said}"
