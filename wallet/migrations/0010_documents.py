"""Statements, receipts, their gapless numbers, and whose name stands on them."""

import django.db.models.deletion
import uuid_utils.compat
from django.db import migrations, models

import kernel.clock

RULES = """
-- A paper keeps what it said; the authority's fields are filled in once.
CREATE FUNCTION wallet_document_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.etims_at IS NOT NULL
       OR to_jsonb(NEW) - '{control_unit_number,control_unit_invoice_number,etims_url,etims_at}'::text[]
          IS DISTINCT FROM
          to_jsonb(OLD) - '{control_unit_number,control_unit_invoice_number,etims_url,etims_at}'::text[]
    THEN
        RAISE EXCEPTION 'document % is frozen', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER wallet_document_frozen BEFORE UPDATE ON wallet_document
    FOR EACH ROW EXECUTE FUNCTION wallet_document_frozen();
CREATE TRIGGER wallet_document_no_delete BEFORE DELETE ON wallet_document
    FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change();
CREATE TRIGGER wallet_document_no_truncate BEFORE TRUNCATE ON wallet_document
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse_change();
CREATE TRIGGER wallet_series_no_delete BEFORE DELETE ON wallet_documentseries
    FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change();
CREATE TRIGGER wallet_series_only_rises BEFORE UPDATE ON wallet_documentseries
    FOR EACH ROW WHEN (NEW.name <> OLD.name OR NEW.last <> OLD.last + 1)
    EXECUTE FUNCTION wallet_refuse_change();
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'app') THEN
        REVOKE DELETE, TRUNCATE ON wallet_document, wallet_documentseries FROM app;
    END IF;
END $$;
"""

UNDO = "DROP FUNCTION wallet_document_frozen CASCADE"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_workspace_currency_locked"),
        ("wallet", "0009_limits"),
    ]

    operations = [
        migrations.CreateModel(
            name="DocumentSeries",
            fields=[
                ("name", models.CharField(max_length=16, primary_key=True, serialize=False)),
                ("last", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name_plural": "document series",
            },
        ),
        migrations.CreateModel(
            name="BillingProfile",
            fields=[
                (
                    "workspace",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="accounts.workspace",
                    ),
                ),
                ("legal_name", models.CharField(blank=True, max_length=120)),
                ("kra_pin", models.CharField(blank=True, max_length=11)),
                ("address", models.CharField(blank=True, max_length=300)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("updated_at", models.DateTimeField(default=kernel.clock.now)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kra_pin", ""),
                            ("kra_pin__regex", "^[AP][0-9]{9}[A-Z]$"),
                            _connector="OR",
                        ),
                        name="wallet_profile_pin_form",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Document",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("statement", "Statement and tax invoice"),
                            ("receipt", "Payment receipt"),
                        ],
                        max_length=10,
                    ),
                ),
                ("series", models.CharField(max_length=16)),
                ("serial", models.PositiveIntegerField()),
                ("month", models.CharField(blank=True, max_length=7)),
                ("after_entry_id", models.BigIntegerField(default=0)),
                ("last_entry_id", models.BigIntegerField(default=0)),
                ("currency", models.CharField(max_length=3)),
                ("total_minor", models.BigIntegerField()),
                ("vat_minor", models.BigIntegerField()),
                ("body", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                ("issued_at", models.DateTimeField(default=kernel.clock.now)),
                ("control_unit_number", models.CharField(blank=True, max_length=40)),
                ("control_unit_invoice_number", models.CharField(blank=True, max_length=40)),
                ("etims_url", models.URLField(blank=True, max_length=300)),
                ("etims_at", models.DateTimeField(null=True)),
                (
                    "posting",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="document",
                        to="wallet.posting",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.workspace",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["workspace", "kind", "issued_at"], name="wallet_document_list"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("series", "serial"), name="wallet_document_number"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "statement")),
                        fields=("workspace", "month"),
                        name="wallet_document_month_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "statement"),
                                ("last_entry_id__gt", 0),
                                ("posting__isnull", True),
                                models.Q(("month", ""), _negated=True),
                            ),
                            models.Q(
                                ("kind", "receipt"),
                                ("last_entry_id", 0),
                                ("month", ""),
                                ("posting__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="wallet_document_names_its_matter",
                    ),
                ],
            },
        ),
        migrations.RunSQL(RULES, UNDO),
    ]
