"""Ingest's `Feed` over a Unix socket: the server in ingest's process, the client in the others."""
