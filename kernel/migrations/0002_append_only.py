"""The application role may give an event its sequence and nothing else; audit rows stay as written."""

from django.db import migrations

GRANTS = """
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'app') THEN
    REVOKE UPDATE, DELETE, TRUNCATE ON kernel_event, kernel_auditentry FROM app;
    GRANT UPDATE (sequence) ON kernel_event TO app;
  END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_outbox_work_replies")]
    operations = [migrations.RunSQL(GRANTS, migrations.RunSQL.noop)]
