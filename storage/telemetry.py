"""Counters of the history's housekeeping, by name."""

from prometheus_client import Counter, Histogram

BUCKETS_ROLLED = Counter("storage_buckets_rolled", "Buckets of the history made or made anew", ["resolution"])
BUCKETS_LEFT = Counter("storage_buckets_left", "Buckets left as they were though touched, as they hold more readings")
ROWS_FORGOTTEN = Counter("storage_rows_forgotten", "Rows that were older than they are kept", ["resolution"])
TENDS_FAILED = Counter("storage_tends_failed", "Times that the history's housekeeping could not go on")
TEND_SECONDS = Histogram(
    "storage_tend_seconds",
    "Time of one step of the history's housekeeping",
    ["step"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300),
)
