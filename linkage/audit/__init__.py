"""The audit of the event log: its chain, its anchors outside the database, and copies that can be verified anywhere."""
