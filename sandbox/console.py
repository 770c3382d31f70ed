"""The sandbox's pages: what is simulated, the mailbox, the phones, and the forwarded API."""

import json
import re
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from sandbox import trap_words
from sandbox.client import SandboxDownError, ask, read

SEED_PHONES = ("+254712345678", "+254700000000")
FIXED_PHONES = tuple(f"+25471100000{number}" for number in range(1, 10))
FORWARDED = re.compile(
    r"mail(/\d+)?|phones/\+254\d{9}(/(stk|call|mpesa|paybill|calls/[0-9a-f]+\.wav))?"
    r"|daraja/(traps|statement)"
)
MOBILE = re.compile(r"\+254[17]\d{8}")
KEYS = "123456789*0#"
MAIL_KEPT_QUERY_MAX = 200

# The JSON of the sandbox's own API.
Json = dict[str, Any]


class Page(View):
    """A page of the sandbox; says so when the sandbox process is not there."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer 503 with a page instead of an error."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except SandboxDownError:
            return render(request, "sandbox/down.html", status=503)


class HomePage(Page):
    """What is simulated, and where to go."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the page, or go to the phone that was asked for."""
        if "phone" in request.GET:
            return go_to_phone(request, request.GET["phone"])
        context = {
            "phones": SEED_PHONES,
            "fixed": list(zip(FIXED_PHONES, fixed_behaviours(), strict=True)),
            "sip_port": settings.SANDBOX_SIP_PORT,
            "trap_sentences": trap_words.SENTENCES.values(),
            "sandbox_url": settings.SANDBOX_URL,
        }
        return render(request, "sandbox/home.html", context)


class MailPage(Page):
    """The mailbox, and one message of it."""

    def get(self, request: HttpRequest, key: int | None = None) -> HttpResponse:
        """Show the list beside the message that was opened."""
        to = request.GET.get("to", "")[:MAIL_KEPT_QUERY_MAX]
        listed = read("/mail", query=urlencode({"to": to}))["messages"]
        opened = read(f"/mail/{key}") if key else None
        if key and opened is None:
            raise Http404
        for message in (*listed, *([opened] if opened else [])):
            message["received_at"] = datetime.fromisoformat(message["received_at"])
        return render(request, "sandbox/mail.html", {"mail": listed, "opened": opened, "to": to})


class PhonePage(Page):
    """One simulated phone."""

    def get(self, request: HttpRequest, e164: str) -> HttpResponse:
        """Show the phone, or only its screen for the script of the page."""
        check_mobile(e164)
        template = "screen" if request.GET.get("part") == "screen" else "phone"
        return render(request, f"sandbox/{template}.html", phone_context(e164))

    def post(self, request: HttpRequest, e164: str) -> HttpResponse:
        """Do what a button says and come back; works without scripts."""
        check_mobile(e164)
        asked = request.POST.get("door")
        door = asked if asked in ("stk", "paybill") else "call"
        names = ("action", "id", "pin", "digits", "to", "business", "account", "amount")
        action = {name: request.POST[name] for name in names if name in request.POST}
        reply = ask("POST", f"/phones/{e164}/{door}", body=json.dumps(action).encode())
        if not reply.is_success:
            messages.error(request, str(reply.json().get("error", "")))
        return redirect(phone_url(e164))


class TrapsPage(Page):
    """What goes wrong with M-Pesa, for one phone or for all."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show each trap with a sentence and how it stands."""
        phone = trapped_phone(request.GET.get("phone", ""))
        if phone is None:
            messages.error(request, gettext("A Kenyan mobile number looks like 0712 345 678."))
            phone = "*"
        return render(request, "sandbox/traps.html", traps_context(phone))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Set what the form says, and only what is no default."""
        phone = trapped_phone(request.POST.get("phone", "")) or "*"
        asked = {} if "clear" in request.POST else read_form(request)
        body = json.dumps({"phone": phone, "traps": asked}).encode()
        reply = ask("PUT", "/daraja/traps", body=body)
        if reply.is_success:
            messages.success(request, gettext("The traps are set."))
        else:
            messages.error(request, str(reply.json().get("error", "")))
        return redirect(f"{reverse('sandbox:traps')}?{urlencode({'phone': phone})}")


@method_decorator(csrf_exempt, name="dispatch")
class Api(View):
    """The sandbox's API under our own address, for programs and for the pages' scripts."""

    http_method_names = ("get", "post", "put")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Forward what is listed, from our own pages and from programs only."""
        path = str(kwargs["path"])
        if not FORWARDED.fullmatch(path):
            return JsonResponse({"error": "There is no such path."}, status=404)
        if not is_own_origin(request.headers.get("Origin")):
            return JsonResponse({"error": "Another site may not do this."}, status=403)
        try:
            return super().dispatch(request, *args, **kwargs)
        except SandboxDownError:
            return JsonResponse({"error": "The sandbox is not running."}, status=503)

    def get(self, request: HttpRequest, path: str) -> HttpResponse:
        """Forward a read."""
        return forward(request, path)

    def post(self, request: HttpRequest, path: str) -> HttpResponse:
        """Forward an action."""
        return forward(request, path)

    def put(self, request: HttpRequest, path: str) -> HttpResponse:
        """Forward a setting."""
        return forward(request, path)


def forward(request: HttpRequest, path: str) -> HttpResponse:
    """Send the request on and give the reply back."""
    reply = ask(
        str(request.method),
        f"/{path}",
        query=request.META.get("QUERY_STRING", ""),
        body=request.body or None,
    )
    kind = reply.headers.get("Content-Type", "application/json")
    answer = HttpResponse(reply.content, status=reply.status_code, content_type=kind)
    if name := reply.headers.get("Content-Disposition"):
        answer["Content-Disposition"] = name
    return answer


def is_own_origin(origin: str | None) -> bool:
    """Accept no origin (a program) and our own; a page of another site is refused."""
    return origin is None or origin.rstrip("/") == settings.PUBLIC_URL.rstrip("/")


def phone_context(e164: str) -> Json:
    """Collect what the phone's templates show."""
    state = read(f"/phones/{e164}")
    for message in state["mpesa"]["messages"]:
        message["at"] = datetime.fromisoformat(message["at"])
    return {
        "e164": e164,
        "phone_state": state,
        "call": state["call"],
        "prompt": state["mpesa"]["prompt"],
        "screen": screen_of(state),
        "keys": KEYS,
        "socket_url": socket_url(e164),
        "sip_port": settings.SANDBOX_SIP_PORT,
    }


def screen_of(state: Json) -> str:
    """Name what fills the screen; a prompt covers a call, as on a real phone."""
    call = state["call"]
    if state["mpesa"]["prompt"]:
        return "prompt"
    if call is None:
        return "idle"
    if call["state"] == "up":
        return "up"
    return "ringing" if call["direction"] == "in" else "dialling"


def socket_url(e164: str) -> str:
    """Say where the page's WebSocket is."""
    live = urlsplit(settings.LIVE_URL)
    scheme = "wss" if live.scheme == "https" else "ws"
    return f"{scheme}://{live.netloc}/sandbox/phone/{quote(e164, safe='+')}/ws"


def trapped_phone(typed: str) -> str | None:
    """Return the number typed in any of its forms; `*` for nothing, None for what is no number."""
    if typed.strip() in ("", "*"):
        return "*"
    digits = re.sub(r"\D", "", typed)
    e164 = "+254" + digits.removeprefix("254").removeprefix("0")
    return e164 if MOBILE.fullmatch(e164) else None


def traps_context(phone: str) -> Json:
    """Collect every trap with its sentence and its value for a phone."""
    state = read("/daraja/traps")
    values = {**state["known"], **state["traps"].get(phone, {})}

    def shown(name: str) -> Json:
        choices = state["choices"].get(name)
        is_flag = isinstance(values[name], bool)
        return {
            "name": name,
            "value": values[name],
            "choices": choices,
            "kind": "choice" if choices else "flag" if is_flag else "number",
            "sentence": trap_words.SENTENCES[name],
        }

    groups = [
        {"title": title, "traps": [shown(name) for name in names]}
        for title, names in trap_words.GROUPS
    ]
    return {"phone": phone, "groups": groups, "others": sorted(state["traps"])}


def read_form(request: HttpRequest) -> Json:
    """Read the traps of the form; what cannot be read is sent on, to be refused with a reason."""
    state, asked = read("/daraja/traps"), {}
    for name, default in state["known"].items():
        said = request.POST.get(name, "")
        value: object = said
        if isinstance(default, bool):
            value = said == "on"
        elif isinstance(default, int | float):
            value = number_of(said, default)
        if value != default:
            asked[name] = value
    return asked


def number_of(said: str, default: int | float) -> object:
    """Read a number as whole as the trap wants it; an empty field is the default."""
    try:
        return default if not said.strip() else type(default)(said)
    except ValueError:
        return said


def go_to_phone(request: HttpRequest, typed: str) -> HttpResponse:
    """Go to the phone of a number typed in any of its forms."""
    e164 = trapped_phone(typed)
    if e164 not in (None, "*"):
        return redirect(phone_url(str(e164)))
    messages.error(request, gettext("A Kenyan mobile number looks like 0712 345 678."))
    return redirect("sandbox:home")


def phone_url(e164: str) -> str:
    """Write the address of a phone's page."""
    return reverse("sandbox:phone", args=[e164])


def check_mobile(e164: str) -> None:
    """Refuse what is no mobile number."""
    if not MOBILE.fullmatch(e164):
        raise Http404


def fixed_behaviours() -> tuple[str, ...]:
    """Say what each fixed number does."""
    return (
        gettext("answers and speaks (a tone melody)"),
        gettext("answers, hears the prompt, presses 1"),
        gettext("is busy"),
        gettext("rejects"),
        gettext("never answers"),
        gettext("hangs up after 10 seconds"),
        gettext("echoes what it hears"),
        gettext("answers after 5 seconds"),
        gettext("fails with 503"),
    )
