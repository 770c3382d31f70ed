"""Reference pages made from what the code declares."""
