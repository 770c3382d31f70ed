"""The pages and the handset's socket on one port, for a browser; in production web and live share it."""

import django
from django.core.asgi import get_asgi_application

django.setup()

from sandbox.relay import handset_socket  # noqa: E402 - Django must be set up first.

pages = get_asgi_application()


async def application(scope, receive, send):
    door = handset_socket if scope["type"] == "websocket" else pages
    await door(scope, receive, send)
