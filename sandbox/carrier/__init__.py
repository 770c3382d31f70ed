"""A telephone company on one port: trunk, registrar, fixed numbers and handsets.

It shares no code with our telephony engine on purpose: what both get wrong together, no test sees.
"""
