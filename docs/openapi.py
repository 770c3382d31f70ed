"""One operation of the OpenAPI document, read from what an ApiView declares."""

from __future__ import annotations

import copy
from collections import defaultdict
from inspect import cleandoc
from typing import Any

from drf_spectacular.openapi import AutoSchema as SpectacularSchema
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent
from rest_framework import serializers

from accounts import errors as accounts
from docs import naming
from kernel import errors
from kernel.api import ApiView
from kernel.errors import Problem
from kernel.shapes import Shape

UNAUTHORIZED = (
    accounts.ApiKeyExpired,
    accounts.ApiKeyInvalid,
    accounts.ApiKeyRevoked,
    accounts.SessionInvalid,
)
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
KEY_HEADER: Shape = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Names this request for 24 hours: sending it again gives the first reply again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}


class AutoSchema(SpectacularSchema):
    """Writes one operation; the request body alone is left to drf-spectacular's serializers."""

    view: ApiView  # type: ignore[override]  # Every /v1 view is one of ours.

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry
    ) -> dict[str, Any] | None:
        """Return the operation object, its named shapes put into the registry."""
        self.registry = registry
        self.path, self.path_regex, self.path_prefix = path, path_regex, path_prefix
        self.method = method.upper()
        scope = self.view.required_scope(self.method)
        summary, description = naming.said_about(self._docs())
        operation: dict[str, Any] = {
            "operationId": self.get_operation_id(),
            "summary": summary,
            "description": description,
            "tags": [naming.tag(path)],
            "deprecated": path in naming.OLDER,
            "parameters": self._parameters(),
            "requestBody": self._body(),
            "security": self._security(),
            "x-scope": scope,
            "responses": self._replies() | self._refusals(),
        }
        may_be_empty = ("security",)
        return {name: it for name, it in operation.items() if it or name in may_be_empty}

    def get_operation_id(self) -> str:
        answers_list = any(_is_list(shape) for shape in self._outputs().values())
        return naming.operation_id(self.method, self.path, answers_list=answers_list)

    def _security(self) -> list[Shape]:
        """One credential of these; none for what is public."""
        if self.view.public:
            return []
        session: list[Shape] = [{"session": []}] if self.view.takes_session(self.method) else []
        return [{"apiKey": []}, *session]

    def _docs(self) -> str:
        """The method's words; a view of one method is described by its class."""
        handler = getattr(self.view, self.method.lower())
        return cleandoc(handler.__doc__ or type(self.view).__doc__ or "")

    def _outputs(self) -> dict[int, Shape | None]:
        return dict(self.view.outputs.get(self.method, {}))

    def _input(self) -> type[serializers.Serializer[Any]] | None:
        return self.view.inputs.get(self.method)

    @property
    def _is_idempotent(self) -> bool:
        return getattr(getattr(self.view, self.method.lower()), "is_idempotent", False)

    def _parameters(self) -> list[Shape]:
        found = [
            {
                "name": name,
                "in": "path",
                "required": True,
                "description": naming.path_about(name),
                "schema": naming.path_shape(name),
            }
            for name in naming.path_names(self.path)
        ]
        for name, shape in self.view.params.get(self.method, {}).items():
            schema = {key: value for key, value in shape.items() if key != "description"}
            about = {"description": shape["description"]} if "description" in shape else {}
            found.append(
                {"name": name, "in": "query", "required": False, **about, "schema": schema}
            )
        return [*found, copy.deepcopy(KEY_HEADER)] if self._is_idempotent else found

    def _body(self) -> Shape | None:
        serializer = self._input()
        if serializer is None:
            return None
        component = self.resolve_serializer(serializer, "request")
        is_needed = any(field.required for field in serializer().fields.values())
        return {
            "required": is_needed or self.method != "POST",
            "content": {self.view.takes: {"schema": component.ref}},
        }

    # drf-spectacular asks here; a field that is more than its class says so with a `shape`.
    def _map_serializer_field(
        self, field: serializers.Field[Any, Any, Any, Any], direction: str, bypass: bool = False
    ) -> Any:
        mapped = super()._map_serializer_field
        return getattr(field, "shape", None) or mapped(field, direction, bypass)  # type: ignore[no-untyped-call]

    # drf-spectacular asks for the name of a serializer's component here.
    def _get_serializer_name(
        self, serializer: Any, direction: Any, bypass_extensions: Any = False
    ) -> str:
        return naming.serializer_name(type(serializer))

    def _replies(self) -> dict[str, Any]:
        replies: dict[str, Any] = {}
        for status, shape in self._outputs().items():
            reply: dict[str, Any] = {"description": naming.STATUS[status]}
            if shape is not None:
                reply["content"] = {"application/json": {"schema": self._named(shape)}}
            if self._is_idempotent:
                reply["headers"] = {
                    "Idempotent-Replay": {"$ref": "#/components/headers/Idempotent-Replay"}
                }
            replies[str(status)] = reply
        return replies

    def _refusals(self) -> dict[str, Any]:
        by_status: dict[int, list[type[Problem]]] = defaultdict(list)
        for problem in self._problems():
            by_status[problem.status].append(problem)
        return {str(status): _refusal(by_status[status]) for status in sorted(by_status)}

    def _problems(self) -> list[type[Problem]]:
        """What the view raises, and what its kind of view may always answer."""
        found = list(self.view.problems(self.method))
        if not self.view.public:
            found += [*UNAUTHORIZED, errors.RateLimited]
            if self.view.needs_workspace:
                found.append(accounts.NoWorkspace)
            if self.method in CHANGING:
                found += [accounts.CrossSite]
                found += [accounts.Suspended] if self.view.needs_workspace else []
        if self.view.required_scope(self.method):
            found += [accounts.ScopeDenied, accounts.WriteDenied, accounts.AdminRequired]
        if self._input() is not None or self.method in self.view.params or self._is_idempotent:
            found.append(errors.BadRequest)
        if self._input() is not None:
            found += [errors.UnsupportedMediaType, errors.BodyTooLarge]
        if self._is_idempotent:
            found += [errors.IdempotencyConflict, errors.IdempotencyInProgress]
        return list(dict.fromkeys([*found, errors.InternalError, errors.Unavailable]))

    def _named(self, shape: Shape) -> Shape:
        return naming.lift(shape, self._register)

    def _register(self, title: str, shape: Shape) -> None:
        part = ResolvedComponent(
            name=title, type=ResolvedComponent.SCHEMA, schema=shape, object=title
        )
        self.registry.register_on_missing(part)
        assert self.registry[part].schema == shape, f"two shapes are named {title}"


def _is_list(shape: Shape | None) -> bool:
    properties = (shape or {}).get("properties", {})
    return len(properties) <= 2 and any(it.get("type") == "array" for it in properties.values())


def _refusal(problems: list[type[Problem]]) -> dict[str, Any]:
    """Point at a shared response where there is one, else list the codes here."""
    codes = sorted(problem.code for problem in problems)
    if len(codes) == 1:
        return {"$ref": f"#/components/responses/{codes[0]}"}
    if codes == sorted(problem.code for problem in UNAUTHORIZED):
        return {"$ref": "#/components/responses/unauthorized"}
    return refusal(codes)


def shared_refusals() -> dict[str, Any]:
    """Return the responses that operations point at."""
    alone = {code: refusal([code]) for code in sorted(errors.registry())}
    return {**alone, "unauthorized": refusal([problem.code for problem in UNAUTHORIZED])}


def refusal(codes: list[str]) -> dict[str, Any]:
    """Return a response that is the envelope with one of these codes."""
    return {
        "description": ", ".join(f"`{code}`" for code in codes),
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/Error"},
                "examples": {code: {"$ref": f"#/components/examples/{code}"} for code in codes},
            }
        },
    }
