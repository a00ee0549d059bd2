"""Settings of the audit."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class AuditSettings(BaseModel):
    """How the event log is watched."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    anchor_every_s: int = Field(
        600, ge=10, le=86_400, description="Time between two anchors of the log's end outside the database, seconds."
    )
    anchors: Path | None = Field(
        None, description="File that anchors are added to; `anchors.log` in the data folder when it is not said."
    )
    anchor_channel: str = Field(
        "", description="Channel (of `messages.channels`) that each anchor is sent to as well; empty for none."
    )
    verify_every_s: float = Field(
        30.0,
        gt=0,
        le=3600,
        description="Time between two looks at a part of the log, which is verified in rounds, seconds.",
    )
    verify_rows: int = Field(2_000, ge=1, le=50_000, description="Rows of the log verified at each look.")
