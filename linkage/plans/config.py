"""Settings of plans, responses and reports upward."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Minutes = Annotated[int, Field(ge=0, le=43_200)]
ByGrade = dict[Literal["I", "II", "III", "IV"], Minutes]


class UpwardSettings(BaseModel):
    """When reports upward (信息报送) are due, and who gets them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # Order 493 Art. 9 and 11: one hour to the first government body, two hours for each level upward. Lanzhou's duty
    # rules: within one hour for I and II, within two for the others.
    initial_min: ByGrade = Field(
        {"I": 60, "II": 60, "III": 120, "IV": 120},
        description="From the grading to the initial report, minutes by grade.",
    )
    # Order 493 Art. 13: a follow-up whenever facts change; where it is grave, at the pace at which levels pass it on.
    follow_up_min: ByGrade = Field(
        {"I": 120, "II": 120}, description="Between two follow-up reports, minutes by grade; none: when facts change."
    )
    # Order 493 Art. 13: casualties that change within 30 days are still to be reported.
    final_days: float = Field(30.0, gt=0, le=365, description="From the end to the final report, days.")
    to: tuple[str, ...] = Field(
        (), description="Departments that a signed report is sent to, as departments.yaml says."
    )


class PlanSettings(BaseModel):
    """Settings of plans and of the responses that are started by them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    look_s: float = Field(2.0, gt=0, le=60, description="Time between two looks at the plans' triggers, seconds.")
    rhythm_s: float = Field(1.0, gt=0, le=60, description="Time between two looks at reporting rhythms, seconds.")
    upward: UpwardSettings = Field(default_factory=UpwardSettings, description="Reports upward.")
