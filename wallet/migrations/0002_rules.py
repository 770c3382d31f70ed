"""Make the database itself refuse wrong books: append-only rows, zero sums, unbroken chains."""

from django.db import migrations

RULES = """
CREATE FUNCTION wallet_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER wallet_posting_append_only BEFORE UPDATE OR DELETE ON wallet_posting
    FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change();
CREATE TRIGGER wallet_posting_no_truncate BEFORE TRUNCATE ON wallet_posting
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse_change();
CREATE TRIGGER wallet_entry_append_only BEFORE UPDATE OR DELETE ON wallet_entry
    FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change();
CREATE TRIGGER wallet_entry_no_truncate BEFORE TRUNCATE ON wallet_entry
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse_change();

-- A receipt keeps what the first message said; a later one only fills in what was blank or moves
-- the status.
CREATE FUNCTION wallet_receipt_enrich_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.receipt_no, NEW.shortcode, NEW.amount_minor, NEW.currency, NEW.first_source,
        NEW.created_at)
       IS DISTINCT FROM
       (OLD.receipt_no, OLD.shortcode, OLD.amount_minor, OLD.currency, OLD.first_source,
        OLD.created_at)
       OR (OLD.paid_at IS NOT NULL AND NEW.paid_at IS DISTINCT FROM OLD.paid_at)
       OR (OLD.workspace_id IS NOT NULL AND NEW.workspace_id IS DISTINCT FROM OLD.workspace_id)
       OR (OLD.topup_id IS NOT NULL AND NEW.topup_id IS DISTINCT FROM OLD.topup_id)
       OR (OLD.bill_ref_raw <> '' AND NEW.bill_ref_raw <> OLD.bill_ref_raw)
       OR (OLD.msisdn_raw <> '' AND NEW.msisdn_raw <> OLD.msisdn_raw)
       OR NOT (NEW.sources @> OLD.sources)
    THEN
        RAISE EXCEPTION 'receipt % may only be enriched', OLD.receipt_no
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER wallet_receipt_enrich_only BEFORE UPDATE ON wallet_mpesareceipt
    FOR EACH ROW EXECUTE FUNCTION wallet_receipt_enrich_only();
CREATE TRIGGER wallet_receipt_no_delete BEFORE DELETE ON wallet_mpesareceipt
    FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change();
CREATE TRIGGER wallet_receipt_no_truncate BEFORE TRUNCATE ON wallet_mpesareceipt
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse_change();

-- Of a message only what became of it may be written, once.
CREATE FUNCTION wallet_event_process_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.processed_at IS NOT NULL
       OR (NEW.id, NEW.kind, NEW.token_sha256, NEW.raw, NEW.source_ip, NEW.received_at)
          IS DISTINCT FROM
          (OLD.id, OLD.kind, OLD.token_sha256, OLD.raw, OLD.source_ip, OLD.received_at)
    THEN
        RAISE EXCEPTION 'message % may only be marked as processed, once', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER wallet_event_process_only BEFORE UPDATE ON wallet_mpesaevent
    FOR EACH ROW EXECUTE FUNCTION wallet_event_process_only();
CREATE TRIGGER wallet_event_no_delete BEFORE DELETE ON wallet_mpesaevent
    FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change();
CREATE TRIGGER wallet_event_no_truncate BEFORE TRUNCATE ON wallet_mpesaevent
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse_change();

-- A posting has at least two entries and they sum to zero, looked at when the transaction commits.
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
CREATE FUNCTION wallet_posting_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM wallet_check_posting(NEW.id);
    RETURN NULL;
END $$;
CREATE FUNCTION wallet_entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM wallet_check_posting(NEW.posting_id);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER wallet_posting_balances AFTER INSERT ON wallet_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wallet_posting_balances();
CREATE CONSTRAINT TRIGGER wallet_entry_balances AFTER INSERT ON wallet_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wallet_entry_balances();

-- The entries of a wallet form a chain: each balance is the one before plus the amount.
CREATE FUNCTION wallet_entry_continues_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before bigint;
BEGIN
    SELECT balance_after_minor INTO before FROM wallet_entry
     WHERE wallet_id = NEW.wallet_id ORDER BY id DESC LIMIT 1;
    IF coalesce(before, 0) + NEW.amount_minor <> NEW.balance_after_minor THEN
        RAISE EXCEPTION 'entry of wallet % breaks the chain: % % is not %', NEW.wallet_id,
            coalesce(before, 0), to_char(NEW.amount_minor, 'S999999999999999999'),
            NEW.balance_after_minor USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER wallet_entry_continues_chain BEFORE INSERT ON wallet_entry
    FOR EACH ROW WHEN (NEW.account = 'wallet') EXECUTE FUNCTION wallet_entry_continues_chain();

-- A balance never moves without an entry: at commit it equals the end of the chain.
CREATE FUNCTION wallet_balance_has_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    now_minor bigint;
    chain_minor bigint;
BEGIN
    SELECT balance_minor INTO now_minor FROM wallet_wallet WHERE id = NEW.id;
    SELECT balance_after_minor INTO chain_minor FROM wallet_entry
     WHERE wallet_id = NEW.id ORDER BY id DESC LIMIT 1;
    IF now_minor <> coalesce(chain_minor, 0) THEN
        RAISE EXCEPTION 'wallet % holds % but its entries say %', NEW.id, now_minor,
            coalesce(chain_minor, 0) USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER wallet_opens_empty AFTER INSERT ON wallet_wallet
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.balance_minor <> 0)
    EXECUTE FUNCTION wallet_balance_has_entry();
CREATE CONSTRAINT TRIGGER wallet_balance_has_entry AFTER UPDATE ON wallet_wallet
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.balance_minor IS DISTINCT FROM NEW.balance_minor)
    EXECUTE FUNCTION wallet_balance_has_entry();

-- A wallet keeps its owner, mode and currency, and is never removed.
CREATE TRIGGER wallet_identity_locked BEFORE UPDATE ON wallet_wallet
    FOR EACH ROW WHEN ((OLD.workspace_id, OLD.mode, OLD.currency)
        IS DISTINCT FROM (NEW.workspace_id, NEW.mode, NEW.currency))
    EXECUTE FUNCTION wallet_refuse_change();
CREATE TRIGGER wallet_no_delete BEFORE DELETE ON wallet_wallet
    FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change();

-- A hold that ended stays as it ended, and an open one only grows.
CREATE TRIGGER wallet_hold_closed BEFORE UPDATE ON wallet_hold
    FOR EACH ROW WHEN (OLD.status <> 'placed' OR NEW.amount_minor < OLD.amount_minor
        OR (OLD.id, OLD.wallet_id, OLD.key) IS DISTINCT FROM (NEW.id, NEW.wallet_id, NEW.key))
    EXECUTE FUNCTION wallet_refuse_change();
CREATE TRIGGER wallet_hold_no_delete BEFORE DELETE ON wallet_hold
    FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change();

-- Half-empty pages let a hot wallet's row be rewritten in place.
ALTER TABLE wallet_wallet SET (fillfactor = 50);
ALTER TABLE wallet_hold SET (fillfactor = 70);
"""

UNDO = """
ALTER TABLE wallet_hold RESET (fillfactor);
ALTER TABLE wallet_wallet RESET (fillfactor);
DROP FUNCTION wallet_refuse_change CASCADE;
DROP FUNCTION wallet_receipt_enrich_only CASCADE;
DROP FUNCTION wallet_event_process_only CASCADE;
DROP FUNCTION wallet_posting_balances CASCADE;
DROP FUNCTION wallet_entry_balances CASCADE;
DROP FUNCTION wallet_check_posting;
DROP FUNCTION wallet_entry_continues_chain CASCADE;
DROP FUNCTION wallet_balance_has_entry CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("wallet", "0001_initial")]

    operations = [migrations.RunSQL(RULES, UNDO)]
