"""Install, use, update from the version before, uninstall and reinstall the addon.

Nothing that is kept gets lost, and in the end nothing of the addon stays behind.

Read by ``odoo shell`` from standard input, on a database that has all but the addon. Prints one
line for each thing that was checked, ``PASS …`` or ``FAIL …``; ends with ``DONE``.
"""

import json
import sys
from pathlib import Path

from odoo import SUPERUSER_ID, api
from odoo.modules import get_module_path
from odoo.modules.registry import Registry

MODULE = "cartona_integration"
DATABASE = env.cr.dbname  # noqa: F821 (the shell's)

#: What a database consists of, as text; all of it must be as before.
LEFT_BEHIND = {
    "tables": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    "columns": """
        SELECT table_name || '.' || column_name FROM information_schema.columns
         WHERE table_schema = 'public'""",
    "sequences": "SELECT relname FROM pg_class WHERE relkind = 'S'",
    "indexes": "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": "SELECT conname || ' ' || conrelid::regclass FROM pg_constraint",
    "functions": "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "models": "SELECT model FROM ir_model",
    "fields": "SELECT model || '.' || name FROM ir_model_fields",
    "external ids": "SELECT module || '.' || name FROM ir_model_data",
    "crons": "SELECT id::text FROM ir_cron",
    "actions": "SELECT id::text || type FROM ir_actions",
    "menus": "SELECT id::text FROM ir_ui_menu",
    "views": "SELECT coalesce(key, '') || id FROM ir_ui_view",
    "rules": "SELECT id::text FROM ir_rule",
    "access rights": "SELECT id::text || name FROM ir_model_access",
    "groups": "SELECT id::text FROM res_groups",
    "implied groups": "SELECT gid || ' ' || hid FROM res_groups_implied_rel",
    "categories": "SELECT id::text FROM ir_module_category",
    "job functions": "SELECT id::text FROM queue_job_function",
    "job channels": "SELECT complete_name FROM queue_job_channel",
    "jobs": "SELECT uuid FROM queue_job WHERE model_name LIKE 'cartona.%'",
    "messages": "SELECT id::text FROM mail_message WHERE model LIKE 'cartona.%'",
    "activities": "SELECT id::text FROM mail_activity WHERE res_model LIKE 'cartona.%'",
    "followers": "SELECT id::text FROM mail_followers WHERE res_model LIKE 'cartona.%'",
    "attachments": "SELECT id::text FROM ir_attachment WHERE res_model LIKE 'cartona.%'",
    "parameters": "SELECT key FROM ir_config_parameter WHERE key LIKE '%cartona%'",
}
#: Odoo's entry in its list of modules, no part of the addon.
KNOWN = {f"base.module_{MODULE}"}


def check(what, fault):
    sys.stdout.write(f"FAIL {what}: {fault}\n" if fault else f"PASS {what}\n")
    sys.stdout.flush()


def snapshot(cr):
    found = {}
    for name, query in LEFT_BEHIND.items():
        cr.execute(query)
        found[name] = {row[0] for row in cr.fetchall()}
    return found


def transaction(work):
    """Do something in a transaction of its own, with the registry as it is now."""
    with Registry(DATABASE).cursor() as cr:
        return work(api.Environment(cr, SUPERUSER_ID, {}))


def module(environment):
    modules = environment["ir.module.module"]
    found = modules.search([("name", "=", MODULE)])
    if not found:
        modules.update_list()
        found = modules.search([("name", "=", MODULE)])
    return found


def sell(environment):
    """Something of everything that the addon keeps."""
    config = environment["cartona.config"].create(
        {"name": "Supplier", "base_url": "http://127.0.0.1:9/api/v1/", "token": "secret-token"}
    )
    config.webhook_secret = "hook-secret"
    config._pause("to make an activity")
    config.action_resume()
    config._pause("and another")
    config.paused = False
    environment.cr.commit()
    product = environment["product.product"].create(
        {"name": "Sugar", "cartona_id": "SUG-1", "list_price": 30.0, "taxes_id": [(6, 0, [])]}
    )
    from odoo.addons.cartona_integration.lib.cartona_api import RawOrder

    lines = [{"id": 1, "internal_product_id": "SUG-1", "amount": 3, "selling_price": 1.005}]
    retailer = {"retailer_name": "Nour", "retailer_code": "77"}
    order = {"hashed_id": "abc", "status": "approved", "total_price": 3.015}
    raw = RawOrder.from_payload(dict(order, retailer=retailer, order_details=lines))
    environment["cartona.inbox"]._receive(config, [raw], "webhook")
    environment.cr.commit()
    environment["cartona.inbox"]._job_process(config, "abc")
    environment["cartona.log"]._add_decision(config, "order", "something")
    environment["cartona.attempt"]._begin(config, product.ids)
    entry = environment["cartona.inbox"].search([])
    sale_order = environment["sale.order"].search([("cartona_id", "=", "abc")])
    check("an order came in", "" if sale_order.state == "sale" else entry.message or entry.state)
    failed = "UPDATE queue_job SET state = 'failed' WHERE model_name = 'cartona.pull'"
    environment.cr.execute(failed)
    return product.id, sale_order.id, sale_order.partner_id.id


def kept(environment, product_id, order_id, partner_id):
    order = environment["sale.order"].browse(order_id).exists()
    partner = environment["res.partner"].browse(partner_id).exists()
    product = environment["product.product"].browse(product_id).exists()
    whole = (
        order.state == "sale"
        and product in order.order_line.mapped("product_id")
        and partner.name == "Nour"
        and order.partner_id == partner
    )
    check("orders, retailers and products stay", "" if whole else "they do not")
    order.order_line[0].product_uom_qty = 5
    order.copy().action_confirm()
    product.list_price = 31
    check("they can be worked with", "")


def settle_in(environment):
    """What administrators and managers change; returns it as it stands then."""
    functions = environment["queue.job.function"].search([("name", "like", "<cartona.")])
    for function in functions:  # queue_job takes one at a time
        function.edit_retry_pattern = "{1: 7}"
    functions[:1].channel_id = environment.ref("queue_job.channel_root")
    crons = environment["ir.cron"].search([("code", "=like", "model._cron_%")])
    crons.filtered(lambda cron: cron.model_id.model == "cartona.config").write(
        {"interval_number": 17, "active": False}
    )
    config = environment["cartona.config"].search([], limit=1)
    config.write({"batch_size": 37, "product_scope": "linked", "sync_stock": False, "pace": 3})
    environment["ir.rule"].search([("model_id.model", "=", "cartona.config")]).active = False
    product = environment.ref(f"{MODULE}.product_rounding")
    product.name = "Piastres"
    environment.cr.commit()
    return settings(environment)


def settings(environment):
    """What an update of the addon must leave alone: ``{place: rows}``."""
    environment.invalidate_all()
    queries = {
        "job functions": "SELECT id, channel_id, retry_pattern FROM queue_job_function ORDER BY id",
        "crons": "SELECT id, active, interval_number, interval_type FROM ir_cron ORDER BY id",
        "accounts": "SELECT * FROM cartona_config ORDER BY id",
        "secrets": "SELECT * FROM cartona_credential ORDER BY id",
        "rules": "SELECT id, active, domain_force FROM ir_rule ORDER BY id",
        "orders": "SELECT * FROM cartona_order ORDER BY id",
        "product states": "SELECT * FROM cartona_product_state ORDER BY id",
        "products": "SELECT id, name FROM product_template ORDER BY id",
    }
    found = {}
    for name, query in queries.items():
        environment.cr.execute(query)
        found[name] = [str(row) for row in environment.cr.fetchall()]
    return found


def age(environment):
    """Make the database one that version 1.0 left."""
    tests = Path(get_module_path(MODULE)).resolve().parent / "tests" / "uninstall"
    environment.cr.execute((tests / "version_1_0.sql").read_text(encoding="utf-8"))
    found = old_parts(environment)
    check("version 1.0 is what is updated", "" if all(found.values()) else str(found))


def old_parts(environment):
    """How much there is of what version 1.0 had and the next ones have not."""
    queries = {
        "version": "SELECT count(*) FROM ir_module_module"
        f" WHERE name = '{MODULE}' AND latest_version LIKE '%.1.0'",
        "columns": "SELECT count(*) FROM information_schema.columns WHERE table_name ="
        " 'cartona_order' AND column_name IN ('seen_digest', 'seen_date', 'acknowledged')",
        "functions": "SELECT count(*) FROM queue_job_function WHERE method = '_job_acknowledge'",
        "jobs": "SELECT count(*) FROM queue_job WHERE method_name = '_job_acknowledge'",
    }
    found = {}
    for name, query in queries.items():
        environment.cr.execute(query)
        (found[name],) = environment.cr.fetchone()
    return found


def module_is(state):
    found = transaction(lambda environment: module(environment).state)
    return "" if found == state else found


before = snapshot(env.cr)  # noqa: F821
env.cr.rollback()  # noqa: F821
transaction(lambda environment: module(environment).button_immediate_install())
product_id, order_id, partner_id = transaction(sell)
during = transaction(lambda environment: snapshot(environment.cr))
for name in ("tables", "columns", "sequences", "crons", "groups", "job functions", "jobs"):
    check(f"there were {name} of the addon", "" if during[name] - before[name] else "none")
chosen = transaction(settle_in)
transaction(age)
transaction(lambda environment: module(environment).button_immediate_upgrade())
check("it is updated", module_is("installed"))
for name, count in transaction(old_parts).items():
    check(f"no old {name} are left by an update", f"{count}" if count else "")
for name, rows in transaction(settings).items():
    changed = sorted(set(rows) ^ set(chosen[name]))
    check(f"an update leaves {name} alone", json.dumps(changed) if changed else "")
transaction(lambda environment: module(environment).button_immediate_uninstall())
check("it is uninstalled", module_is("uninstalled"))
after = transaction(lambda environment: snapshot(environment.cr))
for name in LEFT_BEHIND:
    left = sorted(after[name] - before[name] - KNOWN)
    check(f"no {name} are left", json.dumps(left) if left else "")
    lost = sorted(before[name] - after[name])
    check(f"all other {name} are there", json.dumps(lost) if lost else "")
transaction(lambda environment: kept(environment, product_id, order_id, partner_id))
transaction(lambda environment: module(environment).button_immediate_install())
check("it can be installed again", module_is("installed"))
product_id, order_id, partner_id = transaction(sell)
sys.stdout.write("DONE\n")
