"""The MCP server, driven by the official client as an assistant would: build a flow and test it."""

import sys

import anyio
import pytest
from mcp import Client, StdioServerParameters

from sautikit_site.quickstart.client import wait_for
from sautikit_site.quickstart.handler import CustomerServer
from tests.journeys.newcomer import signed_up
from tests.sdks.terminal import Terminal

pytestmark = pytest.mark.timeout(300)
BROKEN = {"actions": [{"say": {"txt": "Press one to hear more."}}]}
MENU = {
    "actions": [
        {"say": {"text": "Press one to hear more."}},
        {"getDigits": {"numDigits": 1, "timeout": 8, "action": "/more"}},
    ]
}
MORE = {"actions": [{"say": {"text": "Thank you."}}, {"hangup": {}}]}
READING = {
    "whoami", "list_calls", "get_call", "call_events", "list_numbers", "available_numbers",
    "wallet_balance", "wallet_statement", "lint_document", "rehearse_document",
}  # fmt: skip
CHANGING = {"create_call", "hangup_call", "claim_number"}


@pytest.fixture(scope="module")
def person(stack):
    with CustomerServer() as server:
        story = signed_up(stack.url, server)
        story.onboard()
        yield story


def key(person, mode):
    wish = {"label": "assistant", "mode": mode}
    return person.api.call("POST", "/v1/api-keys", wish)["secret"]


def started(stack, folder, secret, *words):
    """Return how an assistant starts the server."""
    env = {**Terminal(stack.url, folder).env, "SAUTIKIT_API_KEY": secret}
    return StdioServerParameters(
        command=sys.executable, args=["-m", "sautikit", "mcp", *words], env=env
    )


def fund(stack, secret):
    """Put test money into the wallet."""
    from sautikit_site.quickstart.client import Client as Api

    api = Api(stack.url, key=secret)
    wish = {"amount_minor": 50_000, "currency": "KES", "phone_e164": "+254712345678"}
    topup = api.call("POST", "/v1/topups", wish)

    def look():
        found = api.call("GET", f"/v1/topups/{topup['topup_id']}")
        return found if found["status"] == "confirmed" else None

    wait_for("the test top-up", look)


async def build_and_test_a_flow(parameters):
    """Do what an assistant does that was asked for a menu; gives what it saw."""
    seen = {}
    async with Client(parameters) as client:

        async def use(name, **told):
            done = await client.call_tool(name, told)
            assert not done.is_error, done.content
            return done.structured_content

        listed = (await client.list_tools()).tools
        seen["tools"] = {it.name: it.annotations.read_only_hint for it in listed}
        grammar = await client.read_resource("sautikit://voice-actions.schema.json")
        seen["grammar"] = grammar.contents[0].text
        seen["me"] = await use("whoami")
        seen["broken"] = await use("lint_document", document=BROKEN)
        seen["good"] = await use("lint_document", document=MENU)
        script = [{"kind": "digits", "digits": "1"}]
        seen["rehearsal"] = await use(
            "rehearse_document", document=MENU, documents={"/more": MORE}, inputs=script
        )
        offered = await use("available_numbers", limit=5)
        # The first two belong to the lines that the pages print.
        claimed = await use("claim_number", e164=offered["available"][4]["e164"])
        seen["numbers"] = await use("list_numbers")
        call = await use(
            "create_call", to="+254711000002", documents={"/voice": MENU, "/more": MORE}
        )
        seen["call"] = call
        seen["events"] = await use("call_events", call_id=call["id"])
        seen["calls"] = await use("list_calls")
        seen["hangup"] = await use("hangup_call", call_id=call["id"])
        seen["balance"] = await use("wallet_balance")
        seen["movements"] = await use("wallet_statement")
        seen["read"] = await use("get_call", call_id=call["id"])
        seen["refused"] = await client.call_tool("claim_number", {"e164": claimed["e164"]})
    return seen


def test_an_assistant_builds_a_flow_and_tests_it_with_a_call(stack, person, tmp_path):
    secret = key(person, "test")
    fund(stack, secret)
    seen = anyio.run(build_and_test_a_flow, started(stack, tmp_path, secret))
    assert {name for name, reads in seen["tools"].items() if reads} == READING
    assert {name for name, reads in seen["tools"].items() if not reads} == CHANGING
    assert "getDigits" in seen["grammar"]
    assert seen["me"]["mode"] == "test"
    assert not seen["broken"]["valid"]
    assert "text" in seen["broken"]["mended"]
    assert seen["good"]["valid"]
    assert seen["rehearsal"]["outcome"] == "completed"
    assert seen["call"]["status"] == "completed"
    paths = [it["path"] for it in seen["call"]["voice_requests"]]
    assert paths == ["/voice", "/more"]
    assert seen["call"]["voice_requests"][1]["form"]["Digits"] == "1"
    kinds = [it["kind"] for it in seen["events"]["events"]]
    assert kinds[0] == "call.started"
    assert kinds[-1] == "call.completed"
    assert seen["calls"]["calls"][0]["id"] == seen["call"]["id"] == seen["read"]["id"]
    assert len(seen["numbers"]["numbers"]) == 1
    assert seen["balance"]["available_minor"] < 50_000
    assert {"topup", "rental", "call"} <= {it["kind"] for it in seen["movements"]["movements"]}
    assert seen["refused"].is_error
    assert "numbers.already_claimed" in seen["refused"].content[0].text


async def whoami(parameters):
    async with Client(parameters) as client:
        return (await client.call_tool("whoami", {})).structured_content, client.instructions


def test_a_live_key_needs_a_word_of_its_own(stack, person, tmp_path):
    secret = key(person, "live")
    at = Terminal(stack.url, tmp_path)
    at.run("mcp", code=2, SAUTIKIT_API_KEY=secret)
    assert "spend money" in at.problem
    me, instructions = anyio.run(whoami, started(stack, tmp_path, secret, "--live"))
    assert me["mode"] == "live"
    assert "LIVE" in instructions
