"""Call records, their life, what they cost, and the port to whatever carries them."""
