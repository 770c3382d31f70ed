"""One story a file: what the apps know of one thing, joined."""
