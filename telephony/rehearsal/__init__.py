"""Rehearsing a voice document: the real interpreter, a scripted caller, and nobody who is called."""
