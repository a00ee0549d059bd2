"""Warnings (预警): issued, re-levelled and cancelled by a person; a warning never starts a response."""
