"""The payload families: one file each, and the table of them in `families.py`."""
