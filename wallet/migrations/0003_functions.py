"""The money verbs as SQL functions: one statement each, the wallet's lock first, then fresh reads.

Every function locks the wallet row before it looks at anything, so two with the same key never
collide, a transaction may touch several holds of a wallet without a deadlock, and a check can
never be older than the write that follows it.
"""

from django.db import migrations

FUNCTIONS = """
-- Move one wallet and write the posting with its entries. The caller holds the wallet's lock and
-- has decided that the money is there; the constraints refuse the rest.
CREATE FUNCTION wallet_book(
    w wallet_wallet, p_posting uuid, p_kind text, p_source_ref text, p_sign int, p_net bigint,
    p_vat bigint, p_contra text, p_description text, p_number uuid, p_call uuid, p_topup uuid,
    p_released bigint
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    gross bigint := p_sign * (p_net + p_vat);
    repaid bigint := CASE WHEN p_sign > 0 THEN least(w.receivable_minor, gross) ELSE 0 END;
    after bigint := w.balance_minor + gross - repaid;
BEGIN
    UPDATE wallet_wallet SET
        balance_minor = after,
        held_minor = held_minor - p_released,
        receivable_minor = receivable_minor - repaid,
        is_low_balance_armed = after >= low_balance_threshold_minor
     WHERE id = w.id;
    INSERT INTO wallet_posting (id, workspace_id, mode, kind, source_ref, currency, net_minor,
        vat_minor, description, call_id, number_id, topup_id, created_at)
    VALUES (p_posting, w.workspace_id, w.mode, p_kind, p_source_ref, w.currency, p_net, p_vat,
        p_description, p_call, p_number, p_topup, clock_timestamp());
    INSERT INTO wallet_entry (posting_id, account, wallet_id, amount_minor, balance_after_minor)
    SELECT p_posting, line.account, line.wallet_id, line.amount_minor, line.balance_after
      FROM (VALUES
        ('wallet', w.id, gross - repaid, after),
        ('receivable', NULL::uuid, repaid, NULL::bigint),
        (p_contra, NULL, -p_sign * p_net, NULL),
        ('vat_payable', NULL, -p_sign * p_vat, NULL)
      ) AS line (account, wallet_id, amount_minor, balance_after)
     WHERE line.account = 'wallet' OR line.amount_minor <> 0;
    RETURN after;
END $$;

-- True when this debit takes the settled balance below the threshold for the first time.
CREATE FUNCTION wallet_crosses(w wallet_wallet, p_gross bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT w.is_low_balance_armed AND w.balance_minor >= w.low_balance_threshold_minor
       AND w.balance_minor - p_gross < w.low_balance_threshold_minor
$$;

-- Post one movement. Outcomes: posted, known (the key was used for these facts), reused (for other
-- facts), short, missing (no such wallet) and crossing (nothing was done: the caller has no
-- transaction in which to announce the crossing of the threshold).
CREATE FUNCTION wallet_post(
    p_posting uuid, p_workspace uuid, p_mode text, p_kind text, p_source_ref text, p_sign int,
    p_net bigint, p_vat bigint, p_contra text, p_description text, p_number uuid, p_call uuid,
    p_topup uuid, p_may_cross boolean,
    OUT outcome text, OUT crossed boolean, OUT posting_id uuid, OUT balance_after bigint,
    OUT available bigint, OUT receivable bigint, OUT currency text, OUT threshold bigint,
    OUT owner_id uuid, OUT owner_mode text
) LANGUAGE plpgsql AS $$
DECLARE
    w wallet_wallet;
    p wallet_posting;
    gross bigint := p_net + p_vat;
BEGIN
    SELECT * INTO w FROM wallet_wallet
     WHERE workspace_id = p_workspace AND mode = p_mode FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        outcome := 'missing';
        RETURN;
    END IF;
    available := w.balance_minor - w.held_minor;
    receivable := w.receivable_minor;
    currency := w.currency;
    threshold := w.low_balance_threshold_minor;
    owner_id := w.workspace_id;
    owner_mode := w.mode;
    crossed := p_sign < 0 AND wallet_crosses(w, gross);
    SELECT * INTO p FROM wallet_posting
     WHERE workspace_id = p_workspace AND mode = p_mode AND kind = p_kind
       AND source_ref = p_source_ref;
    IF FOUND THEN
        crossed := false;
        posting_id := p.id;
        SELECT balance_after_minor INTO balance_after FROM wallet_entry e
         WHERE e.posting_id = p.id AND e.account = 'wallet'
           AND (e.amount_minor = 0 OR sign(e.amount_minor) = p_sign);
        outcome := CASE WHEN balance_after IS NOT NULL AND (p.net_minor, p.vat_minor, p.number_id,
            p.call_id, p.topup_id) IS NOT DISTINCT FROM (p_net, p_vat, p_number, p_call, p_topup)
            THEN 'known' ELSE 'reused' END;
        RETURN;
    END IF;
    IF p_sign < 0 AND (available < gross OR receivable > 0) THEN
        crossed := false;
        outcome := 'short';
        RETURN;
    END IF;
    IF crossed AND NOT p_may_cross THEN
        outcome := 'crossing';
        RETURN;
    END IF;
    balance_after := wallet_book(w, p_posting, p_kind, p_source_ref, p_sign, p_net, p_vat, p_contra,
        p_description, p_number, p_call, p_topup, 0);
    posting_id := p_posting;
    outcome := 'posted';
END $$;

-- Set money aside. Outcomes: placed, known, reused, short, missing.
CREATE FUNCTION wallet_hold_place(
    p_hold uuid, p_workspace uuid, p_mode text, p_key text, p_amount bigint,
    p_expires timestamptz,
    OUT outcome text, OUT hold_id uuid, OUT available bigint, OUT receivable bigint,
    OUT currency text
) LANGUAGE plpgsql AS $$
DECLARE
    w wallet_wallet;
    h wallet_hold;
BEGIN
    SELECT * INTO w FROM wallet_wallet
     WHERE workspace_id = p_workspace AND mode = p_mode FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        outcome := 'missing';
        RETURN;
    END IF;
    available := w.balance_minor - w.held_minor;
    receivable := w.receivable_minor;
    currency := w.currency;
    SELECT * INTO h FROM wallet_hold WHERE key = p_key;
    IF FOUND THEN
        hold_id := h.id;
        outcome := CASE WHEN h.wallet_id = w.id AND h.amount_minor >= p_amount
            THEN 'known' ELSE 'reused' END;
        RETURN;
    END IF;
    IF available < p_amount OR receivable > 0 THEN
        outcome := 'short';
        RETURN;
    END IF;
    UPDATE wallet_wallet SET held_minor = held_minor + p_amount WHERE id = w.id;
    INSERT INTO wallet_hold (id, wallet_id, key, amount_minor, status, expires_at, created_at)
    VALUES (p_hold, w.id, p_key, p_amount, 'placed', p_expires, clock_timestamp());
    hold_id := p_hold;
    outcome := 'placed';
END $$;

CREATE FUNCTION wallet_of_hold(p_hold uuid) RETURNS wallet_wallet LANGUAGE sql AS $$
    SELECT w.* FROM wallet_wallet w
     WHERE w.id = (SELECT wallet_id FROM wallet_hold WHERE id = p_hold) FOR NO KEY UPDATE
$$;

-- Raise an open hold to a new total and a later end. Outcomes: grown, short, closed, missing.
CREATE FUNCTION wallet_hold_grow(p_hold uuid, p_amount bigint, p_expires timestamptz)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    w wallet_wallet := wallet_of_hold(p_hold);
    h wallet_hold;
    more bigint;
BEGIN
    SELECT * INTO h FROM wallet_hold WHERE id = p_hold FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN 'missing';
    END IF;
    IF h.status <> 'placed' THEN
        RETURN 'closed';
    END IF;
    more := greatest(p_amount - h.amount_minor, 0);
    IF more > 0 AND (w.balance_minor - w.held_minor < more OR w.receivable_minor > 0) THEN
        RETURN 'short';
    END IF;
    IF more > 0 THEN
        UPDATE wallet_wallet SET held_minor = held_minor + more WHERE id = w.id;
    END IF;
    UPDATE wallet_hold SET amount_minor = amount_minor + more,
        expires_at = greatest(expires_at, p_expires) WHERE id = p_hold;
    RETURN 'grown';
END $$;

-- Take the money of a hold and give the rest back. Outcomes: captured, known, reused, closed
-- (voided or expired before), over (more than the hold), missing, crossing (see wallet_post).
CREATE FUNCTION wallet_hold_capture(
    p_hold uuid, p_posting uuid, p_kind text, p_net bigint, p_vat bigint,
    p_contra text, p_description text, p_call uuid, p_number uuid, p_may_cross boolean,
    OUT outcome text, OUT crossed boolean, OUT posting_id uuid, OUT balance_after bigint,
    OUT owner_id uuid, OUT owner_mode text, OUT currency text, OUT threshold bigint
) LANGUAGE plpgsql AS $$
DECLARE
    w wallet_wallet := wallet_of_hold(p_hold);
    h wallet_hold;
    p wallet_posting;
    gross bigint := p_net + p_vat;
BEGIN
    crossed := false;
    owner_id := w.workspace_id;
    owner_mode := w.mode;
    currency := w.currency;
    threshold := w.low_balance_threshold_minor;
    SELECT * INTO h FROM wallet_hold WHERE id = p_hold FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        outcome := 'missing';
        RETURN;
    END IF;
    IF h.status = 'captured' THEN
        posting_id := h.posting_id;
        SELECT * INTO p FROM wallet_posting WHERE id = h.posting_id;
        SELECT e.balance_after_minor INTO balance_after FROM wallet_entry e
         WHERE e.posting_id = h.posting_id AND e.account = 'wallet';
        outcome := CASE WHEN (coalesce(p.net_minor, 0), coalesce(p.vat_minor, 0)) = (p_net, p_vat)
            THEN 'known' ELSE 'reused' END;
        RETURN;
    END IF;
    IF h.status <> 'placed' THEN
        outcome := 'closed';
        RETURN;
    END IF;
    IF gross > h.amount_minor THEN
        outcome := 'over';
        RETURN;
    END IF;
    crossed := gross > 0 AND wallet_crosses(w, gross);
    IF crossed AND NOT p_may_cross THEN
        outcome := 'crossing';
        RETURN;
    END IF;
    IF gross > 0 THEN
        balance_after := wallet_book(w, p_posting, p_kind, h.key, -1, p_net, p_vat,
            p_contra, p_description, p_number, p_call, NULL, h.amount_minor);
        posting_id := p_posting;
    ELSE
        UPDATE wallet_wallet SET held_minor = held_minor - h.amount_minor WHERE id = w.id;
    END IF;
    UPDATE wallet_hold SET status = 'captured', closed_at = clock_timestamp(),
        posting_id = wallet_hold_capture.posting_id WHERE id = p_hold;
    outcome := 'captured';
END $$;

-- Give all the money of an open hold back; `expired` only once its time is over.
CREATE FUNCTION wallet_hold_release(p_hold uuid, p_status text) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    w wallet_wallet := wallet_of_hold(p_hold);
    h wallet_hold;
BEGIN
    SELECT * INTO h FROM wallet_hold WHERE id = p_hold FOR NO KEY UPDATE;
    IF NOT FOUND OR h.status <> 'placed'
       OR (p_status = 'expired' AND h.expires_at > clock_timestamp()) THEN
        RETURN false;
    END IF;
    UPDATE wallet_wallet SET held_minor = held_minor - h.amount_minor WHERE id = w.id;
    UPDATE wallet_hold SET status = p_status, closed_at = clock_timestamp() WHERE id = p_hold;
    RETURN true;
END $$;
"""

UNDO = """
DROP FUNCTION wallet_hold_release;
DROP FUNCTION wallet_hold_capture;
DROP FUNCTION wallet_hold_grow;
DROP FUNCTION wallet_of_hold;
DROP FUNCTION wallet_hold_place;
DROP FUNCTION wallet_post;
DROP FUNCTION wallet_crosses;
DROP FUNCTION wallet_book;
"""


class Migration(migrations.Migration):
    dependencies = [("wallet", "0002_rules")]

    operations = [migrations.RunSQL(FUNCTIONS, UNDO)]
