"""The equipment lane: hints that a sensor may be wrong, for those who look after it; no incidents of the city."""
