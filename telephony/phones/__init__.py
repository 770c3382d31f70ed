"""Desk phones: a registrar with digest on one side, ordinary SIP legs of an engine on the other."""
