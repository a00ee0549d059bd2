"""Silences and maintenance: what a person keeps quiet, for how long, and what that hides."""
