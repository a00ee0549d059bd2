"""Imported last by the process that others are forked from: looking for garbage copies none of the pages they share."""

import gc

gc.collect()
gc.freeze()
