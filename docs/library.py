"""The list of pages: what each is called, where it is, and what fills it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from accounts.roles import SCOPES
from docs import commands, markdown, pricing, reference, samples, snippets
from kernel import errors, events

TASK = "<describe your goal>"
CHANGELOG = Path(settings.BASE_DIR) / "CHANGELOG.md"
FRONT_GROUPS = ("Numbers", "Calls", "Wallet")


@dataclass(frozen=True, slots=True)
class Guide:
    """A page that stands for itself; `slug` is empty for the front page."""

    slug: str
    title: str
    about: str
    source: str
    code_beside: bool = False
    # Prices come from rows that change while a process lives.
    is_fresh: bool = False

    @property
    def path(self) -> str:
        return f"/developers/{self.slug}".rstrip("/")

    def text(self) -> str:
        return _fresh_text(self.source) if self.is_fresh else self.lasting_text()

    def lasting_text(self) -> str:
        """Return the text without what comes from rows."""
        return _guide_text(self.source)


GUIDES = (
    Guide("", "Overview", "Everything on one page.", "home", code_beside=True),
    Guide(
        "first-call", "Place your first call", "From an account to a ringing phone.", "first-call"
    ),
    Guide("ivr", "Build an IVR", "A menu, an agent, a message.", "ivr"),
    Guide("sdks", "SDKs", "Node.js, Python, PHP, Go and the browser.", "sdks"),
    Guide("webhooks", "Verify webhook signatures", "Headers, check, retries.", "webhooks"),
    Guide("laptop", "Test on your laptop", "Events and calls without a public URL.", "laptop"),
    Guide("cli", "Command line", "Every command, and how to sign in.", "cli"),
    Guide("mcp", "Let an assistant build it", "The MCP server and its tools.", "mcp"),
    Guide("test-mode", "Test mode and numbers", "Numbers with a fixed behaviour.", "test-mode"),
    Guide("bulk", "Call many people", "Rate, money, results, manners.", "bulk"),
    Guide("migrate", "Move to Sautikit", "From Twilio or Africa's Talking.", "migrate"),
    Guide("api", "API reference", "Every path, field, scope and error.", "api"),
    Guide("verbs", "Voice actions", "What a voice URL may answer.", "verbs"),
    Guide(
        "conferences",
        "Conferences and live calls",
        "Rooms, other actions, supervisors.",
        "conferences",
        is_fresh=True,
    ),
    Guide("sounds", "Sound files", "Upload one, or allow a host.", "sounds"),
    Guide("streams", "Audio streams", "Sound of a call over a WebSocket.", "streams"),
    Guide(
        "browser-calling", "Calls in the browser", "A phone in your own page.", "browser-calling"
    ),
    Guide("sip-phones", "Desk phones", "Any SIP phone as your number.", "sip-phones"),
    Guide("events", "Events", "What is sent to webhooks.", "events"),
    Guide("pricing", "Pricing", "Prices, and how to compute a bill.", "pricing", is_fresh=True),
    Guide("console", "Work in the console", "Palette, views, exports, request log.", "console"),
    Guide("team", "Work as a team", "Members, roles and the audit log.", "team"),
    Guide("limits", "Spending limits", "What calls may cost and reach.", "limits"),
    Guide("billing", "Statements and receipts", "Tax invoices, receipts, CSV.", "billing"),
    Guide("storage", "Storage of recordings", "Tiers, retention and prices.", "storage"),
    Guide("going-live", "Go live", "M-Pesa, a SIP trunk, prices.", "going-live"),
    Guide("operate", "Run it yourself", "Processes, health, backups.", "operate"),
    Guide("errors", "Errors", "Every code and what to do.", "errors"),
    Guide("changelog", "Changelog", "What changed, and when.", "changelog"),
)


# What the code declares and where it is served stay the same while a process lives.
@functools.cache
def _guide_text(source: str) -> str:
    return markdown.fill(source, context())


def _fresh_text(source: str) -> str:
    return markdown.fill(source, context() | pricing.tables())


def guide(slug: str) -> Guide | None:
    return next((it for it in GUIDES if it.slug == slug), None)


def context() -> dict[str, object]:
    """Return what every page may print."""
    return {
        "base_url": settings.PUBLIC_URL,
        "prompt": prompt(TASK),
        "events": reference.all_events(),
        "verbs": reference.verbs(),
        "problems": reference.problems(),
        "scopes": list(SCOPES.values()),
        "cli": commands.read(),
        "groups": reference.groups(),
        "objects": reference.objects(),
        "front_groups": reference.front_groups(FRONT_GROUPS),
        "everywhere": sorted(reference.everywhere()),
        "changelog": _changelog(),
        "sdks": (*samples.ALL, samples.BROWSER),
        "sdk_topics": samples.topics(),
        "place_tabs": samples.tabs("place"),
        "place_other_tabs": samples.tabs("place", without="node"),
        "voice_other_tabs": samples.tabs("voice", without="node"),
        "webhook_other_tabs": samples.tabs("webhook", without="node"),
        "is_sandbox": settings.SANDBOX,
        "programs": {name: snippets.tabs(name) for name in snippets.SNIPPETS},
    }


def _changelog() -> str:
    """Return the versions and what changed in them, without the title."""
    return CHANGELOG.read_text().partition("\n")[2].strip()


def prompt(task: str) -> str:
    """Return the text to paste into an assistant."""
    return markdown.fill("prompt", {"base_url": settings.PUBLIC_URL, "task": task}).strip()


def verb_names() -> list[str]:
    return [str(it["name"]) for it in reference.verbs()]


def event_names() -> list[str]:
    return sorted(events.catalogue())


def error_codes() -> list[str]:
    return sorted(errors.registry())


def error_text(code: str) -> str | None:
    problem = errors.registry().get(code)
    return _filled("error", reference.problem_page(problem)) if problem else None


def event_text(name: str) -> str | None:
    event = events.catalogue().get(name)
    return _filled("event", reference.event_page(event)) if event else None


def verb_text(name: str) -> str | None:
    verb = next((it for it in reference.verbs() if it["name"] == name), None)
    return _filled("verb", verb) if verb else None


def index() -> str:
    """Return llms.txt: what there is to read, one line each."""
    lines = [f"- [{it.title}]({settings.PUBLIC_URL}{_text_path(it)}): {it.about}" for it in GUIDES]
    verbs = [_line("verbs", str(it["name"]), str(it["summary"])) for it in reference.verbs()]
    sent = [_line("events", it["name"], it["summary"]) for it in reference.all_events()]
    refused = [_line("errors", str(it["code"]), str(it["summary"])) for it in reference.problems()]
    more = [
        f"- [OpenAPI 3.1]({settings.PUBLIC_URL}/openapi.public.yaml): the API for machines.",
        f"- [Voice grammar]({settings.PUBLIC_URL}/voice-actions.schema.json): JSON Schema.",
        f"- [All of it]({settings.PUBLIC_URL}/llms-full.txt): every page in one file.",
    ]
    head = (
        "# Sautikit\n\n> Programmable voice for Kenya: one REST API, paid from an M-Pesa wallet.\n"
    )
    parts = {
        "Documentation": lines,
        "Machine-readable": more,
        "Voice actions": verbs,
        "Events": sent,
        "Errors": refused,
    }
    written = [f"## {title}\n\n" + "\n".join(rows) + "\n" for title, rows in parts.items()]
    return "\n".join([head, *written])


def everything() -> str:
    """Return llms-full.txt: every page, one after the other."""
    return "\n---\n\n".join([*(it.text() for it in GUIDES), *_details()])


@functools.cache
def _details() -> list[str]:
    pages: list[tuple[Callable[[str], str | None], list[str]]] = [
        (verb_text, verb_names()),
        (event_text, event_names()),
        (error_text, error_codes()),
    ]
    return [write(name) or "" for write, names in pages for name in names]


def _filled(source: str, it: Mapping[str, object]) -> str:
    return markdown.fill(source, {"base_url": settings.PUBLIC_URL, "it": it})


def _line(folder: str, name: str, about: str) -> str:
    first = reference.sentence(about)
    return f"- [{name}]({settings.PUBLIC_URL}/developers/{folder}/{name}.md): {first}"


def _text_path(it: Guide) -> str:
    return f"{it.path}.md"
