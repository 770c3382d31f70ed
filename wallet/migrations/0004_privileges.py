"""Take from the role `app` what it must never need: changing or removing what was booked."""

from django.db import migrations

# A database of one's own may not have the role; then the triggers alone stand guard.
REVOKE = """
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON wallet_posting, wallet_entry FROM app;
        REVOKE DELETE, TRUNCATE ON wallet_wallet, wallet_hold, wallet_topup, wallet_mpesaevent,
            wallet_mpesareceipt FROM app;
    END IF;
END $$;
"""

GRANT = """
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'app') THEN
        GRANT UPDATE, DELETE ON wallet_posting, wallet_entry TO app;
        GRANT DELETE ON wallet_wallet, wallet_hold, wallet_topup, wallet_mpesaevent,
            wallet_mpesareceipt TO app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("wallet", "0003_functions")]

    operations = [migrations.RunSQL(REVOKE, GRANT)]
