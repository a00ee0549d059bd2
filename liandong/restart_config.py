"""Settings of how a part that ended is started again."""

from pydantic import BaseModel, ConfigDict, Field


class RestartSettings(BaseModel):
    """Pauses before `liandong up` starts a part again; they double each time until it has settled."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    longest_pause_s: float = Field(5.0, ge=0.2, le=300, description="longest pause, in seconds")
