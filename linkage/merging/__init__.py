"""Incidents that are one, and incidents that are two: merged, split and detached by people."""
