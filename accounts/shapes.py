"""What the replies of accounts look like."""

from accounts.roles import ROLE_SCOPES, SCOPES
from accounts.states import WORKSPACE as LIFE
from kernel import audit
from kernel.shapes import (
    ANYTHING,
    COUNT,
    CURRENCY,
    FLAG,
    MINOR,
    PAGE_PARAMS,
    TEXT,
    TIME,
    URL,
    UUID,
    extended,
    listing,
    maybe,
    page_of,
    record,
    said,
    words,
)

MODE = words(["live", "test"])
ROLE = words(ROLE_SCOPES)
SECRET = said(maybe(TEXT), "Shown once: a replay of the same Idempotency-Key has null here.")

PERSON = record("Person", {"id": UUID, "email": TEXT, "name": TEXT})
WORKSPACE = record(
    "Workspace",
    {
        "id": UUID,
        "name": TEXT,
        "slug": TEXT,
        "country": TEXT,
        "currency": said(CURRENCY, "Locked after creation."),
        "mpesa_account_ref": said(TEXT, "The account number for paying by Paybill."),
        "status": words(LIFE.states),
        "created_at": TIME,
    },
)
SENT = record("MagicLinkSent", {"status": words(["sent"])})
SIGNED_IN = record(
    "SignedIn",
    {
        "status": words(["signed_in", "second_step_required"]),
        "user": PERSON,
        "workspace_id": maybe(UUID),
        "next": maybe(TEXT),
    },
)
SESSION = record(
    "Session",
    {
        "user": PERSON,
        "workspace_id": maybe(UUID),
        "mode": MODE,
        "role": maybe(ROLE),
        "scopes": listing(words(SCOPES)),
        "workspaces": listing(extended("WorkspaceOfPerson", WORKSPACE, {"role": ROLE})),
    },
)
SWITCHED = extended("WorkspaceInMode", WORKSPACE, {"mode": MODE})
ONBOARDED = record(
    "Onboarded",
    {
        "workspace_id": UUID,
        "workspace": WORKSPACE,
        "wallet": record("OpenedWallet", {"balance_minor": MINOR, "currency": CURRENCY}),
        "signing_secret": said(TEXT, "Signs voice callbacks; shown once."),
    },
)
ROTATED = record("SigningSecret", {"signing_secret": SECRET})
KEY = record(
    "ApiKey",
    {
        "id": UUID,
        "label": TEXT,
        "prefix": said(TEXT, "The first characters, to tell keys apart."),
        "mode": MODE,
        "scopes": maybe(listing(TEXT)),
        "marketing": said(FLAG, "Whether its calls begin from 07:00 to 19:00 in Nairobi only."),
        "status": words(["active", "expired", "revoked"]),
        "created_by": UUID,
        "created_at": TIME,
        "last_used_at": maybe(TIME),
        "expires_at": maybe(TIME),
        "revoked_at": maybe(TIME),
    },
)
KEYS = page_of(KEY)
NEW_KEY = extended("NewApiKey", KEY, {"secret": SECRET})
DEVICE_CODE = record(
    "DeviceCode",
    {
        "device_code": said(TEXT, "The program keeps it and tells nobody."),
        "user_code": said(
            {**TEXT, "examples": ["WDJB-MJHT"]}, "What the person compares or types."
        ),
        "verification_uri": said(URL, "Where the person goes."),
        "verification_uri_complete": said(URL, "The same with the code filled in."),
        "expires_in": said(COUNT, "Seconds until the codes are too old."),
        "interval": said(COUNT, "Seconds to wait between two requests for the key."),
    },
)
DEVICE_TOKEN = record(
    "DeviceToken",
    {
        "access_token": said(TEXT, "The API key; shown this once."),
        "token_type": words(["bearer"]),
        "expires_in": said(COUNT, "Seconds until the key ends."),
        "scope": said(TEXT, "Its scopes, with blanks between them."),
        "api_key": KEY,
        "workspace": WORKSPACE,
    },
)
MEMBER = record("Member", {"id": UUID, "user": PERSON, "role": ROLE, "created_at": TIME})
MEMBERS = page_of(MEMBER)
INVITATION = record(
    "Invitation",
    {
        "id": UUID,
        "email": TEXT,
        "role": ROLE,
        "status": words(["pending", "accepted", "revoked", "expired"]),
        "invited_by": maybe(TEXT),
        "created_at": TIME,
        "sent_at": TIME,
        "expires_at": said(TIME, "7 days after the last mail."),
    },
)
INVITATIONS = page_of(INVITATION)
SEAT = record("Seat", {"workspace_id": UUID, "role": ROLE})
AUDIT_ENTRY = record(
    "AuditEntry",
    {
        "id": UUID,
        "action_kind": TEXT,
        "actor": said(TEXT, "Who did it: `user:`, `key:` or `operator:` and an id, or a job."),
        "subject": said(TEXT, "What it was done to."),
        "before": said(maybe(ANYTHING), "What was changed, as it was."),
        "after": said(maybe(ANYTHING), "What was changed, as it is now."),
        "reason": TEXT,
        "created_at": TIME,
    },
)
AUDIT_ENTRIES = page_of(AUDIT_ENTRY)
AUDIT_PARAMS = {
    **PAGE_PARAMS,
    "action_kind": said(words(audit.kinds()), "One kind of action."),
    "actor": said(TEXT, "Who did it, such as `user:` and an id."),
    "from": said(TIME, "Not before."),
    "to": said(TIME, "Before."),
}
