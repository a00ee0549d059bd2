"""Copies of a whole city: taken while it works, checked, restored, and kept at a second place."""
