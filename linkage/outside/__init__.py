"""Departments that answer from a system of their own: signed webhooks out, an idempotent API in."""
