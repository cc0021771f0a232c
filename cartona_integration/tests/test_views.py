"""Every view loads for everybody, and is written in the dialect that all series read."""

import ast
import datetime
import os
import re
from pathlib import Path

from lxml import etree

from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ..compat import LIST, domain
from .common import CartonaCase, create_product_manager, create_user

ADDON = Path(__file__).resolve().parent.parent
MANIFEST = ast.literal_eval((ADDON / "__manifest__.py").read_text(encoding="utf-8"))
MODIFIERS = ("invisible", "column_invisible", "readonly", "required")
NUMBERS = ("integer", "float", "monetary")
MANY = ("one2many", "many2many")

USERS = {
    "sales": ["sales_team.group_sale_salesman_all_leads"],
    "cartona user": ["cartona_integration.group_user", "sales_team.group_sale_salesman"],
    "manager": [
        "cartona_integration.group_manager",
        "sales_team.group_sale_manager",
        "stock.group_stock_manager",
    ],
    "system": ["base.group_system", "sales_team.group_sale_manager"],
}
VIEWS = {
    "product.template": ("form", LIST, "kanban", "search"),
    "product.product": ("form", LIST, "kanban", "search"),
    "sale.order": ("form", LIST, "kanban", "search", "graph", "pivot"),
    "stock.picking": ("form",),
    "res.partner": ("form", LIST, "kanban", "search"),
    "cartona.config": ("form", LIST, "kanban", "search"),
    "cartona.product": ("form", LIST, "search"),
    "cartona.pack": ("form", LIST),
    "cartona.log": ("form", LIST, "search", "graph", "pivot"),
    "cartona.inbox": ("form", LIST, "search"),
    "cartona.task": ("form", LIST, "search"),
    "cartona.preview": (LIST, "search"),
    "cartona.drift": (LIST, "search"),
    "cartona.alert": (LIST, "search"),
    "cartona.open.item": ("form", LIST, "search"),
    "cartona.discard": ("form",),
    "cartona.handover": ("form",),
}
#: Of Cartona's own models, users of Cartona only see these.
CLOSED = (
    "cartona.log",
    "cartona.inbox",
    "cartona.task",
    "cartona.drift",
    "cartona.alert",
    "cartona.open.item",
)
#: Only managers see these.
MANAGED = ("cartona.preview", "cartona.discard")


@tagged("post_install", "-at_install")
class TestViews(CartonaCase):
    def load(self, model, kind, view_id=False):
        """``(arch, fields)`` of a view as the user's browser gets it."""
        if hasattr(model, "get_views"):
            result = model.get_views([(view_id, kind)], {"toolbar": kind != "search"})
            arch = result["views"][kind]["arch"]
            known = result["models"][model._name]
            return etree.fromstring(arch), known.get("fields", known)
        result = model.load_views([(view_id, kind)], {"toolbar": kind != "search"})
        view = result["fields_views"][kind]
        return etree.fromstring(view["arch"]), result["fields"]

    def own_views(self):
        """The addon's views, with the models that they are of."""
        data = self.env["ir.model.data"].search(
            [("module", "=", "cartona_integration"), ("model", "=", "ir.ui.view")]
        )
        views = self.env["ir.ui.view"].browse(data.mapped("res_id"))
        return views.filtered("model")  # templates of reports have none

    def test_every_view_loads_for_every_user(self):
        for name, groups in USERS.items():
            user = create_user(self.env, f"v_{name}", *groups)
            for model, kinds in VIEWS.items():
                if model in CLOSED and name == "sales":
                    continue
                if model in MANAGED and name in ("sales", "cartona user"):
                    continue
                for kind in kinds:
                    arch, _fields = self.load(self.env[model].with_user(user), kind)
                    self.assertEqual(arch.tag, kind, (name, model))

    def test_the_tables_name_every_model_and_kind_that_the_addon_has_views_of(self):
        for view in self.own_views():
            kind = {"tree": LIST, "list": LIST}.get(view.type, view.type)
            self.assertIn(kind, VIEWS[view.model], view.name)

    def test_cartonas_columns_stand_in_the_lists_where_people_look(self):
        lists = {
            "sale.view_quotation_tree": ("cartona_number", "cartona_status", "cartona_sync_status"),
            "sale.view_order_tree": ("cartona_number", "cartona_status", "cartona_sync_status"),
            "base.view_partner_tree": ("cartona_id", "cartona_type"),
            "product.product_product_tree_view": ("cartona_id", "cartona_state"),
            "product.product_template_tree_view": ("cartona_id", "cartona_state"),
        }
        for name, columns in lists.items():
            view = self.env.ref(name)
            arch, _known = self.load(self.env[view.model], LIST, view.id)
            for column in columns:
                self.assertTrue(arch.xpath(f"//field[@name='{column}']"), (name, column))

    def test_a_template_of_several_variants_asks_for_no_id_that_it_would_drop(self):
        several = {"product_variant_count": 2, "is_product_variant": False, "sale_ok": True}
        text = (ADDON / "views" / "product_template.xml").read_text("utf-8")
        for name in ("cartona_id", "cartona_product_id"):
            node = etree.fromstring(text.encode()).xpath(f"//page//field[@name='{name}']")[0]
            self.assertTrue(safe_eval(node.get("invisible"), dict(several)))
            for other in ({"product_variant_count": 1}, {"is_product_variant": True}):
                self.assertFalse(safe_eval(node.get("invisible"), {**several, **other}))

    def test_buttons_of_products_are_for_those_who_may_change_products(self):
        text = (ADDON / "views" / "product_template.xml").read_text("utf-8")
        hidden = [
            node.get("invisible") for node in etree.fromstring(text.encode()).xpath("//button")
        ]
        editor = create_product_manager(self.env, "editor")
        seller = create_user(self.env, "seller", *USERS["sales"])
        for user, expected in ((editor, False), (seller, True)):
            for product in (self.sugar, self.sugar.product_tmpl_id):
                own = product.with_user(user)
                shown = {"cartona_editable": own.cartona_editable}
                shown.update(cartona_suggested_id=True, cartona_pack_suggested=12)
                self.assertEqual({safe_eval(each, dict(shown)) for each in hidden}, {expected})

    def test_a_form_of_each_model_shows_a_real_record(self):
        self.place(self.order())
        self.run_jobs()
        self.sale_orders().action_confirm()
        self.place(self.order(status="approved"))
        user = create_user(self.env, "reader", *USERS["manager"])
        records = {
            "product.template": self.sugar.product_tmpl_id,
            "product.product": self.sugar,
            "sale.order": self.sale_orders(),
            "stock.picking": self.sale_orders().picking_ids,
            "res.partner": self.sale_orders().partner_id,
            "cartona.config": self.config,
            "cartona.log": self.env["cartona.log"].search([], limit=1),
            "cartona.inbox": self.entries()[:1],
            "cartona.product": self.env["cartona.product"].create(
                {"config_id": self.config.id, "supplier_product_id": "1", "name": "Salt"}
            ),
        }
        main = records["cartona.product"].copy({"supplier_product_id": "2"})
        main.product_id = self.sugar
        records["cartona.pack"] = self.env["cartona.pack"].create(
            {"row_id": records["cartona.product"].id, "product_id": self.sugar.id, "pieces": 12}
        )
        records["cartona.drift"] = self.env["cartona.drift"].create(
            {
                "config_id": self.config.id,
                "product_id": self.sugar.id,
                "kind": "price",
                "found": "2024-01-01 00:00:00",
            }
        )
        self.config._pause("bad token")
        records["cartona.discard"] = (
            self.env["cartona.discard"].with_user(user).create({"reason": "no"})
        )
        window = {"order_id": self.sale_orders().id}
        records["cartona.handover"] = self.env["cartona.handover"].with_user(user).create(window)
        self.place(self.order("held", total_price=1))
        self.env["cartona.inbox"].search([("hashed_id", "=", "held")]).state = "held"
        records["cartona.open.item"] = self.env["cartona.open.item"].search([], limit=1)
        records["cartona.alert"] = self.config.alert_ids
        self.config.action_preview()
        records["cartona.preview"] = self.env["cartona.preview"].search([], limit=1)
        records["cartona.task"] = self.env["cartona.task"]._start(self.config, "push")
        for model, kinds in VIEWS.items():
            record = records[model].with_user(user)
            self.assertTrue(record, model)
            for kind in set(kinds) & {"form", LIST, "kanban"}:
                arch, _fields = self.load(self.env[model].with_user(user), kind)
                top = [
                    node.get("name")
                    for node in arch.iter("field")
                    if not any(parent.tag == "field" for parent in node.iterancestors())
                ]
                values = record.read(list(dict.fromkeys(top)))[0]
                self.assertEqual(values["id"], record.id)

    def test_buttons_of_managers_are_not_shown_to_users(self):
        user = create_user(self.env, "reader", *USERS["cartona user"])
        manager = create_user(self.env, "boss", *USERS["manager"])

        def buttons(viewer, model, kind):
            arch, _fields = self.load(self.env[model].with_user(viewer), kind)
            # 15 sends what is of other groups, too, for nobody to see
            seen = (node for node in arch.iter("button") if node.get("invisible") != "1")
            return {node.get("name") for node in seen}

        own = {"action_test_connection", "action_pause", "action_resume", "action_pull_orders"}
        for kind in ("form", "kanban"):
            self.assertFalse(buttons(user, "cartona.config", kind) & own, kind)
            self.assertLessEqual(own, buttons(manager, "cartona.config", kind), kind)
        self.assertNotIn("action_retry", buttons(user, "cartona.inbox", "form"))
        self.assertIn("action_retry", buttons(manager, "cartona.inbox", "form"))

    def test_secrets_are_shown_to_administrators_only_and_never_in_clear(self):
        for name in ("cartona user", "manager", "system"):
            user = create_user(self.env, f"s_{name}", *USERS[name])
            arch, _fields = self.load(self.env["cartona.config"].with_user(user), "form")
            found = {node.get("name"): node for node in arch.iter("field")}
            for secret in ("token", "webhook_secret"):
                self.assertEqual(secret in found, name == "system", (name, secret))
                if name == "system":
                    self.assertEqual(found[secret].get("password"), "True")

    def test_filters_and_actions_have_domains_that_can_be_searched(self):
        class Moment(datetime.datetime):
            """As the web client has them."""

            def __sub__(self, other):
                return Moment.fromtimestamp((super().__sub__(other)).timestamp())

            def to_utc(self):
                return self

        class Dates:
            datetime, timedelta = Moment, datetime.timedelta

        for view in self.own_views().filtered(lambda view: view.type == "search"):
            arch = etree.fromstring(view.arch_db)
            for node in arch.iter("filter"):
                if node.get("domain"):
                    scope = {"datetime": Dates, "uid": self.env.uid}
                    self.env[view.model].search(safe_eval(node.get("domain"), scope), limit=1)
        data = self.env["ir.model.data"].search(
            [("module", "=", "cartona_integration"), ("model", "=", "ir.actions.act_window")]
        )
        self.assertTrue(data)
        for action in self.env["ir.actions.act_window"].browse(data.mapped("res_id")):
            model = self.env[action.res_model]
            model.search(safe_eval(action.domain or "[]", {"uid": self.env.uid}), limit=1)
            self.load(model, "search", action.search_view_id.id)
            for kind in action.view_mode.split(","):
                self.load(model, kind)
            filters = {n.get("name") for n in self.load(model, "search")[0].iter("filter")}
            for key in safe_eval(action.context or "{}", {"uid": self.env.uid}):
                self.assertIn(key.replace("search_default_", ""), filters, action.name)

    def test_menus_open_what_their_users_may_read(self):
        for name in ("cartona user", "manager"):
            user = create_user(self.env, f"m_{name}", *USERS[name])
            menus = self.menus(user)
            root = self.env.ref("cartona_integration.menu_cartona")
            own = menus.filtered(lambda menu, root=root: root in menu | menu.parent_id)
            self.assertTrue(own, name)
            for menu in own.filtered("action"):
                action = menu.sudo().action
                if action._name == "ir.actions.act_window":
                    self.env[action.res_model].with_user(user).search([], limit=1)
        stranger = create_user(self.env, "m_nobody", "base.group_user")
        root = self.env.ref("cartona_integration.menu_cartona")
        self.assertNotIn(root, self.menus(stranger))

    def menus(self, user):
        menus = self.env["ir.ui.menu"].with_context(**{"ir.ui.menu.full_list": True}).search([])
        return menus.with_user(user)._filter_visible_menus()

    # -- the dialect -------------------------------------------------------------------------------

    def test_expressions_of_views_are_those_that_older_series_can_be_told(self):
        """See compat.domain; numbers and x2many compared, fields in the view."""
        for view in self.own_views():
            arch = etree.fromstring(view.arch_db)
            shown = {node.get("name") for node in arch.iter("field")}
            model = self.env[view.model]
            for node in arch.iter(etree.Element):
                for modifier in MODIFIERS:
                    expression = node.get(modifier)
                    if not expression or expression in ("0", "1", "True", "False"):
                        continue
                    tree = ast.parse(expression.strip(), mode="eval").body
                    domain(tree)  # raises where it cannot be told
                    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
                    for name in names - {"parent"}:
                        self.assertIn(name, model._fields, (view.name, expression))
                        if name not in shown and view.inherit_id:
                            whole, _fields = self.load(model, view.type, self.root(view).id)
                            shown |= {n.get("name") for n in whole.iter("field")}
                        self.assertIn(name, shown, (view.name, expression))
                    for name in truth_of(tree):
                        kind = model._fields[name].type
                        self.assertNotIn(kind, NUMBERS + MANY, (view.name, expression))

    def root(self, view):
        while view.inherit_id:
            view = view.inherit_id
        return view

    def test_the_files_of_views_use_the_common_dialect(self):
        for path in (ADDON / "views").glob("*.xml"):
            tree = etree.parse(str(path))
            text = path.read_text(encoding="utf-8")
            self.assertNotIn("attrs=", text, path.name)
            self.assertNotIn("states=", text, path.name)
            self.assertFalse(list(tree.iter("tree")), path.name)
            for node in tree.iter("group"):
                if any(parent.tag == "search" for parent in node.iterancestors()):
                    self.assertFalse(dict(node.attrib), (path.name, "group in search"))
            for node in tree.iter("list"):
                for cell in node.iter("field", "button"):
                    # in a list, 'invisible' hides a cell, 'column_invisible' a column
                    self.assertNotEqual(cell.get("invisible"), "1", (path.name, cell.get("name")))
            for record in tree.iter("record"):
                self.assertNotEqual(record.get("model"), "res.config.settings")
            for node in tree.iter("templates"):
                for template in node.iter("t"):
                    if template.get("t-name"):
                        self.assertEqual(template.get("t-name"), "card", path.name)

    def test_every_list_reads_the_fields_of_its_decorations(self):
        for view in self.own_views():
            arch = etree.fromstring(view.arch_db)
            shown = {node.get("name") for node in arch.iter("field")}
            for node in arch.iter(etree.Element):
                for key, expression in node.attrib.items():
                    if key.startswith("decoration-"):
                        tree = ast.parse(expression, mode="eval")
                        names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
                        self.assertLessEqual(names, shown, (view.name, expression))

    # -- the manifest ------------------------------------------------------------------------------

    def test_the_manifests_files_exist_and_all_files_of_data_are_in_it(self):
        named = set(MANIFEST["data"]) | set(MANIFEST.get("demo", []))
        for name in named:
            self.assertTrue((ADDON / name).is_file(), name)
        present = {
            f"{folder}/{path.name}"
            for folder in ("data", "demo", "security", "views")
            for path in (ADDON / folder).iterdir()
            if path.suffix in (".xml", ".csv")
        }
        self.assertEqual(present - named, set())
        self.assertTrue((ADDON / "data" / "neutralize.sql").is_file())

    def test_pictures_that_are_named_exist(self):
        for path in (ADDON / "views").glob("*.xml"):
            for name in re.findall(r"cartona_integration,(static/[\w/.]+)", path.read_text()):
                self.assertTrue(os.path.isfile(ADDON / name), name)

    def test_the_version_has_two_parts(self):
        self.assertRegex(MANIFEST["version"], r"^\d+\.\d+$")


def truth_of(tree):
    """Names whose truth an expression asks for, without a comparison."""
    if isinstance(tree, ast.BoolOp):
        return [name for value in tree.values for name in truth_of(value)]
    if isinstance(tree, ast.UnaryOp):
        return truth_of(tree.operand)
    return [tree.id] if isinstance(tree, ast.Name) else []
