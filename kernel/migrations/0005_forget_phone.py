"""Let the application put a pseudonym where an event writes a phone number, and nothing else.

Events are append-only for the role `app`. The law lets people be forgotten, so this function of the
owner changes that one thing: numbers become a name that cannot be dialled or turned back.
"""

from django.db import migrations

FORGET = r"""
CREATE FUNCTION kernel_forget_phone(p_spellings text[], p_pseudonym text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
DECLARE
    spelling text;
    changed integer := 0;
    step integer;
BEGIN
    IF p_pseudonym !~ '^erased-[0-9a-f]{8}$' THEN
        RAISE EXCEPTION 'not a pseudonym' USING ERRCODE = 'check_violation';
    END IF;
    FOREACH spelling IN ARRAY p_spellings LOOP
        IF spelling !~ '^\+?[0-9]{9,15}$' THEN
            RAISE EXCEPTION 'not a phone number' USING ERRCODE = 'check_violation';
        END IF;
        UPDATE kernel_event SET payload = replace(payload::text, spelling, p_pseudonym)::jsonb
         WHERE position(spelling IN payload::text) > 0;
        GET DIAGNOSTICS step = ROW_COUNT;
        changed := changed + step;
    END LOOP;
    RETURN changed;
END $$;
"""
DROP = "DROP FUNCTION kernel_forget_phone(text[], text);"


class Migration(migrations.Migration):
    dependencies = [("kernel", "0004_audit_seals")]
    operations = [migrations.RunSQL(FORGET, DROP)]
