"""A request id for every request, and the public pages of a failure."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from kernel import ids


def request_id(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Name each request; the id is in the reply's header, in every error body and in the logs."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.request_id = ids.request_id()  # type: ignore[attr-defined]
        response = get_response(request)
        response.headers["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response

    return middleware
