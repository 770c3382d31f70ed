"""The statements behind the first page of the back office: each looks by an index, none counts a log."""

from __future__ import annotations

from typing import Final

# A call's net is what it cost less the VAT inside it, as the ledger books it; what the carrier takes
# comes from the version of the price that the call kept, and is unknown where nobody wrote it down.
DAYS_SQL: Final = """
    SELECT (c.ended_at AT TIME ZONE 'Africa/Nairobi')::date AS day,
           count(*), count(*) FILTER (WHERE c.answered_at IS NOT NULL),
           coalesce(sum(c.duration_seconds), 0)::bigint,
           coalesce(sum(c.cost_minor - (2 * 1600 * c.cost_minor + 11600) / (2 * 11600)), 0)::bigint,
           coalesce(sum((c.duration_seconds * r.cost_minor_per_minute + 59) / 60), 0)::bigint,
           coalesce(sum(c.duration_seconds) FILTER (WHERE r.cost_minor_per_minute IS NULL), 0)::bigint
      FROM calls_call c LEFT JOIN calls_rate r ON r.id = c.rate_id
     WHERE c.mode = 'live' AND c.ended_at >= %(since)s
     GROUP BY day
"""
RENTS_SQL: Final = """
    SELECT day, sum(net)::bigint FROM (
        SELECT (r.created_at AT TIME ZONE 'Africa/Nairobi')::date AS day,
               r.net_minor - r.refund_net_minor AS net
          FROM numbers_rental r JOIN numbers_number n ON n.id = r.number_id
         WHERE n.mode = 'live' AND r.id >= %(first)s
        UNION ALL
        SELECT (c.created_at AT TIME ZONE 'Africa/Nairobi')::date, c.net_minor
          FROM calls_storagecharge c JOIN calls_storageplan p ON p.id = c.plan_id
         WHERE p.mode = 'live' AND c.created_at >= %(since)s
    ) money GROUP BY day
"""
HOURS_SQL: Final = """
    SELECT hour, count(e.id)
      FROM generate_series(date_trunc('hour', %(since)s::timestamptz), now(), '1 hour') AS hour
      LEFT JOIN wallet_mpesaevent e
        ON e.received_at >= hour AND e.received_at < hour + interval '1 hour'
     GROUP BY hour ORDER BY hour
"""
PLACES_SQL: Final = """
    SELECT p.name || ' on ' || p.host,
           CASE WHEN p.draining_at IS NOT NULL THEN 'draining'
                WHEN e.closed_at IS NULL AND e.lease_until > now() AND e.sip_port > 0 THEN 'ready'
                ELSE 'away' END,
           (SELECT count(*) FROM calls_leg l WHERE l.engine_id = p.engine_id AND l.state <> 'ended')
      FROM telephony_engineplace p LEFT JOIN telephony_engine e ON e.id = p.engine_id
     ORDER BY p.host, p.name
"""
NOW_SQL: Final = """
    SELECT (SELECT count(*) FROM calls_call WHERE status IN ('ringing', 'answered')) AS live_calls,
           (SELECT max(received_at) FROM wallet_mpesaevent) AS last_callback_at,
           (SELECT count(*) FROM wallet_mpesaevent
             WHERE received_at >= %(day_ago)s) AS callbacks,
           (SELECT count(*) FROM wallet_mpesaevent
             WHERE received_at >= %(day_ago)s AND processed_at IS NULL) AS unread_callbacks,
           (SELECT count(*) FROM wallet_topup WHERE id >= %(first)s AND status = 'paid') AS paid,
           (SELECT count(*) FROM wallet_topup WHERE id >= %(first)s AND status = 'failed') AS failed,
           (SELECT count(*) FROM wallet_topup WHERE id >= %(first)s
               AND status IN ('submitted', 'submit_unknown', 'confirming')) AS waiting_prompts,
           (SELECT count(*) FROM wallet_mpesareceipt WHERE status = 'suspense') AS suspense_count,
           (SELECT coalesce(sum(amount_minor), 0)::bigint FROM wallet_mpesareceipt
             WHERE status = 'suspense') AS suspense_minor,
           (SELECT string_agg(alarm_reason, '; ') FROM wallet_mpesaaccess
             WHERE alarm_until > now()) AS alarm_reason,
           (SELECT count(*) FROM kernel_work WHERE due_at <= now()) AS due_work,
           (SELECT count(*) FROM kernel_work WHERE due_at > now()) AS later_work,
           (SELECT min(due_at) FROM kernel_work WHERE due_at <= now()) AS oldest_due_at,
           (SELECT count(*) FROM kernel_event WHERE sequence IS NULL) AS unsequenced,
           (SELECT count(*) FROM webhooks_delivery WHERE status = 'pending') AS pending_deliveries,
           (SELECT count(*) FROM webhooks_delivery WHERE status = 'retrying') AS retrying_deliveries,
           (SELECT count(*) FROM webhooks_delivery
             WHERE status = 'dead_letter' AND created_at >= %(day_ago)s) AS dead_deliveries,
           (SELECT count(*) FROM telephony_command WHERE sent_at IS NULL) AS unsent_commands,
           (SELECT string_agg(name, ', ' ORDER BY name) FROM kernel_job
             WHERE last_result LIKE 'failed:%%') AS failed_jobs
"""
