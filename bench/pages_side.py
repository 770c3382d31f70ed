"""What lies beside a long history of calls: requests, changes, callbacks, payments and deliveries."""

from __future__ import annotations

from typing import Final, LiteralString
from uuid import UUID

import psycopg

# One beside so many calls: what reads the whole of a table shows as well, and is laid in a tenth of
# the time. Of what a filter finds there is a full page beside ten thousand calls already: a page of
# twenty rows against one of fifty would compare the rows, not the histories.
EVERY: Final = 10

_ID: Final[LiteralString] = "('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"
_AT: Final[LiteralString] = "now() - (%(rows)s - n) * interval '50 minutes'"
_EACH: Final[LiteralString] = "generate_series(1, %(rows)s) AS n"

STATEMENTS: Final[dict[str, LiteralString]] = {
    "accounts_apirequest": f"""
        INSERT INTO accounts_apirequest (id, workspace_id, mode, method, path, status, milliseconds,
                                         request_id, error_code, created_at)
        SELECT {_ID}, %(workspace)s, 'live', CASE WHEN n %% 2 = 0 THEN 'GET' ELSE 'POST' END,
               '/v1/calls', CASE WHEN n %% 10 = 0 THEN 500 ELSE 200 END, 12, 'copy-' || n, '', {_AT}
          FROM {_EACH}""",
    "kernel_auditentry": f"""
        INSERT INTO kernel_auditentry (id, workspace_id, actor, action_kind, subject, reason,
                                       request_id, created_at)
        SELECT {_ID}, %(workspace)s, 'system',
               CASE WHEN n %% 10 = 0 THEN 'webhook.created' ELSE 'webhook.changed' END,
               'copy:' || n, '', '', {_AT} FROM {_EACH}""",
    "telephony_fetch": f"""
        INSERT INTO telephony_fetch (id, call_id, ticket, url, method, purpose, params, state, error,
                                     sent, answer, answer_type, created_at)
        SELECT {_ID}, {_ID}, '', 'https://a.example/', 'POST', 'voice', '{{}}', 'done', '', '{{}}',
               '', '', {_AT} FROM {_EACH}""",
    "telephony_conference": f"""
        INSERT INTO telephony_conference (id, workspace_id, mode, name, status, participants_max,
                                          notices_count, created_at, started_at, ended_at)
        SELECT {_ID}, %(workspace)s, 'live', 'room ' || n, 'ended', 10, 0, {_AT}, {_AT}, {_AT}
          FROM {_EACH}""",
    "wallet_topup": f"""
        INSERT INTO wallet_topup (id, workspace_id, mode, channel, status, amount_minor, currency,
                                  phone_e164, account_ref, merchant_request_id, provider_reference,
                                  paid_minor, result_code, failure_reason, failure_source,
                                  queries_count, created_at, paid_at, expires_at)
        SELECT {_ID}, %(workspace)s, 'live', 'stk', 'paid', 50000, 'KES', '+254712345678', 'COPY', '',
               'COPY' || n, 50000, '', '', '', 0, {_AT}, {_AT}, {_AT} FROM {_EACH}""",
    "wallet_mpesareceipt": f"""
        INSERT INTO wallet_mpesareceipt (receipt_no, shortcode, amount_minor, currency, first_source,
                                         created_at, status, sources, bill_ref_raw, bill_ref,
                                         msisdn_raw, msisdn_tail, workspace_id, topup_id, verified_by)
        SELECT 'COPY' || n, '409900', 50000, 'KES', 'c2b', {_AT},
               CASE WHEN n %% (%(rows)s / 20) = 0 THEN 'suspense' ELSE 'credited' END, '{{c2b}}', '', '', '', '678',
               %(workspace)s, {_ID}, '' FROM {_EACH}""",
    "webhooks_delivery": """
        INSERT INTO webhooks_delivery (id, workspace_id, mode, event_id, endpoint_id, target, lane,
                                       url, call_id, status, attempts_count, last_error, created_at)
        SELECT event_id, workspace_id, mode, id, %(endpoint)s, 'endpoint:' || %(endpoint)s::text,
               'endpoint:' || %(endpoint)s::text, 'https://a.example/', call_id,
               CASE WHEN id %% 10 = 0 THEN 'dead_letter' ELSE 'delivered' END, 1, '', occurred_at
          FROM kernel_event WHERE workspace_id = %(workspace)s AND sequence > 100
           AND sequence <= 100 + %(rows)s""",
    "webhooks_attempt": """
        INSERT INTO webhooks_attempt (id, delivery_id, lane, number, request_headers, error, address,
                                      response_status, response_body, duration_ms, created_at)
        SELECT id, id, lane, 1, '{}', '', '', 200, '', 5, created_at
          FROM webhooks_delivery WHERE endpoint_id = %(endpoint)s""",
}


def fill(server: psycopg.Connection, workspace_id: UUID, endpoint_id: UUID, calls: int) -> None:
    """Lay them beside so many calls."""
    values = {"rows": calls // EVERY, "workspace": workspace_id, "endpoint": endpoint_id}
    for table, statement in STATEMENTS.items():
        server.execute(statement, values)
        server.execute(f"VACUUM ANALYZE {table}")  # type: ignore[arg-type]  # A name from above.
