"""The pages where people try things: a call from the browser, a voice document with a rehearsal."""
