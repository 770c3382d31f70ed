"""Fault runs: processes are killed while work flows, and then the books are read."""
