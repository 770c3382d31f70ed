"""A request id for every request, and smaller pages."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from kernel import audit, ids


def request_id(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Name each request; the id is in the reply's header, in every error body and in the logs."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.request_id = ids.request_id()  # type: ignore[attr-defined]
        with audit.within_request(request.request_id):  # type: ignore[attr-defined]
            response = get_response(request)
        response.headers["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response

    return middleware


class PageCompression(GZipMiddleware):
    """Compresses pages and assets; the API answers small bodies and must answer them fast."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if request.path.startswith("/v1/"):
            return response
        return super().process_response(request, response)
