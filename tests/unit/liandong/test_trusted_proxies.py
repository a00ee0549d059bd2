"""Whose word counts on where a request comes from."""

from typing import Any

import pytest
from pydantic import ValidationError

from api.config import HttpSettings
from liandong.desk_process import _configuration


async def seen(client: str, proxies: tuple[str, ...]) -> str:
    """Return the address that the application sees when `client` says that it speaks for another."""
    clients: list[str] = []

    async def app(scope: Any, _: Any, __: Any) -> None:
        clients.append(scope["client"][0])

    config = _configuration(app, proxies)  # type: ignore[arg-type]
    config.load()
    headers = [(b"x-forwarded-for", b"203.0.113.7")]
    scope = {"type": "http", "client": (client, 1), "headers": headers, "scheme": "http"}
    await config.loaded_app(scope, None, None)
    return clients[0]


@pytest.mark.parametrize(
    ("client", "address"),
    [("10.0.0.5", "203.0.113.7"), ("192.0.2.1", "192.0.2.1")],
    ids=["a trusted proxy", "anybody else"],
)
async def test_only_trusted_proxies_say_where_a_request_comes_from(client: str, address: str) -> None:
    assert await seen(client, ("10.0.0.0/8",)) == address


def test_proxy_that_is_no_network_is_refused() -> None:
    with pytest.raises(ValidationError, match="an address or a network"):
        HttpSettings(trusted_proxies=("proxy.example",))
