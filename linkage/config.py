"""Settings of the linkage queue and of the messages it sends."""

from ipaddress import ip_network
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_core import PydanticCustomError

from linkage.admission.config import AdmissionSettings
from linkage.attachments.config import PhotoSettings
from linkage.audit.config import AuditSettings
from linkage.cap.config import CapSettings
from linkage.plans.config import PlanSettings
from linkage.roster.config import RosterSettings
from linkage.silences.config import SilenceSettings
from linkage.telling.config import ChannelPace, GatewaySettings, SystemSettings
from linkage.witness.config import SnapshotSettings


class MessageSettings(BaseModel):
    """How messages leave the city."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channels: dict[str, SecretStr] = Field(
        default_factory=dict, description="Channel name, as departments.yaml uses it, to its apprise URL."
    )
    allow_internal: tuple[str, ...] = Field(
        (), description="Networks (CIDR) of internal addresses that messages may go to; others are refused."
    )
    public: tuple[str, ...] = Field(
        (), description="Channels that reach the public; nothing of a drill leaves by them."
    )
    # A command centre reviews its situation every 30 minutes (plans/waterlogging.yaml): twelve are two for each of six
    # districts, and more than that is a runaway.
    public_per_h: int = Field(12, ge=1, le=600, description="Notices for the public that go out within one hour.")
    rate_per_min: int = Field(60, ge=1, le=6000, description="Messages that one channel may send in a minute.")
    at_once: int = Field(
        1, ge=1, le=20, description="Messages of one channel under way at the same time; above 1 they may overtake."
    )
    timeout_s: float = Field(15.0, gt=0, le=120, description="Longest wait for one delivery, seconds.")
    first_retry_s: float = Field(2.0, gt=0, description="Wait after the first failure, seconds; doubles each time.")
    longest_retry_s: float = Field(300.0, gt=0, description="Longest wait between two attempts, seconds.")
    give_up_after_s: float = Field(86_400.0, gt=0, description="Age at which a message is given up, seconds.")
    gateways: dict[str, GatewaySettings] = Field(
        default_factory=dict, description="Channel name to an HTTP gateway, such as one for text messages."
    )
    pace: dict[str, ChannelPace] = Field(
        default_factory=dict, description="Channel name to what differs for it in rate, time-out and retries."
    )
    fallback: tuple[str, ...] = Field(
        (), description="Channels that take over, in order, where a department's own do not deliver."
    )
    # A dead channel falls through within a minute: the wait, one look and one attempt on the next channel fit into it.
    dead_after_s: float = Field(
        30.0, gt=0, le=45, description="Time without a delivery after which a failing channel counts as dead, seconds."
    )
    alarm_to: tuple[str, ...] = Field(
        (), description="Departments told of a dead channel; empty: the supervision desks of the whole city."
    )
    # 网络安全法 (2016) Art. 21 (3): logs of the network are kept for six months at least, which are at most 184 days.
    attempts_kept_days: int = Field(
        184, ge=1, le=36_500, description="Time for which each attempt and what came back is kept, days."
    )
    alarm_class: str = Field(
        "equipment_fault", description="Class of the incident that a dead channel raises, of case-standards.yaml."
    )
    alarm_priority: int = Field(2, ge=1, le=5, description="Priority of that incident; 1 is most urgent.")
    link_life_s: int = Field(
        86_400, ge=60, le=7 * 86_400, description="Time for which the link in a message acknowledges, seconds."
    )

    link_key: SecretStr | None = Field(
        None, min_length=32, description="Key that signs links; without one, the one made at the first start."
    )
    older_link_keys: tuple[SecretStr, ...] = Field(
        (), description="Keys that signed links before, still recognised until those links have expired."
    )

    def paced(self, channel: str) -> "MessageSettings":
        """Return these settings with what differs for `channel`."""
        own = self.pace.get(channel)
        return self if own is None else self.model_copy(update=own.model_dump(exclude_none=True))

    @field_validator("allow_internal")
    @classmethod
    def _check_networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for network in networks:
            try:
                ip_network(network)
            except ValueError as error:
                message = "Expected a network such as `10.0.0.0/8`, got `{got}`"
                raise PydanticCustomError("network", message, {"got": network}) from error
        return networks

    @model_validator(mode="after")
    def _check_public(self) -> Self:
        for name in self.public:
            if name in self.fallback:
                message = "Expected a channel that does not reach the public, got `{got}` - at `fallback`"
                raise PydanticCustomError("public_fallback", message, {"got": name})
        return self

    @model_validator(mode="after")
    def _check_names(self) -> Self:
        taken = [*self.channels, *self.gateways]
        for name in taken:
            if taken.count(name) > 1 or name == "mqtt" or name.startswith("system:"):
                message = "Expected a channel's name of its own, got `{got}`"
                raise PydanticCustomError("channel", message, {"got": name})
        return self


class LinkageSettings(BaseModel):
    """Settings of the linkage queue."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    confirm_within_s: int = Field(
        900, ge=60, le=86_400, description="Time for a person to confirm what the system dispatched itself, seconds."
    )
    tell_recorded: bool = Field(default=False, description="Tell departments about incidents on recorded readings too.")
    lease_s: float = Field(
        5.0, ge=0.1, le=300, description="Time after which another desk takes over from one that went away, seconds."
    )
    failpoints: tuple[str, ...] = Field(
        (), description="Names of places at which the process kills itself; for tests of crashes only."
    )
    tick_s: float = Field(0.5, gt=0, le=60, description="Time between two looks at the clocks, seconds.")
    deliver_s: float = Field(0.5, gt=0, le=60, description="Longest wait between looks at waiting messages, seconds.")
    admission: AdmissionSettings = Field(
        default_factory=AdmissionSettings, description="What is one incident, and what is held back."
    )
    silences: SilenceSettings = Field(default_factory=SilenceSettings, description="How long silences may last.")
    rosters: RosterSettings = Field(default_factory=RosterSettings, description="Rosters and handovers.")
    messages: MessageSettings = Field(default_factory=MessageSettings, description="How messages leave the city.")
    photos: PhotoSettings = Field(default_factory=PhotoSettings, description="What photos are taken in.")
    plans: PlanSettings = Field(default_factory=PlanSettings, description="Plans and responses.")
    audit: AuditSettings = Field(default_factory=AuditSettings, description="How the event log is watched.")
    snapshots: SnapshotSettings = Field(
        default_factory=SnapshotSettings, description="Which camera's picture belongs to a report."
    )
    cap: CapSettings = Field(default_factory=CapSettings, description="What is said and heard in CAP 1.2.")
    systems: dict[str, SystemSettings] = Field(
        default_factory=dict, description="Department to the system of its own that is told of its tasks."
    )
    climb_s: float = Field(0.25, gt=0, le=1, description="Time between two looks at escalations, seconds.")
