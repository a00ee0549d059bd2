"""Settings of fairness that are the program's, not the city's."""

from pydantic import BaseModel, ConfigDict, Field


class LedgerSettings(BaseModel):
    """How long what was shed is told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    keep_days: int = Field(365, ge=1, description="Days for which the ledger of what was shed is kept")
