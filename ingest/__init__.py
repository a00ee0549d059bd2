"""From MQTT to judged readings: session, decoders, journal, pipeline."""
