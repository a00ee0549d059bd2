"""What a series usually does, and how rare what it does now is; learned as readings come, for many series at once."""
