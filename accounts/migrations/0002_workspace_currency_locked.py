"""Refuse, in the database, to change the currency of a workspace."""

from django.db import migrations

LOCK = """
CREATE FUNCTION accounts_workspace_currency_locked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the currency of a workspace is locked after creation'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER accounts_workspace_currency_locked
    BEFORE UPDATE OF currency ON accounts_workspace
    FOR EACH ROW WHEN (OLD.currency IS DISTINCT FROM NEW.currency)
    EXECUTE FUNCTION accounts_workspace_currency_locked();
"""

UNLOCK = """
DROP TRIGGER accounts_workspace_currency_locked ON accounts_workspace;
DROP FUNCTION accounts_workspace_currency_locked();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunSQL(LOCK, UNLOCK)]
