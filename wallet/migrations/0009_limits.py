"""Day limits counted in the hold rule, and the basis of a charge."""

import django.db.models.deletion
import uuid_utils.compat
from django.db import migrations, models

import kernel.clock

FUNCTIONS = """
CREATE FUNCTION wallet_today() RETURNS date LANGUAGE sql STABLE AS $$
    SELECT (clock_timestamp() AT TIME ZONE 'Africa/Nairobi')::date
$$;

-- Count an amount against the day limits of a wallet and of a key: the limit it does not fit in
-- and nothing is counted, or NULL. A negative amount came back. The caller holds the wallet's lock.
CREATE FUNCTION wallet_limit_count(p_wallet uuid, p_key uuid, p_day date, p_amount bigint)
RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    refused uuid;
BEGIN
    IF p_amount > 0 THEN
        SELECT id INTO refused FROM wallet_limit
         WHERE wallet_id = p_wallet AND (api_key_id IS NULL OR api_key_id = p_key)
           AND p_amount > day_minor
               - CASE WHEN counted_on >= p_day THEN committed_minor ELSE 0 END
         ORDER BY api_key_id NULLS FIRST LIMIT 1;
        IF FOUND THEN
            RETURN refused;
        END IF;
    END IF;
    UPDATE wallet_limit SET
        committed_minor = p_amount
            + CASE WHEN counted_on >= p_day THEN committed_minor ELSE 0 END,
        counted_on = greatest(counted_on, p_day)
     WHERE wallet_id = p_wallet AND (api_key_id IS NULL OR api_key_id = p_key)
       AND (p_amount > 0 OR counted_on = p_day);
    RETURN NULL;
END $$;

-- Stop counting what of an ended hold came back, on the day on which it was counted.
CREATE FUNCTION wallet_limit_return(h wallet_hold, p_back bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    back bigint := least(p_back, h.counted_minor);
BEGIN
    IF h.counted_on IS NOT NULL AND back > 0 THEN
        PERFORM wallet_limit_count(h.wallet_id, h.api_key_id, h.counted_on, -back);
        RETURN h.counted_minor - back;
    END IF;
    RETURN h.counted_minor;
END $$;

DROP FUNCTION wallet_hold_place(uuid, uuid, text, text, bigint, timestamptz);
-- Set money aside. Outcomes: placed, known, reused, short, limited (a day limit is in the way),
-- missing. Only what is_limited counts against the day limits.
CREATE FUNCTION wallet_hold_place(
    p_hold uuid, p_workspace uuid, p_mode text, p_key text, p_amount bigint,
    p_expires timestamptz, p_is_limited boolean, p_api_key uuid,
    OUT outcome text, OUT hold_id uuid, OUT available bigint, OUT receivable bigint,
    OUT currency text, OUT limit_id uuid
) LANGUAGE plpgsql AS $$
DECLARE
    w wallet_wallet;
    h wallet_hold;
    today date := wallet_today();
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
    IF p_is_limited THEN
        limit_id := wallet_limit_count(w.id, p_api_key, today, p_amount);
        IF limit_id IS NOT NULL THEN
            outcome := 'limited';
            RETURN;
        END IF;
    END IF;
    UPDATE wallet_wallet SET held_minor = held_minor + p_amount WHERE id = w.id;
    INSERT INTO wallet_hold (id, wallet_id, key, amount_minor, status, expires_at, created_at,
        api_key_id, counted_on, counted_minor)
    VALUES (p_hold, w.id, p_key, p_amount, 'placed', p_expires, clock_timestamp(), p_api_key,
        CASE WHEN p_is_limited THEN today END, CASE WHEN p_is_limited THEN p_amount ELSE 0 END);
    hold_id := p_hold;
    outcome := 'placed';
END $$;

-- Raise an open hold to a new total and a later end. Outcomes: grown, short, limited, closed,
-- missing. What is added counts on the day on which it is added.
CREATE OR REPLACE FUNCTION wallet_hold_grow(p_hold uuid, p_amount bigint, p_expires timestamptz)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    w wallet_wallet := wallet_of_hold(p_hold);
    h wallet_hold;
    more bigint;
    today date := wallet_today();
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
    IF more > 0 AND h.counted_on IS NOT NULL THEN
        today := greatest(today, h.counted_on);
        IF wallet_limit_count(w.id, h.api_key_id, today, more) IS NOT NULL THEN
            RETURN 'limited';
        END IF;
        h.counted_minor := more + CASE WHEN h.counted_on = today THEN h.counted_minor ELSE 0 END;
        h.counted_on := today;
    END IF;
    IF more > 0 THEN
        UPDATE wallet_wallet SET held_minor = held_minor + more WHERE id = w.id;
    END IF;
    UPDATE wallet_hold SET amount_minor = amount_minor + more,
        expires_at = greatest(expires_at, p_expires),
        counted_on = h.counted_on, counted_minor = h.counted_minor WHERE id = p_hold;
    RETURN 'grown';
END $$;

CREATE OR REPLACE FUNCTION wallet_hold_capture(
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
        counted_minor = wallet_limit_return(h, h.amount_minor - gross),
        posting_id = wallet_hold_capture.posting_id WHERE id = p_hold;
    outcome := 'captured';
END $$;

CREATE OR REPLACE FUNCTION wallet_hold_release(p_hold uuid, p_status text) RETURNS boolean
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
    UPDATE wallet_hold SET status = p_status, closed_at = clock_timestamp(),
        counted_minor = wallet_limit_return(h, h.amount_minor) WHERE id = p_hold;
    RETURN true;
END $$;

-- Set a limit and count what the day has committed so far. Locks the wallet.
CREATE FUNCTION wallet_limit_set(
    p_limit uuid, p_workspace uuid, p_mode text, p_api_key uuid, p_day bigint, p_call bigint,
    p_minute bigint
) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    w wallet_wallet;
    today date := wallet_today();
    so_far bigint;
    found_id uuid;
BEGIN
    SELECT * INTO w FROM wallet_wallet
     WHERE workspace_id = p_workspace AND mode = p_mode FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT coalesce(sum(counted_minor), 0) INTO so_far FROM wallet_hold
     WHERE wallet_id = w.id AND counted_on = today
       AND (p_api_key IS NULL OR api_key_id = p_api_key);
    INSERT INTO wallet_limit AS l (id, wallet_id, api_key_id, day_minor, call_minor, minute_minor,
        counted_on, committed_minor, updated_at)
    VALUES (p_limit, w.id, p_api_key, p_day, p_call, p_minute, today, so_far, clock_timestamp())
    ON CONFLICT ON CONSTRAINT wallet_limit_once DO UPDATE SET
        day_minor = p_day, call_minor = p_call, minute_minor = p_minute,
        counted_on = today, committed_minor = so_far,
        announced_on = CASE WHEN l.day_minor IS NOT DISTINCT FROM p_day THEN l.announced_on END,
        updated_at = clock_timestamp()
    RETURNING l.id INTO found_id;
    RETURN found_id;
END $$;

CREATE TRIGGER wallet_basis_append_only BEFORE UPDATE OR DELETE ON wallet_basis
    FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change();
CREATE TRIGGER wallet_basis_no_truncate BEFORE TRUNCATE ON wallet_basis
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse_change();
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON wallet_basis FROM app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_workspace_currency_locked"),
        ("wallet", "0008_refunds"),
    ]

    operations = [
        migrations.CreateModel(
            name="Basis",
            fields=[
                (
                    "posting",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="basis",
                        serialize=False,
                        to="wallet.posting",
                    ),
                ),
                ("facts", models.JSONField()),
            ],
            options={
                "verbose_name_plural": "bases",
            },
        ),
        migrations.CreateModel(
            name="Limit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("day_minor", models.BigIntegerField(null=True)),
                ("call_minor", models.BigIntegerField(null=True)),
                ("minute_minor", models.BigIntegerField(null=True)),
                ("counted_on", models.DateField()),
                ("committed_minor", models.BigIntegerField(default=0)),
                ("announced_on", models.DateField(null=True)),
                ("updated_at", models.DateTimeField(default=kernel.clock.now)),
            ],
        ),
        migrations.AddField(
            model_name="hold",
            name="api_key_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="hold",
            name="counted_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="hold",
            name="counted_on",
            field=models.DateField(null=True),
        ),
        migrations.AlterField(
            model_name="hold",
            name="wallet",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="holds",
                to="wallet.wallet",
            ),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(fields=["wallet", "counted_on"], name="wallet_hold_day"),
        ),
        migrations.AddField(
            model_name="limit",
            name="api_key",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="limits",
                to="accounts.apikey",
            ),
        ),
        migrations.AddField(
            model_name="limit",
            name="wallet",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="limits",
                to="wallet.wallet",
            ),
        ),
        migrations.AddConstraint(
            model_name="limit",
            constraint=models.UniqueConstraint(
                fields=("wallet", "api_key"), name="wallet_limit_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="limit",
            constraint=models.CheckConstraint(
                condition=models.Q(("committed_minor__gte", 0)),
                name="wallet_limit_committed_not_negative",
            ),
        ),
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
    ]
