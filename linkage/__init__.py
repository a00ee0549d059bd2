"""The emergency linkage queue: alarms and reports become incidents, worked by departments to a checked end."""
