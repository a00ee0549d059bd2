"""Settings of what the city says and hears in CAP."""

import re
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_core import PydanticCustomError

_NAME = re.compile(r"[^\s,<&]{1,200}")


class CapSource(BaseModel):
    """A place where another system leaves CAP messages: a folder, or an address that is asked again and again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(description="What the source is called in logs and counters.", pattern=r"^[a-z0-9_-]{1,40}$")
    folder: str = Field("", description="Folder whose `*.xml` files are taken; each is moved to `taken` or `refused`.")
    url: str = Field("", description="http or https address of a CAP message, or of an Atom or RSS index of them.")
    every_s: float = Field(60.0, ge=1, le=86_400, description="Time between two looks, seconds.")

    @model_validator(mode="after")
    def _check_place(self) -> Self:
        if (self.folder == "") is (self.url == ""):
            raise PydanticCustomError("cap_source", "Expected either a folder or a url")
        if self.url and urlsplit(self.url).scheme not in {"http", "https"}:
            raise PydanticCustomError("cap_source", "Expected an http or https address, got `{got}`", {"got": self.url})
        return self


class CapSettings(BaseModel):
    """CAP 1.2, out and in; nothing is said or heard unless it is asked for here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sender: str = Field("", description="Who the city is in its messages, such as `desk@city.example`; empty: no CAP.")
    sender_name: dict[str, str] = Field(default_factory=dict, description="The sender's name in `zh` and `en`.")
    incidents: bool = Field(default=False, description="Say in CAP what becomes of incidents (scope Restricted).")
    public: bool = Field(default=False, description="Serve the public feed of approved warnings to whoever asks.")
    test: bool = Field(default=False, description="Mark every message as status Test and make none public.")
    restriction: str = Field("command centres", min_length=1, max_length=200, description="Whom Restricted is for.")
    contact: str = Field("", max_length=200, description="How people reach the sender; goes into every message.")
    radius_km: float = Field(0.5, gt=0, le=100, description="Circle around an incident, kilometres.")
    valid_h: float = Field(
        24.0, gt=0, le=720, description="Time after which a message ends that nothing else ends, hours."
    )
    token: SecretStr | None = Field(None, description="Bearer token of who may post CAP messages; none: nobody may.")
    senders: tuple[str, ...] = Field((), description="Senders whose messages are taken; others are refused.")
    sources: tuple[CapSource, ...] = Field((), description="Places that are asked for messages.")
    districts: dict[str, str] = Field(
        default_factory=dict, description="Area description or geocode of a message to the city's district; else all."
    )
    timeout_s: float = Field(15.0, gt=0, le=120, description="Longest wait for one answer of a source, seconds.")
    allow_internal: tuple[str, ...] = Field(
        (), description="Networks (CIDR) of internal addresses that sources may be at; others are refused."
    )

    @field_validator("sender")
    @classmethod
    def _check_sender(cls, sender: str) -> str:
        if sender and not _NAME.fullmatch(sender):
            message = "Expected a sender without spaces, commas, `<` and `&`, got `{got}`"
            raise PydanticCustomError("cap_sender", message, {"got": sender})
        return sender

    @model_validator(mode="after")
    def _check_speaking(self) -> Self:
        if (self.public or self.incidents) and not self.sender:
            raise PydanticCustomError("cap_sender", "Expected `sender` with `public` or `incidents`, got nothing")
        if (self.sources or self.token) and not self.senders:
            raise PydanticCustomError("cap_senders", "Expected `senders` with `token` or `sources`, got nothing")
        return self
