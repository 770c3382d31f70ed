"""People, workspaces, roles, sign-in and API keys."""
