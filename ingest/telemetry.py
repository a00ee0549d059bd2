"""Every counter of ingest, by name; nothing is dropped, retried or refused without one."""

from prometheus_client import Counter, Gauge, Histogram

MESSAGES_RECEIVED = Counter("ingest_messages_received_total", "Messages that a broker delivered", ["broker"])
MESSAGES_ACKNOWLEDGED = Counter("ingest_messages_acknowledged_total", "PUBACKs handed to the connection they came by")
MESSAGES_DUPLICATED = Counter(
    "ingest_messages_duplicated_total", "Repeated messages that were acknowledged and dropped"
)
MESSAGES_QUARANTINED = Counter("ingest_messages_quarantined_total", "Messages that were not understood", ["reason"])
MESSAGES_RETRIED = Counter(
    "ingest_messages_retried_total", "Quarantined messages that were replayed, by what came of it", ["result"]
)
STATUSES_OUTDATED = Counter(
    "ingest_statuses_outdated_total", "Words of replayed messages on who is there, which say nothing of now"
)
MESSAGES_SHED = Counter(
    "ingest_messages_shed_total", "Messages acknowledged and not kept, each in the ledger", ["source", "reason"]
)
MESSAGES_UNDERSTOOD = Counter(
    "ingest_messages_understood_total", "Messages by payload family and by what they held", ["family", "content"]
)
DECODERS_FAILED = Counter("ingest_decoders_failed_total", "Mistakes of our own in a payload family", ["family"])
METRICS_DROPPED = Counter(
    "ingest_metrics_dropped_total", "Values within understood messages that nobody can read", ["reason"]
)
REBIRTHS_NEEDED = Counter(
    "ingest_rebirths_needed_total", "Sparkplug messages after which the edge node should be born again", ["reason"]
)
DEATHS_IGNORED = Counter("ingest_deaths_ignored_total", "Deaths of Sparkplug sessions that are over anyway", ["reason"])
MESSAGES_DISCARDED = Counter(
    "ingest_messages_discarded_total", "Unacknowledged messages let go, since the broker sends them again", ["reason"]
)
READINGS_ACCEPTED = Counter("ingest_readings_accepted_total", "Readings committed to the journal", ["quality"])
READINGS_DERIVED = Counter("ingest_readings_derived_total", "Readings computed from others", ["derivation"])
DERIVATIONS_FAILED = Counter("ingest_derivations_failed_total", "Mistakes of our own in a derivation", ["derivation"])
DERIVED_LATE = Counter(
    "ingest_derived_late_total", "Readings that came after their window was computed, and are not in it", ["derivation"]
)
DERIVED_NO_DATA = Counter(
    "ingest_derived_no_data_total",
    "Hours and periods with too few values, of which nothing was computed",
    ["derivation"],
)
EVENTS_REPLAYED = Counter("ingest_events_replayed_total", "Past events that a broker had retained, and told anew")
EVENTS_ACCEPTED = Counter("ingest_events_accepted_total", "Events committed to the journal")
BATCH_MESSAGES = Histogram(
    "ingest_batch_messages", "Messages in one batch", buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
)
BATCH_SECONDS = Histogram(
    "ingest_batch_seconds",
    "Time from closing a batch to having judged it",
    buckets=(0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
STAGES_RETRIED = Counter(
    "ingest_stages_retried_total", "Times that a stage was tried again, since a store did not take its part", ["store"]
)

CONNECTIONS_OPENED = Counter("ingest_connections_opened_total", "Connections that the broker accepted", ["broker"])
CONNECTIONS_LOST = Counter("ingest_connections_lost_total", "Connections that failed or ended", ["broker", "reason"])
SESSIONS_LOST = Counter("ingest_sessions_lost_total", "Times that the broker had forgotten our session", ["broker"])
SUBSCRIPTIONS_REFUSED = Counter(
    "ingest_subscriptions_refused_total", "Topic filters that the broker refused", ["broker"]
)
READING_PAUSED = Counter("ingest_reading_paused_total", "Times that we stopped reading from the broker", ["broker"])
CONNECTED = Gauge("ingest_connected", "1 while connected and subscribed", ["broker"])
LISTENING = Gauge("ingest_listening", "1 while connected, subscribed and caught up")

COMMIT_SECONDS = Histogram(
    "ingest_journal_commit_seconds",
    "Time of one journal commit",
    buckets=(0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1),
)
COMMITS_REFUSED = Counter("ingest_journal_commits_refused_total", "Commits that the journal could not make", ["reason"])
JOURNAL_BYTES = Gauge("ingest_journal_bytes", "Bytes of all journal segments")
JOURNAL_SEGMENTS = Gauge("ingest_journal_segments", "Journal segment files")
JOURNAL_POSITION = Gauge("ingest_journal_position", "Position of the newest journal row")
JOURNAL_BEHIND = Gauge("ingest_journal_behind", "Positions that a reader has yet to pass", ["reader"])
JOURNAL_UNTIDY = Counter(
    "ingest_journal_untidy_total", "Times that a segment could not be sealed or given back, or room not be laid out"
)
JOURNAL_DAMAGED = Counter("ingest_journal_damaged_total", "Journal rows and segments set aside as damaged", ["part"])

SIDE_FILES_DAMAGED = Counter("ingest_side_files_damaged_total", "Files set aside as damaged for a fresh one", ["file"])
SIDE_ROWS_DAMAGED = Counter("ingest_side_rows_damaged_total", "Damaged rows let go of a file that is whole", ["file"])
SIDE_WRITES_FAILED = Counter(
    "ingest_side_writes_failed_total",
    "Times that a file beside the journal could not be saved, and will be later",
    ["file"],
)
QUARANTINE_DELETED = Counter(
    "ingest_quarantine_deleted_total", "Quarantined messages that are kept no longer", ["reason"]
)

HISTORY_GAPS = Counter("ingest_history_gaps_total", "Spans that neither history nor journal hold any more")
TROUBLES = Gauge("ingest_troubles", "Damage that nobody has looked at yet, and what does not work now", ["kind"])

DRAIN_READINGS = Counter("ingest_drain_readings_total", "Readings written to the history store")
DRAIN_ERRORS = Counter("ingest_drain_errors_total", "Writes that a store did not take", ["store"])
DRAIN_SECONDS = Histogram(
    "ingest_drain_seconds",
    "Time of one write to a store",
    ["store"],
    buckets=(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30),
)

SENSORS_DISCOVERED = Counter("ingest_sensors_discovered_total", "Sensors that sent and were not registered, once each")
