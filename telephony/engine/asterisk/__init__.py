"""A trunk side that is an Asterisk: SIP and codecs are its own, the sound of a leg comes to us."""
