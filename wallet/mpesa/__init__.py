"""M-Pesa over Daraja: a thin client and pure functions; no Django, no database."""
