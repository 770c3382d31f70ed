"""The one walk over the URL table: every route, and those of /v1 with their views and methods."""

from django.urls import URLPattern, URLResolver, get_resolver

from kernel.api import NotFoundView

METHODS = ("get", "post", "put", "patch", "delete")


def routes(patterns=None, prefix="", space=""):
    """Yield each route with its entry and its name space."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, path, entry.namespace or space)
        elif isinstance(entry, URLPattern):
            yield path, entry, space


def api_routes():
    """Yield each route under /v1 with its view and the methods it takes."""
    for path, entry, _space in routes():
        view = getattr(entry.callback, "cls", None)
        if path.startswith("v1/") and view is not NotFoundView:
            allowed = {
                method.lower() for method in view(**entry.callback.initkwargs).allowed_methods
            }
            yield path, view, [method for method in METHODS if method in allowed]
