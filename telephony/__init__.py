"""Calls on the wire: voice documents, speech, the engine and what drives it."""
