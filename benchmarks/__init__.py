"""Programs that measure: each prints a table and writes JSON under `build/bench`; the only judges are promised limits."""
