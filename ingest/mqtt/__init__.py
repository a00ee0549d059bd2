"""Our own MQTT client, for 3.1.1 and 5: codecs without I/O and persistent sessions on asyncio."""
