"""Settings of photos."""

from pydantic import BaseModel, ConfigDict, Field


class PhotoSettings(BaseModel):
    """What is taken in, and how long what belongs to nothing is kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_bytes: int = Field(
        12 * 1024 * 1024, ge=10_000, le=64 * 1024 * 1024, description="Largest photo taken in, bytes."
    )
    max_pixels: int = Field(
        64_000_000, ge=1_000_000, le=200_000_000, description="Largest photo taken in, pixels; against image bombs."
    )
    longest_side: int = Field(4096, ge=640, le=16_384, description="Photos are kept with at most this side, pixels.")
    unbound_s: int = Field(
        7 * 86_400, ge=3600, description="Time after which a photo that belongs to no incident is deleted, seconds."
    )
