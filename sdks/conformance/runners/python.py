"""Runs the steps of the suite with the Python SDK: one JSON a line in, one JSON a line out."""

import asyncio
import base64
import json
import keyword
import re
import sys

from sautikit import (
    AsyncSautikit,
    Sautikit,
    SautikitError,
    SignatureError,
    sauti,
    verify_signature,
    verify_webhook,
    voice,
    voice_response,
)


def snake(name):
    made = re.sub(r"([A-Z])", lambda letter: f"_{letter[1].lower()}", name)
    return f"{made}_" if keyword.iskeyword(made) else made


def options(step):
    told = step["client"]
    found = {"api_key": told["api_key"], "base_url": told["base_url"]}
    if "max_retries" in told:
        found["max_retries"] = told["max_retries"]
    if "timeout_ms" in told:
        found["timeout"] = told["timeout_ms"] / 1000
    return found


def arguments(step):
    named = {snake(name): value for name, value in step.get("params", {}).items()}
    if step["do"] == "uploads.audio" and "file" in named:
        named["file"] = base64.b64decode(named["file"])
    if step.get("key"):
        named["idempotency_key"] = step["key"]
    args = step.get("args", [])
    if step["do"] in ("voice.validate", "calls.actions"):
        return [*args, step["params"]], {}
    return args, named


def method(client, step):
    resource, verb = step["do"].split(".")
    return getattr(getattr(client, resource), verb)


def messages(found):
    return [{"name": it.name, "number": it.number, "data": it.data} for it in found]


def call(step):
    client = Sautikit(**options(step))
    if step["do"] == "request":
        return client.request(
            step["method"], step["path"], query=step.get("query"), body=step.get("body")
        )
    if step["do"] == "stream":
        return messages(client.stream(step["url"], last_event_id=step.get("last", "")))
    args, named = arguments(step)
    answer = method(client, step)(*args, **named)
    if step.get("rows"):
        return list(answer)
    return answer.page() if hasattr(answer, "page") else answer


async def call_async(step):
    async with AsyncSautikit(**options(step)) as client:
        if step["do"] == "request":
            return await client.request(
                step["method"], step["path"], query=step.get("query"), body=step.get("body")
            )
        if step["do"] == "stream":
            found = client.stream(step["url"], last_event_id=step.get("last", ""))
            return messages([it async for it in found])
        args, named = arguments(step)
        answer = method(client, step)(*args, **named)
        return [it async for it in answer] if step.get("rows") else await answer


def build(step):
    made = voice()
    actions = []
    for verb, given in step["actions"]:
        named = {snake(name): value for name, value in given.items()}
        if "nested" in named:
            named["nested"] = [getattr(sauti, snake(v))(**inner) for v, inner in named["nested"]]
        if step["style"] == "fluent":
            made = getattr(made, snake(verb))(**named)
        else:
            actions.append(getattr(sauti, snake(verb))(**named))
    return made.to_dict() if step["style"] == "fluent" else voice_response(*actions)


def signature(step):
    more = {"tolerance_seconds": step["tolerance"]} if "tolerance" in step else {}
    return [step["body"], step["signature"], step["secrets"]], {**more, "now": step["now"]}


def run(step, is_async):
    if step["do"] == "build":
        return build(step)
    if step["do"] in ("verify", "event"):
        args, named = signature(step)
        if step["do"] == "event":
            return verify_webhook(*args, **named)
        try:
            verify_signature(*args, **named)
        except SignatureError:
            return False
        return True
    return asyncio.run(call_async(step)) if is_async else call(step)


def answer(step, is_async):
    try:
        return {"ok": run(step, is_async)}
    except SignatureError:
        return {"unsigned": True}
    except SautikitError as it:
        return {
            "error": {
                "status": it.status,
                "code": it.code,
                "message": it.message,
                "request_id": it.request_id or None,
                "doc_url": it.doc_url or None,
                "fields": it.fields,
                "retry_after_seconds": it.retry_after_seconds,
            }
        }
    except (AttributeError, TypeError, ValueError) as it:
        return {"invalid": str(it)}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line), "--async" in sys.argv)), flush=True)
