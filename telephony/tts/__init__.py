"""Text to speech: a process that makes 8 kHz WAV files, and the client that asks it."""
