"""The voice document interpreter: pure functions, no Django, no network, no clock.

``parse.parse`` makes a ``Document`` of what the customer answered; ``step.step`` moves a
``Session`` on by one event and returns what has to happen.
"""
