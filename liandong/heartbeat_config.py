"""Settings of the city's sign of life."""

from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError


class HeartbeatSettings(BaseModel):
    """Where the sign of life goes; whoever listens raises an alarm when it stays away."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: SecretStr | None = Field(
        None,
        description="`https://…` that is asked; internal addresses only in `linkage.messages.allow_internal`; "
        "none: no sign of life by HTTP",
    )
    method: Literal["GET", "POST"] = Field("GET", description="how it is asked")
    file: Path | None = Field(None, description="file that is written anew each time, for a watcher on this machine")
    every_s: float = Field(60.0, ge=1, le=86_400, description="seconds between two signs of life")
    timeout_s: float = Field(10.0, gt=0, le=60, description="longest wait for the answer, seconds")

    @model_validator(mode="after")
    def _check_url(self) -> Self:
        if self.url is not None and not self.url.get_secret_value().startswith("file:"):
            parts = urlsplit(self.url.get_secret_value())
            if parts.scheme not in {"http", "https"} or not parts.hostname:
                message = "Expected a URL as `https://…` or `http://…`, got `{got}:`"
                raise PydanticCustomError("heartbeat_url", message, {"got": parts.scheme})
        return self

    @property
    def wanted(self) -> bool:
        """Return whether there is anybody to send it to."""
        return self.url is not None or self.file is not None
