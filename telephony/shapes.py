"""What the replies of telephony look like."""

from kernel.shapes import FLAG, TEXT, listing, record, said
from telephony.interpreter.document import ACTIONS_MAX
from telephony.interpreter.verb import action_schema
from telephony.verbs import ALL

WHERE = said(TEXT, "A JSON path, or the line, column and element of XML.")
FAULT = record(
    "VoiceFault",
    {
        "where": WHERE,
        "message": said(TEXT, "What is wrong there."),
        "mend": said(TEXT, "What to write instead."),
    },
)
WARNING = record(
    "VoiceWarning",
    {"where": WHERE, "message": said(TEXT, "What was skipped, or never runs.")},
)
VERDICT = record(
    "VoiceVerdict",
    {
        "valid": said(FLAG, "Whether a call would run the document."),
        "errors": said(listing(FAULT), "Every action that cannot be read."),
        "warnings": listing(WARNING),
    },
)
ACTIONS = {"type": "array", "maxItems": ACTIONS_MAX, "items": action_schema(ALL)}
