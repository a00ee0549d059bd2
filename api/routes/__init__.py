"""One file per noun; each gives a router."""
