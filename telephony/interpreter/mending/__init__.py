"""Mending a document as its writer would: what is meant is guessed, and the parser is the judge."""
