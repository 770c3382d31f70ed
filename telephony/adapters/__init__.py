"""What stands behind the Carrier port of calls."""
