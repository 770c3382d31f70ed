"""Many charges and many holds in one statement; entries are checked a statement at a time."""

import django.db.models.deletion
from django.db import migrations, models

RULES = """
-- What a statement adds to the books is looked at once, when it ends: the postings it touched
-- balance, and what it wrote of a wallet is the end of that wallet's unbroken chain. So all entries
-- of a posting come in one statement.
CREATE FUNCTION wallet_entries_fit() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off AS $$
DECLARE
    wrong record;
BEGIN
    SELECT t.posting_id, whole.total, whole.lines INTO wrong
      FROM (SELECT DISTINCT posting_id FROM fresh) t CROSS JOIN LATERAL (
               SELECT sum(e.amount_minor) AS total, count(*) AS lines
                 FROM wallet_entry e WHERE e.posting_id = t.posting_id) whole
     WHERE whole.total <> 0 OR whole.lines < 2 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'posting % does not balance: % entries sum to %', wrong.posting_id,
            wrong.lines, wrong.total USING ERRCODE = 'check_violation';
    END IF;
    SELECT c.wallet_id, c.before, c.amount_minor, c.balance_after_minor INTO wrong
      FROM (SELECT f.id, f.wallet_id, f.amount_minor, f.balance_after_minor,
                   coalesce(lag(f.balance_after_minor) OVER mine,
                       (SELECT b.balance_after_minor FROM wallet_entry b
                         WHERE b.wallet_id = f.wallet_id AND b.id < f.id
                         ORDER BY b.id DESC LIMIT 1), 0) AS before,
                   CASE WHEN lead(f.id) OVER mine IS NULL THEN
                       (SELECT max(b.id) FROM wallet_entry b WHERE b.wallet_id = f.wallet_id)
                   END AS last_id
              FROM fresh f WHERE f.wallet_id IS NOT NULL
            WINDOW mine AS (PARTITION BY f.wallet_id ORDER BY f.id)) c
     WHERE c.before + c.amount_minor <> c.balance_after_minor OR c.last_id <> c.id LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry of wallet % breaks the chain: % % is not %', wrong.wallet_id,
            wrong.before, to_char(wrong.amount_minor, 'S999999999999999999'),
            wrong.balance_after_minor USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER wallet_entries_fit AFTER INSERT ON wallet_entry
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION wallet_entries_fit();
DROP TRIGGER wallet_entry_balances ON wallet_entry;
DROP TRIGGER wallet_entry_continues_chain ON wallet_entry;
DROP FUNCTION wallet_entry_balances();
DROP FUNCTION wallet_entry_continues_chain();

-- So at commit only a posting without any entry is left to look for.
CREATE OR REPLACE FUNCTION wallet_posting_balances() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM wallet_entry WHERE posting_id = NEW.id) THEN
        RAISE EXCEPTION 'posting % does not balance: it has no entries', NEW.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
DROP FUNCTION wallet_check_posting(uuid);

-- Book many charges that have nothing special about them; a row for each. Whatever has (its key is
-- known, its money is short or would cross the threshold, its wallet is in use) gets no row and is not
-- touched: wallet_post is for that. The answers are those that wallet_post would have given one after
-- the other. p_waits: all are of one wallet, which may be waited for.
CREATE FUNCTION wallet_charge_many(
    p_postings uuid[], p_workspaces uuid[], p_modes text[], p_kinds text[], p_source_refs text[],
    p_nets bigint[], p_vats bigint[], p_contras text[], p_descriptions text[], p_numbers uuid[],
    p_calls uuid[], p_waits boolean
) RETURNS TABLE (posting_id uuid, balance_after bigint, currency text)
LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan
SET lock_timeout = '250ms' AS $$
#variable_conflict use_column
DECLARE
    mine uuid[];
BEGIN
    IF p_waits THEN
        SELECT coalesce(array_agg(w.id), '{}') INTO mine FROM (
            SELECT id FROM wallet_wallet
             WHERE workspace_id = p_workspaces[1] AND mode = p_modes[1] FOR NO KEY UPDATE) w;
    ELSE
        SELECT coalesce(array_agg(w.id), '{}') INTO mine FROM (
            SELECT id FROM wallet_wallet WHERE (workspace_id, mode) IN
                   (SELECT a.workspace, a.mode FROM unnest(p_workspaces, p_modes) a (workspace, mode))
               FOR NO KEY UPDATE SKIP LOCKED) w;
    END IF;
    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT r.*, w.id AS wallet_id, w.currency, w.balance_minor, w.balance_minor - w.held_minor
               AS available, w.low_balance_threshold_minor AS threshold, w.is_low_balance_armed,
               sum(r.net + r.vat) OVER (PARTITION BY w.id ORDER BY r.place)::bigint AS so_far
          FROM unnest(p_postings, p_workspaces, p_modes, p_kinds, p_source_refs, p_nets, p_vats,
                   p_contras, p_descriptions, p_numbers, p_calls) WITH ORDINALITY AS r (posting,
                   workspace, mode, kind, source_ref, net, vat, contra, description, number, call,
                   place)
         CROSS JOIN LATERAL (SELECT * FROM wallet_wallet
                 WHERE workspace_id = r.workspace AND mode = r.mode OFFSET 0) w
         WHERE w.id = ANY (mine) AND w.receivable_minor = 0
           AND NOT EXISTS (SELECT 1 FROM wallet_posting p
                 WHERE p.workspace_id = r.workspace AND p.mode = r.mode AND p.kind = r.kind
                   AND p.source_ref = r.source_ref)
    ), plain AS MATERIALIZED (
        SELECT * FROM asked WHERE so_far <= available AND (NOT is_low_balance_armed
            OR balance_minor < threshold OR balance_minor - so_far >= threshold)
    ), moved AS (
        UPDATE wallet_wallet w SET balance_minor = w.balance_minor - p.total,
               is_low_balance_armed = w.balance_minor - p.total >= w.low_balance_threshold_minor
          FROM (SELECT wallet_id, max(so_far) AS total FROM plain GROUP BY wallet_id) p
         WHERE w.id = p.wallet_id
    ), posted AS (
        INSERT INTO wallet_posting (id, workspace_id, mode, kind, source_ref, currency, net_minor,
               vat_minor, description, call_id, number_id, created_at)
        SELECT posting, workspace, mode, kind, source_ref, currency, net, vat, description, call,
               number, clock_timestamp() FROM plain ORDER BY place
    ), entered AS (
        INSERT INTO wallet_entry (posting_id, account, wallet_id, amount_minor, balance_after_minor)
        SELECT p.posting, line.account, line.wallet_id, line.amount, line.balance_after
          FROM plain p CROSS JOIN LATERAL (VALUES
               (1, 'wallet', p.wallet_id, -(p.net + p.vat), p.balance_minor - p.so_far),
               (2, p.contra, NULL::uuid, p.net, NULL::bigint),
               (3, 'vat_payable', NULL, p.vat, NULL)
               ) AS line (number, account, wallet_id, amount, balance_after)
         WHERE line.amount <> 0 ORDER BY p.place, line.number
    )
    SELECT posting, balance_minor - so_far, currency::text FROM plain;
END $$;

-- Raise many holds, each as wallet_hold_grow does; 'busy' when somebody else has the wallet.
CREATE FUNCTION wallet_hold_grow_many(p_holds uuid[], p_amounts bigint[], p_expires timestamptz[])
RETURNS TABLE (hold_id uuid, outcome text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    mine uuid[];
BEGIN
    SELECT coalesce(array_agg(w.id), '{}') INTO mine FROM (
        SELECT id FROM wallet_wallet
         WHERE id IN (SELECT wallet_id FROM wallet_hold WHERE id = ANY (p_holds))
           FOR NO KEY UPDATE SKIP LOCKED) w;
    FOR place IN 1 .. cardinality(p_holds) LOOP
        hold_id := p_holds[place];
        outcome := CASE WHEN (SELECT h.wallet_id <> ALL (mine) FROM wallet_hold h
                               WHERE h.id = p_holds[place]) THEN 'busy'
            ELSE wallet_hold_grow(p_holds[place], p_amounts[place], p_expires[place]) END;
        RETURN NEXT;
    END LOOP;
END $$;
"""

UNDO = """
DROP FUNCTION wallet_hold_grow_many;
DROP FUNCTION wallet_charge_many;
CREATE FUNCTION wallet_entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM wallet_check_posting(NEW.posting_id);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER wallet_entry_balances AFTER INSERT ON wallet_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wallet_entry_balances();
CREATE FUNCTION wallet_entry_continues_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before bigint;
BEGIN
    SELECT balance_after_minor INTO before FROM wallet_entry
     WHERE wallet_id = NEW.wallet_id ORDER BY id DESC LIMIT 1;
    IF coalesce(before, 0) + NEW.amount_minor <> NEW.balance_after_minor THEN
        RAISE EXCEPTION 'entry of wallet % breaks the chain', NEW.wallet_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER wallet_entry_continues_chain BEFORE INSERT ON wallet_entry
    FOR EACH ROW WHEN (NEW.account = 'wallet') EXECUTE FUNCTION wallet_entry_continues_chain();
DROP TRIGGER wallet_entries_fit ON wallet_entry;
DROP FUNCTION wallet_entries_fit;
CREATE FUNCTION wallet_check_posting(p_posting uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    total bigint;
    lines bigint;
BEGIN
    SELECT coalesce(sum(amount_minor), 0), count(*) INTO total, lines
      FROM wallet_entry WHERE posting_id = p_posting;
    IF total <> 0 OR lines < 2 THEN
        RAISE EXCEPTION 'posting % does not balance: % entries sum to %', p_posting, lines, total
            USING ERRCODE = 'check_violation';
    END IF;
END $$;
CREATE OR REPLACE FUNCTION wallet_posting_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM wallet_check_posting(NEW.id);
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("wallet", "0012_statements")]

    operations = [
        # Both are the beginning of a unique constraint's index, which answers for them.
        migrations.AlterField(
            model_name="entry",
            name="posting",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="wallet.posting",
            ),
        ),
        migrations.AlterField(
            model_name="posting",
            name="workspace",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.workspace",
            ),
        ),
        migrations.RunSQL(RULES, UNDO),
    ]
