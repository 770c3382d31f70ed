"""The back office across all apps: dashboard, the one search, joined stories, health, impersonation."""
