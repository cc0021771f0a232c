"""Install, use, uninstall and reinstall the addon; nothing of it may stay behind.

Read by ``odoo shell`` from standard input, on a database that has all but the addon. Prints one
line for each thing that was checked, ``PASS …`` or ``FAIL …``; ends with ``DONE``.
"""

import json
import sys

from odoo import SUPERUSER_ID, api
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


before = snapshot(env.cr)  # noqa: F821
env.cr.rollback()  # noqa: F821
transaction(lambda environment: module(environment).button_immediate_install())
product_id, order_id, partner_id = transaction(sell)
during = transaction(lambda environment: snapshot(environment.cr))
for name in ("tables", "columns", "sequences", "crons", "groups", "job functions", "jobs"):
    check(f"there were {name} of the addon", "" if during[name] - before[name] else "none")
transaction(lambda environment: module(environment).button_immediate_uninstall())
state = transaction(lambda environment: module(environment).state)
check("it is uninstalled", "" if state == "uninstalled" else state)
after = transaction(lambda environment: snapshot(environment.cr))
for name in LEFT_BEHIND:
    left = sorted(after[name] - before[name] - KNOWN)
    check(f"no {name} are left", json.dumps(left) if left else "")
    lost = sorted(before[name] - after[name])
    check(f"all other {name} are there", json.dumps(lost) if lost else "")
transaction(lambda environment: kept(environment, product_id, order_id, partner_id))
transaction(lambda environment: module(environment).button_immediate_install())
state = transaction(lambda environment: module(environment).state)
check("it can be installed again", "" if state == "installed" else state)
product_id, order_id, partner_id = transaction(sell)
sys.stdout.write("DONE\n")
