"""The SIP and media process: started as a child, driven by JSON lines, free of Django."""
