"""Settings of admission: what is one cause, what flaps, and what the queue bears."""

from pydantic import BaseModel, ConfigDict, Field

from city.alarm import AtMost, Flapping
from city.clock import SECOND_NS


class AdmissionSettings(BaseModel):
    """Limits of joining and of holding back."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reopen_within_s: int = Field(
        1800,
        ge=0,
        le=604_800,
        description="Time after closing in which the same alarm opens the incident again, where its class's standard "
        "gives none, seconds.",
    )
    siblings: int = Field(3, ge=2, le=1000, description="Silent sensors of one asset that are one incident about it.")
    siblings_within_s: int = Field(60, ge=1, le=86_400, description="Time in which they must have fallen silent, s.")
    # ISA-18.2 calls three times in a minute chattering; city sensors report by the minute, so it is ten minutes here.
    flapping_changes: int = Field(6, ge=3, le=1000, description="Changes of one alarm that are flapping.")
    flapping_within_s: int = Field(600, ge=1, le=86_400, description="Time in which they are, seconds.")
    flapping_quiet_s: int = Field(600, ge=1, le=86_400, description="Time without one after which it is over, seconds.")
    # A fifth of what the whole queue bears in a minute, below: no single rule may fill a screen before others are seen.
    rule_most: int = Field(20, ge=1, le=100_000, description="Incidents that one rule's alarms may open, at a level.")
    rule_within_s: int = Field(60, ge=1, le=86_400, description="The time in which they may, seconds.")
    # EEMUA 191: more than 10 alarms in 10 minutes are a flood to one operator; this is a room of a hundred of them.
    storm_most: int = Field(100, ge=1, le=100_000, description="Incidents that alarms may open in the time below.")
    storm_within_s: int = Field(60, ge=1, le=3600, description="That time, seconds.")
    look_s: float = Field(15.0, gt=0, le=600, description="Time between two looks at what an alarm inhibits, seconds.")
    tick_s: float = Field(1.0, gt=0, le=60, description="Time between two looks at what is held back, seconds.")

    @property
    def at_most(self) -> AtMost:
        """Return what a rule may open that does not say so itself."""
        return AtMost(self.rule_most, self.rule_within_s * SECOND_NS)

    @property
    def flapping(self) -> Flapping:
        """Return what flaps by a rule that does not say so itself."""
        return Flapping(self.flapping_changes, self.flapping_within_s * SECOND_NS, self.flapping_quiet_s * SECOND_NS)
