"""Notices for the public: drafted at the duty desk, signed by who leads, sent by the public channels, and kept."""
