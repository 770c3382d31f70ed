"""The media bridge: carries the audio of legs to customers' WebSockets and back, in its own process."""
