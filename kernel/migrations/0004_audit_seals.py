"""Seal what operators do: a hash chain over their audit rows, written by a trigger at the commit.

The trigger waits for the commit, so whoever holds the chain's lock waits for nothing else. It runs
as the owner: the role `app` can neither write a seal nor change or remove one.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import kernel.ids

SEALS = """
CREATE FUNCTION kernel_seal(e kernel_auditentry) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
DECLARE
    last kernel_auditseal;
    next bigint;
    line text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('kernel.audit_seals', 0));
    SELECT * INTO last FROM kernel_auditseal ORDER BY number DESC LIMIT 1;
    next := coalesce(last.number, 0) + 1;
    line := jsonb_build_array(
        next, e.id, e.workspace_id, e.actor, e.action_kind, e.subject, e.before, e.after,
        e.reason, e.request_id, extract(epoch FROM e.created_at)::text)::text;
    INSERT INTO kernel_auditseal (number, entry_id, digest)
    VALUES (next, e.id, sha256(coalesce(last.digest, ''::bytea) || convert_to(line, 'UTF8')));
END $$;

CREATE FUNCTION kernel_seal_new() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
    PERFORM kernel_seal(NEW);
    RETURN NULL;
END $$;

DO $$
DECLARE e kernel_auditentry;
BEGIN
    FOR e IN SELECT * FROM kernel_auditentry WHERE actor LIKE 'operator:%' ORDER BY created_at, id
    LOOP
        PERFORM kernel_seal(e);
    END LOOP;
END $$;

CREATE CONSTRAINT TRIGGER kernel_audit_sealed AFTER INSERT ON kernel_auditentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.actor LIKE 'operator:%') EXECUTE FUNCTION kernel_seal_new();

CREATE FUNCTION kernel_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER kernel_audit_append_only BEFORE UPDATE OR DELETE ON kernel_auditentry
    FOR EACH ROW WHEN (OLD.actor LIKE 'operator:%') EXECUTE FUNCTION kernel_refuse_change();
CREATE TRIGGER kernel_auditseal_append_only BEFORE UPDATE OR DELETE ON kernel_auditseal
    FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();
CREATE TRIGGER kernel_auditseal_no_truncate BEFORE TRUNCATE ON kernel_auditseal
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();

REVOKE EXECUTE ON FUNCTION kernel_seal(kernel_auditentry) FROM PUBLIC;
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'app') THEN
        REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON kernel_auditseal FROM app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0003_event_kind")]

    operations = [
        migrations.CreateModel(
            name="FlagOverride",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("flag", models.CharField(max_length=60)),
                ("workspace_id", models.UUIDField()),
                ("is_on", models.BooleanField()),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="flagoverride",
            constraint=models.UniqueConstraint(
                fields=("workspace_id", "flag"), name="kernel_flag_once"
            ),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["subject", "-created_at"], name="kernel_audit_subject"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(("request_id", ""), _negated=True),
                fields=["request_id"],
                name="kernel_audit_request",
            ),
        ),
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("digest", models.BinaryField(max_length=32)),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seal",
                        to="kernel.auditentry",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(SEALS, migrations.RunSQL.noop),
    ]
