"""Who carries a message out of the house: apprise, for every channel that the city has configured."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import apprise
from pydantic import SecretStr

from linkage.config import MessageSettings
from linkage.telling.destinations import refused

#: Parts of a channel's address that are shorter are no secrets, and starring them would garble every answer.
_SHORTEST_SECRET = 5

#: Most that is kept of what came back, characters.
LONGEST_ANSWER = 500


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to go; the same `key` goes with every repetition."""

    key: str
    channel: str
    subject: str
    body: str
    department: str = ""
    person: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came back; `final` when trying again cannot help, `blames_letter` when that is not the channel's fault."""

    delivered: bool
    answer: str
    final: bool = False
    blames_letter: bool = False


class Courier(Protocol):
    """Carries one letter; blocks, and raises nothing that the letter could cause."""

    def carry(self, letter: Letter) -> Receipt:
        """Deliver and say what came back."""
        ...


class AppriseCourier:
    """Delivers by apprise: e-mail, webhook, WeCom, DingTalk, Feishu and whatever else it knows."""

    def __init__(self, settings: MessageSettings) -> None:
        self._settings = settings
        # A redirect could lead to an internal address; storage on disk is of no use to us.
        self._asset = apprise.AppriseAsset(http_redirects=False, secure_logging=True, storage_mode="memory")

    def carry(self, letter: Letter) -> Receipt:
        """Deliver by the letter's channel and say what came back, without secrets."""
        url = self._settings.channels.get(letter.channel)
        if url is None:
            return Receipt(delivered=False, answer=f"Channel `{letter.channel}` is not configured", final=True)
        service = apprise.Apprise.instantiate(url.get_secret_value(), asset=self._asset)
        if service is None:
            return Receipt(delivered=False, answer=f"Channel `{letter.channel}` has no usable address", final=True)
        internal = self._internal(service)
        if internal:
            return Receipt(delivered=False, answer=f"Internal address `{internal}` is not allowed", final=True)
        return self._notify(service, letter, url)

    def _internal(self, service: Any) -> str:  # noqa: ANN401 - apprise has no types
        """Return the internal address that the service would send to, if it may not."""
        host = getattr(service, "smtp_host", "")
        if not host and any("{host}" in template for template in service.templates):
            host = service.host
        return refused(host, self._settings.allow_internal) if host else ""

    def _notify(self, service: Any, letter: Letter, url: SecretStr) -> Receipt:  # noqa: ANN401
        service.redirects = False
        timeout_s = self._settings.timeout_s
        service.socket_connect_timeout = service.socket_read_timeout = timeout_s
        marked = _mark(service, letter.key)
        sender = apprise.Apprise(asset=self._asset)
        sender.add(service)
        result = sender.notify(
            title=letter.subject if marked else f"{letter.subject} #{letter.key[:8]}",
            body=letter.body,
            body_format=apprise.NotifyFormat.TEXT,
            timeout=timeout_s * 2,
        )
        said = "; ".join(str(entry.message) for entry in result.logs())
        answer = _without_secrets(said if said else result.status.name.lower(), url)
        return Receipt(delivered=bool(result), answer=answer[:LONGEST_ANSWER])


def _mark(service: Any, key: str) -> bool:  # noqa: ANN401
    """Put the key into a header where the service has headers; tell whether the receiver is sure to see it there."""
    if not isinstance(getattr(service, "headers", None), dict):
        return False
    service.headers["Idempotency-Key"] = key
    return not hasattr(service, "smtp_host")  # a person reading mail sees the subject, not the headers


def _without_secrets(text: str, url: SecretStr) -> str:
    """Return `text` with every part of the channel's address starred that could be a secret."""
    address = url.get_secret_value()
    for secret in sorted(_secrets(address), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def _secrets(address: str) -> set[str]:
    parts = urlsplit(address)
    found = {parts.password, *parts.path.split("/"), *(pair.partition("=")[2] for pair in parts.query.split("&"))}
    if "." not in (parts.hostname or "."):
        found.add(parts.netloc)  # no host but a token
    words = {word for word in found if word is not None and len(word) >= _SHORTEST_SECRET}
    return {address} | words | {unquote(word) for word in words}


class Couriers:
    """One courier for each channel; what no other carries is apprise's."""

    def __init__(self, own: Mapping[str, Courier], others: Courier) -> None:
        self._own, self._others = dict(own), others

    def carry(self, letter: Letter) -> Receipt:
        """Deliver by the channel's own courier."""
        return self._own.get(letter.channel, self._others).carry(letter)


class Letterbox:
    """A courier that keeps every letter, for tests; `answers` says what comes back on a channel."""

    def __init__(self, answers: Mapping[str, Receipt] | None = None) -> None:
        self.letters: list[Letter] = []
        self.answers = {} if answers is None else dict(answers)

    def carry(self, letter: Letter) -> Receipt:
        """Keep the letter."""
        self.letters.append(letter)
        return self.answers.get(letter.channel, Receipt(delivered=True, answer="kept"))
