"""Rules that run in shadow: what they found is recorded, compared with the rules in force, and told to nobody."""
