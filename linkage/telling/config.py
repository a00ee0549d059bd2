"""Settings of channels that are no apprise address, of each channel's pace, and of departments' own systems."""

import re
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_core import PydanticCustomError

#: What the body of a gateway's request may put in.
GATEWAY_FIELDS = ("subject", "body", "phone", "person", "department", "key")

#: A field in a text of the settings.
GATEWAY_FIELD = re.compile(r"\{([a-z_]*)\}")


def checked_address(url: str) -> str:
    """Return `url` if it is an http or https address without a user in it; raises PydanticCustomError otherwise."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password:
        message = "Expected an http or https address without user and password"
        raise PydanticCustomError("address", message, {})
    return url


class GatewaySettings(BaseModel):
    """A channel that is one HTTP request: a text message gateway, or whatever else takes JSON or a form."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: SecretStr = Field(description="http or https address; secret, since gateways put keys into it.")
    method: Literal["POST", "PUT", "GET"] = Field("POST", description="HTTP method.")
    headers: dict[str, SecretStr] = Field(default_factory=dict, description="Headers, such as Authorization.")
    kind: Literal["json", "form"] = Field("json", description="How the fields are sent; with GET they are the query.")
    fields: dict[str, SecretStr] = Field(
        description="Field name to its text, with {subject}, {body}, {phone}, {person}, {department} and {key} put in."
    )
    success_statuses: tuple[int, ...] = Field((200, 201, 202, 204), description="HTTP statuses that mean: delivered.")
    success_field: str = Field(
        "", description="Field of the JSON answer that must say so too, such as `code`; optional."
    )
    success_values: tuple[str, ...] = Field(("0", "ok", "OK", "true"), description="What that field says on success.")
    receipt_field: str = Field("", description="Field of the JSON answer that is the gateway's receipt; optional.")
    needs_phone: bool = Field(default=True, description="A message to nobody's phone is refused, not sent.")

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: SecretStr) -> SecretStr:
        if not url.get_secret_value().startswith("file:"):
            checked_address(url.get_secret_value())
        return url

    @model_validator(mode="after")
    def _check_fields(self) -> Self:
        for name, text in self.fields.items():
            for used in GATEWAY_FIELD.findall(text.get_secret_value()):
                if used not in GATEWAY_FIELDS:
                    message = "Expected fields among {known} in `{name}`"
                    known = ", ".join(GATEWAY_FIELDS)
                    raise PydanticCustomError("fields", message, {"known": known, "name": name})
        return self


class ChannelPace(BaseModel):
    """How one channel is sent to; what is left out is as for all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rate_per_min: int | None = Field(None, ge=1, le=6000, description="Messages in a minute.")
    at_once: int | None = Field(None, ge=1, le=20, description="Messages under way at the same time.")
    timeout_s: float | None = Field(None, gt=0, le=120, description="Longest wait for one delivery, seconds.")
    first_retry_s: float | None = Field(None, gt=0, description="Wait after the first failure, seconds.")
    longest_retry_s: float | None = Field(None, gt=0, description="Longest wait between two attempts, seconds.")
    give_up_after_s: float | None = Field(None, gt=0, description="Age at which a message is given up, seconds.")


class SystemSettings(BaseModel):
    """The system of one department, which is told of its tasks by signed webhooks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(description="http or https address that takes the webhooks.")
    # RFC 2104 §3: a key shorter than the hash's output (32 bytes) is discouraged.
    secret: SecretStr = Field(min_length=32, description="Shared secret of the signature, 32 characters or more.")

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: str) -> str:
        return checked_address(url)
