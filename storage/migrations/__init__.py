"""The SQL schema's history: one linear chain of revisions, `<room>_<number>.py` in `versions/`.

A revision is named as its file, says the one before it in `down_revision`, and creates what its room's `tables.py`
declares; a test holds the end of the chain against those declarations.
"""
