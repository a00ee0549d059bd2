"""Settings of the SQL database and of the history store."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError


class DatabaseSettings(BaseModel):
    """Where registry, incidents and users are kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: SecretStr | None = Field(
        default=None,
        description="`sqlite:///path` or `postgresql+psycopg://user:password@host/name`; "
        "when left out, the file `city.sqlite` of the data folder",
    )
    readers: int = Field(default=8, ge=1, le=100, description="connections kept open for reading")
    busy_timeout_s: float = Field(default=5.0, gt=0, le=60, description="seconds that a writer waits for its turn")


class HistorySettings(BaseModel):
    """Where readings and events are kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(
        default="",
        pattern=r"^$|^influxdbs?://",
        description="`influxdb://host:port/org/bucket` (`influxdbs://` for TLS); "
        "when left out, DuckDB in the file `history/readings.duckdb` of the data folder",
    )
    token: SecretStr = Field(default=SecretStr(""), description="InfluxDB's API token with read and write permission")
    timeout_s: float = Field(default=10.0, gt=0, le=300, description="seconds until InfluxDB counts as away")
    write_lines: int = Field(default=5000, ge=1, le=50_000, description="points in one write request to InfluxDB")
    gzip: bool = Field(default=True, description="compress what is written to InfluxDB")
    memory_mb: int = Field(default=512, ge=64, description="megabytes that DuckDB may use")
    threads: int = Field(default=2, ge=1, le=256, description="threads that DuckDB may use")
    retention_days: int | None = Field(
        default=None, ge=1, description="days after which readings are forgotten; kept for ever when left out"
    )
    minute_retention_days: int | None = Field(
        default=None, ge=1, description="days after which what they were by the minute is forgotten; see there"
    )
    hour_retention_days: int | None = Field(
        default=None, ge=1, description="days after which what they were by the hour is forgotten; see there"
    )

    @model_validator(mode="after")
    def _check_retention(self) -> Self:
        """Refuse roll-ups that go before what they are made of: nothing would tell of that time any more."""
        kept = [self.retention_days, self.minute_retention_days, self.hour_retention_days]
        days = [float("inf") if each is None else each for each in kept]
        if days != sorted(days):
            message = "Expected days with minutes kept as long as readings and hours as long as minutes, got `{got}`"
            got = ", ".join("for ever" if each is None else str(each) for each in kept)
            raise PydanticCustomError("retention", message, {"got": got})
        return self
