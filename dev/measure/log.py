"""The dashboard beside a very long log, and how the log is kept short."""

from measure.database import seconds

#: Of how many days its lines are.
DAYS = 30


def measure(ours, rows):
    with ours.registry.cursor() as cr:
        cr.execute(
            """
            INSERT INTO cartona_log (config_id, create_date, operation, level, method, path,
                                     status_code, duration, items, request, response)
            SELECT %(config)s,
                   now() AT TIME ZONE 'UTC' - number * %(days)s * interval '1 day' / %(rows)s,
                   'push', CASE WHEN number %% 50 = 0 THEN 'error' ELSE 'success' END,
                   'POST', 'supplier-product/bulk-update', 200, random() * 300, 100,
                   '{}', repeat('x', 200)
              FROM generate_series(1, %(rows)s) AS number
            """,
            {"config": ours.config_id, "days": DAYS, "rows": rows},
        )
    with ours.registry.cursor() as cr:
        cr.connection.autocommit = True
        cr.execute("VACUUM ANALYZE cartona_log")
    return {
        "log_rows": rows,
        "dashboard_ms": 1000 * min(seconds(_open, ours) for _round in range(5)),
        "log_cleanup_seconds": seconds(_clean_up, ours),
    }


def _open(ours):
    """Read the card as the dashboard does."""
    with ours.transaction() as env:
        config = env["cartona.config"].browse(ours.config_id)
        card = env.ref("cartona_integration.view_cartona_dashboard")
        config.read([field.get("name") for field in _fields(card)])


def _fields(view):
    from lxml import etree

    return etree.fromstring(view.arch_db.encode()).iterfind(".//field")


def _clean_up(ours):
    """A day's worth of old lines goes."""
    with ours.transaction() as env:
        config = env["cartona.config"].browse(ours.config_id)
        config.log_retention_days = DAYS - 1
        env["cartona.log"]._gc_log()
