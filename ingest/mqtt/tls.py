"""TLS towards a broker, from the files that the settings name."""

import ssl
from collections.abc import Callable
from pathlib import Path

from ingest.config import MqttSettings
from ingest.mqtt.errors import BadTlsFile


def client_context(settings: MqttSettings) -> ssl.SSLContext | None:
    """Return how a broker is spoken to; None where its URL asks for no TLS.

    Raises:
        BadTlsFile: a file is not there or not what it should be; it may be later.
    """
    if not settings.tls:
        return None
    context = _trusting(settings.ca_file)
    if settings.cert_file is not None and settings.key_file is not None:
        for path in (settings.cert_file, settings.key_file):
            _require_readable(path)
        _present(context, settings.cert_file, settings.key_file)
    return context


def _trusting(authorities: Path | None) -> ssl.SSLContext:
    if authorities is None:
        return ssl.create_default_context()
    _require_readable(authorities)
    try:
        return ssl.create_default_context(cafile=authorities)
    except ssl.SSLError as error:
        raise BadTlsFile(expected="certificates in PEM", got=_said(error), at=authorities) from error


def _present(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    try:
        context.load_cert_chain(certificate, key, password=_refusing(key))
    except ssl.SSLError as error:
        at = f"{certificate}, {key}"
        raise BadTlsFile(expected="a certificate and its key in PEM", got=_said(error), at=at) from error


def _refusing(key: Path) -> Callable[[], str]:
    """Return what OpenSSL asks for a pass phrase: left to itself it waits for somebody at the terminal."""

    def refuse() -> str:
        raise BadTlsFile(expected="a key without a pass phrase", got="an encrypted one", at=key)

    return refuse


def _require_readable(path: Path) -> None:
    try:
        path.open("rb").close()
    except OSError as error:
        raise BadTlsFile(expected="a readable file", got=str(error.strerror), at=path) from error


def _said(error: ssl.SSLError) -> str:
    """Return OpenSSL's reason in words."""
    return error.reason.lower().replace("_", " ") if error.reason else "something else"
