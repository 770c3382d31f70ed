"""The application role may forget events, but only old ones that nothing waits for."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION webhooks_forget_events(most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE gone bigint[];
BEGIN
  SELECT array_agg(id) INTO gone FROM (
    SELECT e.id FROM kernel_event e
     WHERE e.occurred_at < now() - interval '30 days' AND e.sequence IS NOT NULL
       AND NOT EXISTS (SELECT FROM webhooks_delivery d
                        WHERE d.event_id = e.id AND d.status IN ('pending', 'retrying'))
     ORDER BY e.id LIMIT most) AS old;
  DELETE FROM webhooks_attempt a USING webhooks_delivery d
   WHERE a.delivery_id = d.id AND d.event_id = ANY (gone);
  DELETE FROM webhooks_delivery WHERE event_id = ANY (gone);
  DELETE FROM kernel_event WHERE id = ANY (gone);
  RETURN coalesce(cardinality(gone), 0);
END $$;
REVOKE ALL ON FUNCTION webhooks_forget_events(integer) FROM PUBLIC;
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'app') THEN
    GRANT EXECUTE ON FUNCTION webhooks_forget_events(integer) TO app;
  END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("webhooks", "0001_endpoints_deliveries_attempts"),
        ("kernel", "0003_event_kind"),
    ]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION webhooks_forget_events(integer)"),
    ]
