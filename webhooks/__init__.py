"""Endpoints, deliveries and the one sender behind both."""
