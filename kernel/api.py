"""The /v1 door: one view class, one envelope, declared scopes."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, ClassVar, Final

import orjson
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import Error as DatabaseError
from django.db import OperationalError
from django.http import Http404, HttpRequest
from rest_framework import exceptions, serializers
from rest_framework.parsers import JSONParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel import errors
from kernel.errors import BadRequest, Fields, Problem
from kernel.shapes import Shape

log = logging.getLogger(__name__)

JSON: Final = "application/json"
Problems = tuple[type[Problem], ...]


class BoundedJSONParser(JSONParser):
    """JSON that a program may send: one nested deeper than Python's stack is malformed."""

    # The signature is DRF's.
    def parse(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().parse(*args, **kwargs)
        except RecursionError:
            raise exceptions.ParseError() from None


class FastJSONRenderer(JSONRenderer):
    """The same JSON as DRF's own, written by orjson where the values are plain."""

    # The signature is DRF's.
    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        if data is None:
            return b""
        try:
            return orjson.dumps(data, option=_PLAIN)
        except TypeError:
            # A date, a lazy text or a number beyond 64 bits: DRF knows how it is written.
            text: bytes = super().render(data, *args, **kwargs)
            return text


_PLAIN: Final = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
_RENDERER: Final = FastJSONRenderer()


class ApiView(APIView):
    """A /v1 view: `scope` (one for all methods, or one by method) is read by the authentication class.

    `public = True` lets a view answer without a credential. After authentication the request has
    `workspace`, `mode`, `scopes` and `actor`. For the OpenAPI file: `raises` lists the
    Problems (one list for all methods, or one by method), and by method `inputs` is the serializer
    of the body, `params` the query parameters, `outputs` the shape of each reply by its status
    (None: no body). `takes` is how a body is written, `bytes_max` its limit where that is not the
    usual one. What a console session changes is JSON: a view that takes a form is for keys alone.
    """

    scope: ClassVar[str | Mapping[str, str]] = ""
    public: ClassVar[bool] = False
    needs_workspace: ClassVar[bool] = True
    raises: ClassVar[Problems | Mapping[str, Problems]] = ()
    inputs: ClassVar[Mapping[str, type[serializers.Serializer[Any]]]] = {}
    params: ClassVar[Mapping[str, Mapping[str, Shape]]] = {}
    outputs: ClassVar[Mapping[str, Mapping[int, Shape | None]]] = {}
    takes: ClassVar[str] = JSON
    bytes_max: ClassVar[int] = 0
    parser_classes = [BoundedJSONParser]
    renderer_classes = [FastJSONRenderer]

    @classmethod
    def required_scope(cls, method: str) -> str:
        """Return the scope that the HTTP method needs; empty means any credential."""
        if isinstance(cls.scope, str):
            return cls.scope
        return cls.scope.get(method.upper(), "")

    @classmethod
    def takes_session(cls, method: str) -> bool:
        """Say whether a console session may ask for it: any page could send a form in its name."""
        return method.upper() in ("GET", "HEAD", "OPTIONS") or cls.takes == JSON

    @classmethod
    def problems(cls, method: str) -> Problems:
        """Return the Problems that the HTTP method declares."""
        if isinstance(cls.raises, Mapping):
            return cls.raises.get(method.upper(), ())
        return cls.raises

    # There is one renderer, so an Accept header has nothing to choose from and none is refused.
    def perform_content_negotiation(
        self, request: Request, force: bool = False
    ) -> tuple[BaseRenderer, str]:
        return _RENDERER, str(_RENDERER.media_type)

    # The view's arguments are the URL's.
    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        limit = self.bytes_max or settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if int(request.META.get("CONTENT_LENGTH") or 0) > limit:
            raise errors.BodyTooLarge(limit_bytes=limit)

    # DRF calls this with whatever was raised.
    def handle_exception(self, exc: Exception) -> Response:
        problem = as_problem(exc)
        # For the log of requests.
        self.request._request.problem_code = problem.code  # type: ignore[attr-defined]
        return problem_response(problem, self.request)

    # The view's arguments are the URL's.
    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Any:
        final = super().finalize_response(request, response, *args, **kwargs)
        for name, value in getattr(request._request, "limit_headers", {}).items():
            final.headers.setdefault(name, value)
        final.headers.setdefault("Cache-Control", "no-store")
        return final


# The values are those of the serializer.
def parse(request: Request, serializer: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """Return the validated body, or raise BadRequest naming every field that is wrong."""
    data = request.data
    if not isinstance(data, Mapping):
        raise BadRequest("The body must be a JSON object.")
    checked = serializer(data=data)
    if not checked.is_valid():
        raise BadRequest(fields=flatten(checked.errors))
    return dict(checked.validated_data)


def flatten(problems: Any, path: str = "") -> Fields:
    """Turn DRF's nested errors into [(path, sentence)]."""
    if isinstance(problems, Mapping):
        found: Fields = []
        for key, value in problems.items():
            if isinstance(key, int):
                found += flatten(value, f"{path}[{key}]")
                continue
            part = "" if key == "non_field_errors" else str(key)
            found += flatten(value, f"{path}.{part}".strip(".") if part else path)
        return found
    if isinstance(problems, list) and any(isinstance(p, (Mapping, list)) for p in problems):
        found = []
        for index, value in enumerate(problems):
            found += flatten(value, f"{path}[{index}]")
        return found
    return [(path, str(p)) for p in (problems if isinstance(problems, list) else [problems])]


def as_problem(exc: Exception) -> Problem:
    """Translate whatever a view raised into a declared Problem."""
    if isinstance(exc, Problem):
        return exc
    if isinstance(exc, exceptions.ValidationError):
        return BadRequest(fields=flatten(exc.detail))
    if isinstance(exc, exceptions.ParseError):
        return BadRequest("The body is not valid JSON.")
    if isinstance(exc, exceptions.UnsupportedMediaType):
        return errors.UnsupportedMediaType()
    if isinstance(exc, exceptions.MethodNotAllowed):
        return errors.MethodNotAllowed(
            method=str(exc.detail).split('"')[1] if '"' in str(exc.detail) else "This"
        )
    if isinstance(exc, (Http404, exceptions.NotFound, PermissionDenied)):
        return errors.NotFound()
    if isinstance(exc, OperationalError):
        log.exception("database away")
        return errors.Unavailable()
    if isinstance(exc, DatabaseError):
        log.exception("database error")
    else:
        log.exception("unexpected failure")
    return errors.InternalError()


def problem_response(problem: Problem, request: Request | HttpRequest) -> Response:
    """Answer with the one error envelope."""
    request_id = getattr(getattr(request, "_request", request), "request_id", "")
    challenge = {"WWW-Authenticate": "Bearer"} if problem.status == 401 else {}
    return Response(
        problem.envelope(request_id, settings.PUBLIC_URL),
        status=problem.status,
        headers={**challenge, **problem.headers},
    )


class NotFoundView(ApiView):
    """Every path under /v1 that is nothing: the envelope instead of a page."""

    public = True
    authentication_classes = []

    # Whatever the method and the path.
    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise errors.NotFound()
