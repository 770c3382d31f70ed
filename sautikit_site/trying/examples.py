"""Voice documents to begin with; a test plays each of them through the interpreter."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Example:
    """A document, and what the server answers at the addresses it names."""

    slug: str
    title: str | Promise
    document: str
    answers: dict[str, str] = field(default_factory=dict)


MENU = """{
  "actions": [
    {"getDigits": {
      "numDigits": 1,
      "timeout": 6,
      "action": "/voice/choice",
      "nested": [
        {"say": {"text": "Karibu. For sales press 1. To leave a message press 2."}}
      ]
    }},
    {"say": {"text": "We did not get that. Goodbye."}}
  ]
}
"""
CHOICE = """{
  "actions": [
    {"say": {"text": "Connecting you to sales."}},
    {"dial": {"number": "+254712345678", "timeout": 20, "action": "/voice/after"}}
  ]
}
"""
AFTER = """{
  "actions": [
    {"say": {"text": "Nobody is free now. Please leave a message after the tone."}},
    {"record": {"maxLength": 60, "action": "/voice/thanks"}}
  ]
}
"""
THANKS = """{"actions": [{"say": {"text": "Asante. We will call you back."}}]}
"""
NOTICE = """{
  "actions": [
    {"say": {
      "text": "Habari. Malipo yako ya shilingi elfu moja yamepokelewa. Asante.",
      "language": "sw-KE"
    }},
    {"hangup": {}}
  ]
}
"""
MESSAGE = """<Response>
  <Say>You have reached Acme. Please leave a message after the tone.</Say>
  <Record maxLength="60" finishOnKey="#" action="/voice/thanks"/>
</Response>
"""
ROOM = """<Response>
  <Say>You are joining the morning meeting.</Say>
  <Conference startOnEnter="true" endOnExit="false">morning</Conference>
  <Say>The meeting is over. Goodbye.</Say>
</Response>
"""

EXAMPLES = (
    Example(
        "menu",
        _("A menu with keys"),
        MENU,
        {"/voice/choice": CHOICE, "/voice/after": AFTER, "/voice/thanks": THANKS},
    ),
    Example("notice", _("A spoken notice"), NOTICE),
    Example("message", _("Take a message"), MESSAGE, {"/voice/thanks": THANKS}),
    Example(
        "forward", _("Forward to a phone"), CHOICE, {"/voice/after": AFTER, "/voice/thanks": THANKS}
    ),
    Example("room", _("A meeting room"), ROOM),
)
BY_SLUG = {each.slug: each for each in EXAMPLES}
