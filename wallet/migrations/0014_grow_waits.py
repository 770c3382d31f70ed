"""Raising many holds waits for a wallet in use when the caller says so."""

from django.db import migrations

FUNCTION = """
DROP FUNCTION IF EXISTS wallet_hold_grow_many(uuid[], bigint[], timestamptz[]);
-- Raise many holds, each as wallet_hold_grow does; 'busy' when somebody else has the wallet and
-- p_waits is false. Whoever waits gives the holds of one wallet, so two never wait for each other.
CREATE FUNCTION wallet_hold_grow_many(
    p_holds uuid[], p_amounts bigint[], p_expires timestamptz[], p_waits boolean
) RETURNS TABLE (hold_id uuid, outcome text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    mine uuid[];
BEGIN
    IF NOT p_waits THEN
        SELECT coalesce(array_agg(w.id), '{}') INTO mine FROM (
            SELECT id FROM wallet_wallet
             WHERE id IN (SELECT wallet_id FROM wallet_hold WHERE id = ANY (p_holds))
               FOR NO KEY UPDATE SKIP LOCKED) w;
    END IF;
    FOR place IN 1 .. cardinality(p_holds) LOOP
        hold_id := p_holds[place];
        outcome := CASE WHEN NOT p_waits AND (SELECT h.wallet_id <> ALL (mine) FROM wallet_hold h
                               WHERE h.id = p_holds[place]) THEN 'busy'
            ELSE wallet_hold_grow(p_holds[place], p_amounts[place], p_expires[place]) END;
        RETURN NEXT;
    END LOOP;
END $$;
"""

UNDO = "DROP FUNCTION wallet_hold_grow_many(uuid[], bigint[], timestamptz[], boolean);"


class Migration(migrations.Migration):
    dependencies = [("wallet", "0013_many_at_once")]

    operations = [migrations.RunSQL(FUNCTION, UNDO)]
