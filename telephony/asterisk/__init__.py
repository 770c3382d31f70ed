"""Asterisk beside us: how it is installed, configured and started."""
