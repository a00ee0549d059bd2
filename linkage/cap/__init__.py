"""The Common Alerting Protocol 1.2 (OASIS): what the city says to others in it, and what it hears."""
