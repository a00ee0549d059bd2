"""Readings around the moments of an incident, copied so that they outlive the readings' retention."""
