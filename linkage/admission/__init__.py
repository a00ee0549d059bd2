"""From alarm to incident: what is opened, joined or held back, and why."""
