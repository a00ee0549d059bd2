"""The embedded MQTT broker: a NATS server with a generated configuration, and the accounts of those who publish."""
