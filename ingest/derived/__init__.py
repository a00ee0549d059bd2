"""Quantities computed as readings come: from the readings of a batch to those that follow from them."""
