"""Our own MQTT 3.1.1 client: a codec without I/O and a persistent session on asyncio."""
