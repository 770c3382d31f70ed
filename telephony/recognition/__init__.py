"""Speech into words: the recogniser that needs no network, and any that answers over HTTP."""
