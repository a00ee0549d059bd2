"""A city of sensors that speak MQTT like real ones, scenarios that go wrong in it, and replay of recordings."""
