"""A Daraja that behaves as the real one does: tokens, STK push, query and callbacks."""
