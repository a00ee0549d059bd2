"""Settings of plans and responses."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError


class PlanSettings(BaseModel):
    """Settings of plans and of the responses that are started by them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    look_s: float = Field(2.0, gt=0, le=60, description="Time between two looks at the plans' triggers, seconds.")
    rhythm_s: float = Field(1.0, gt=0, le=60, description="Time between two looks at reporting rhythms, seconds.")
    drill_username: str = Field(
        "", description="User at a broker of the city's own that may publish `city/+/drill-…/reading` in exercises."
    )
    drill_password: SecretStr | None = Field(None, description="That user's password.")
    upward: None = Field(None, description="Stands in `upward.yaml` of the city folder; here it is refused.")

    @field_validator("upward", mode="before")
    @classmethod
    def _moved(cls, value: object) -> None:
        if value is not None:
            message = "Expected reports upward in `upward.yaml` of the city folder, got `a setting`"
            raise PydanticCustomError("moved", message)
