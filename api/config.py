"""How the API is reached, and how long a sign-in lasts."""

import re
from ipaddress import ip_address, ip_network
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_core import PydanticCustomError

#: Names by which this machine is reached from itself.
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")

#: A host's name or IPv4 address (RFC 1123 §2.1); it stands in a header, so nothing else may.
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


class HttpSettings(BaseModel):
    """Settings of the HTTP side; everything is on loopback unless said otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8470, ge=0, le=65535, description="TCP port to listen on; 0 takes a free one.")
    public_url: str = Field(
        "", description="Address under which browsers reach the console; https makes cookies Secure. Empty: loopback."
    )
    allowed_hosts: tuple[str, ...] = Field(
        (), description="Further names that requests may carry in the Host header, beside loopback and public_url."
    )
    snapshot_hosts: tuple[str, ...] = Field(
        (), description="Hosts of cameras' pictures that pages may show; pictures elsewhere are links only."
    )
    max_body_bytes: int = Field(256 * 1024, ge=1024, description="Largest request body, bytes.")
    # Some 200,000 sensors, a few seconds of a core; `liandong registry import` takes any file.
    max_import_bytes: int = Field(
        32 * 1024 * 1024, ge=1024, description="Largest file of sensors or components that the API takes, bytes."
    )
    # NIST SP 800-63B-4 allows 30 days at AAL1; a wall is signed in once for a duty week.
    session_absolute_s: int = Field(7 * 86400, ge=60, le=30 * 86400, description="Longest life of a sign-in, seconds.")
    session_idle_s: int = Field(
        12 * 3600,
        ge=60,
        le=30 * 86400,
        description="Life of a sign-in that nobody uses, seconds; an open wall uses it.",
    )
    link_life_s: int = Field(15 * 60, ge=10, le=86400, description="Life of a one-time sign-in link, seconds.")
    sign_in_free_attempts: int = Field(
        5,
        ge=1,
        le=100,
        description="Failed sign-ins of one account from one address before waiting starts (NIST caps at 100).",
    )
    sign_in_account_attempts: int = Field(
        100,
        ge=1,
        le=1000,
        description="Failed sign-ins of one account from anywhere before new addresses wait (NIST caps at 100).",
    )
    trusted_proxies: tuple[str, ...] = Field(
        ("127.0.0.1", "::1"),
        description="Addresses or networks whose X-Forwarded-For tells where a request comes from; nobody else's does.",
    )
    sign_in_longest_wait_s: int = Field(
        300, ge=1, le=86400, description="Longest wait between failed sign-ins of one account, seconds."
    )
    streams_per_user: int = Field(20, ge=1, le=1000, description="Live streams that one user may hold open.")
    stream_backlog: int = Field(
        256, ge=8, le=65536, description="Changes that wait for a slow live stream before it is closed to resume."
    )
    metrics_token: SecretStr | None = Field(
        None, description="Bearer token of the Prometheus scraper; without one only this machine may read /metrics."
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _check_proxies(cls, proxies: tuple[str, ...]) -> tuple[str, ...]:
        for proxy in proxies:
            try:
                ip_network(proxy)
            except ValueError as error:
                message = "Expected an address or a network such as `10.0.0.0/8`, got `{got}`"
                raise PydanticCustomError("network", message, {"got": proxy}) from error
        return proxies

    @field_validator("snapshot_hosts")
    @classmethod
    def _check_hosts(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        for host in hosts:
            if not _HOST.fullmatch(host):
                raise PydanticCustomError("host", "Expected a host name or an address, got `{got}`", {"got": host})
        return hosts

    @model_validator(mode="after")
    def _check_public_url(self) -> Self:
        parts = urlsplit(self.public_url)
        if self.public_url and (parts.scheme not in {"http", "https"} or not parts.hostname):
            message = "Expected an http or https address, got `{got}`"
            raise PydanticCustomError("address", message, {"got": self.public_url})
        return self

    @property
    def secure_cookies(self) -> bool:
        """Return whether browsers reach us by https."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def known_hosts(self) -> frozenset[str]:
        """Return every host name a request may carry, in lower case."""
        named = {urlsplit(self.public_url).hostname or "", *self.allowed_hosts, *LOOPBACK_HOSTS}
        if not _is_wildcard(self.host):
            named.add(self.host)
        return frozenset(name.lower() for name in named if name)


def _is_wildcard(host: str) -> bool:
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False
