"""Quantities that are computed from others: formulas and tables, each with its source; pure."""
