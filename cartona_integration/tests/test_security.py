"""Who may do what: one table, every model, every button, every company."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import BASE_URL, CartonaCase, create_product_manager, create_user

USERS = {
    "public": ["base.group_public"],
    "portal": ["base.group_portal"],
    "employee": ["base.group_user"],
    "sales": ["sales_team.group_sale_salesman_all_leads"],
    "user": ["cartona_integration.group_user"],
    "manager": ["cartona_integration.group_manager"],
    "system": ["base.group_system"],
    # a manager whose company is another one
    "stranger": ["cartona_integration.group_manager"],
}

#: Model: user: letters of (r)ead, (w)rite, (c)reate, (u)nlink that are allowed; others: none.
STAFF = ("employee", "sales", "user", "manager", "system")
#: Managers write it, everybody reads it.
MANAGED = {**dict.fromkeys(STAFF, "r"), **dict.fromkeys(("manager", "system"), "rwcu")}
ACCESS = {
    "cartona.config": MANAGED,
    "cartona.order": dict.fromkeys(STAFF, "r"),
    "cartona.product.state": {**dict.fromkeys(STAFF, "r"), "manager": "rw", "system": "rw"},
    "cartona.product": dict.fromkeys(STAFF, "r"),
    "cartona.pack": MANAGED,
    "cartona.tier": MANAGED,
    "cartona.inbox": dict.fromkeys(("user", "manager", "system"), "r"),
    "cartona.log": dict.fromkeys(("user", "manager", "system"), "r"),
    "cartona.task": dict.fromkeys(("user", "manager", "system"), "r"),
    "cartona.alert": dict.fromkeys(("user", "manager", "system"), "r"),
    "cartona.drift": dict.fromkeys(("user", "manager", "system"), "r"),
    "cartona.open.item": dict.fromkeys(("user", "manager", "system"), "r"),
    "cartona.preview": {"user": "", "manager": "r", "system": "r"},
    "cartona.credential": {},
    "cartona.attempt": {},
    "cartona.rest": {},
    "cartona.pace": {},
    "cartona.journal": {},
    "cartona.outbox": {},
    "cartona.to.invoice": {},
    "cartona.otp.call": {},
    "cartona.withdrawal": {},
    "cartona.order.line": {},
    "cartona.edit.call": {},
}

#: Button: who may press it; WRITERS: whoever may change the record.
MANAGERS = ("manager", "system")
WRITERS = None
BUTTONS = {
    ("cartona.config", "action_test_connection"): MANAGERS,
    ("cartona.config", "action_push_all"): MANAGERS,
    ("cartona.config", "action_pull_orders"): MANAGERS,
    ("cartona.config", "action_fetch_catalogue"): MANAGERS,
    ("cartona.config", "action_pause"): MANAGERS,
    ("cartona.config", "action_resume"): MANAGERS,
    ("cartona.config", "action_cancel_task"): MANAGERS,
    ("cartona.config", "action_end_replaced_secrets"): ("system",),
    ("cartona.config", "action_preview"): MANAGERS,
    ("cartona.config", "action_reconcile"): MANAGERS,
    ("cartona.config", "action_send_held"): MANAGERS,
    ("cartona.config", "action_check_held"): MANAGERS,
    ("cartona.task", "action_cancel"): MANAGERS,
    # without an account of his companies it shows nothing
    ("product.product", "action_cartona_preview"): (*MANAGERS, "stranger"),
    ("product.template", "action_cartona_preview"): (*MANAGERS, "stranger"),
    ("cartona.product", "action_approve"): MANAGERS,
    ("cartona.product", "action_reject"): MANAGERS,
    ("cartona.pack", "action_remove"): MANAGERS,
    ("cartona.open.item", "action_retry"): MANAGERS,
    ("cartona.open.item", "action_retry_alike"): MANAGERS,
    ("cartona.open.item", "action_discard"): MANAGERS,
    ("cartona.inbox", "action_retry"): MANAGERS,
    ("cartona.inbox", "action_discard"): MANAGERS,
    ("cartona.inbox", "action_restore"): MANAGERS,
    ("cartona.inbox", "action_use"): MANAGERS,
    ("cartona.inbox", "action_keep"): MANAGERS,
    ("sale.order", "action_cartona_sync"): WRITERS,
    ("sale.order", "action_cartona_put_back"): WRITERS,
    # without an order of his companies it does nothing: see TestChooseProduct
    ("product.product", "action_cartona_choose"): (*MANAGERS, "stranger"),
    ("sale.order", "action_cartona_finish"): WRITERS,
    ("sale.order", "action_cartona_invoice"): WRITERS,
    ("product.product", "action_cartona_push"): WRITERS,
    ("product.template", "action_cartona_push"): WRITERS,
    ("product.product", "action_cartona_approve"): WRITERS,
    ("product.template", "action_cartona_approve"): WRITERS,
    ("product.product", "action_cartona_reject"): WRITERS,
    ("product.template", "action_cartona_reject"): WRITERS,
    ("product.product", "action_cartona_take_pack"): WRITERS,
    ("product.template", "action_cartona_take_pack"): WRITERS,
}


@tagged("post_install", "-at_install")
class TestSecurity(CartonaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.env["res.company"].create({"name": "Second"})
        cls.users = {name: create_user(cls.env, f"c_{name}", *USERS[name]) for name in USERS}
        cls.users["stranger"].write(
            {"company_ids": [(6, 0, cls.second.ids)], "company_id": cls.second.id}
        )
        currency = cls.config.company_id.currency_id.id
        cls.pricelist = cls.env["product.pricelist"].create(
            {"name": "Wholesale", "currency_id": currency, "company_id": False}
        )
        cls.users["product manager"] = create_product_manager(
            cls.env, "c_products", "base.group_user"
        )

    def setUp(self):
        super().setUp()
        self.place(self.order())
        self.run_jobs()
        self.sugar.list_price = 31
        self.commit()
        for model in (
            "cartona.attempt",
            "cartona.rest",
            "cartona.pace",
            "cartona.otp.call",
            "cartona.edit.call",
            "cartona.withdrawal",
            "cartona.to.invoice",
        ):
            self.env[model].create(self.values(model))
        self.env["cartona.outbox"].create(
            {"config_id": self.config.id, "order_id": self.sale_orders().cartona_order_id.id}
        )
        self.env["cartona.product.state"].create(
            {"config_id": self.config.id, "product_id": self.rice.id, "error": "no"}
        )
        self.env["cartona.tier"].create(dict(self.values("cartona.tier"), supplier_code="1"))
        self.row = self.env["cartona.product"].create(self.values("cartona.product"))
        main, box = [self.row.copy({"supplier_product_id": number}) for number in ("2", "3")]
        main.write({"product_id": self.sugar.id, "internal_product_id": "SUG-1"})
        values = dict(self.values("cartona.pack"), row_id=box.id)
        self.pack = self.env["cartona.pack"].create(values)
        for model in ("cartona.drift", "cartona.preview", "cartona.alert"):
            self.env[model].create(self.values(model))
        self.task = self.env["cartona.task"].create(self.values("cartona.task"))

    def values(self, model):
        """Values with which a record of the model can be created by whoever may."""
        config = {"config_id": self.config.id}
        row = self.env["cartona.product"].search([("supplier_product_id", "=", "1")], limit=1)
        return {
            "cartona.config": {"name": "New"},
            "cartona.order": dict(config, hashed_id="new", status="pending"),
            "cartona.product.state": dict(config, product_id=self.sugar.id),
            "cartona.product": dict(config, supplier_product_id="1", name="Salt"),
            "cartona.pack": {"pieces": 12, "row_id": row.id, "product_id": self.sugar.id},
            "cartona.tier": dict(config, supplier_code="2", pricelist_id=self.pricelist.id),
            "cartona.inbox": dict(
                config, hashed_id="n", digest="d", payload="{}", source="pull", state="done"
            ),
            "cartona.log": dict(
                config, operation="push", level="success", create_date="2024-01-01 00:00:00"
            ),
            "cartona.task": dict(config, kind="push", create_date="2024-01-01 00:00:00"),
            "cartona.drift": dict(
                config, product_id=self.sugar.id, kind="price", found="2024-01-01 00:00:00"
            ),
            "cartona.alert": dict(config, kind="held", since="2024-01-01 00:00:00"),
            "cartona.preview": dict(
                config,
                user_id=self.env.uid,
                product_id=self.sugar.id,
                change="zero",
                create_date="2024-01-01 00:00:00",
            ),
            "cartona.credential": dict(config, kind="token", value="x"),
            "cartona.attempt": dict(config, product_ids="[]"),
            "cartona.rest": dict(config, kind="push", reason="no"),
            "cartona.pace": dict(config, starts="[]"),
            "cartona.withdrawal": dict(config, internal_id="SUG-1"),
            "cartona.journal": dict(config, product_id=self.sugar.id, kind="price"),
            "cartona.outbox": dict(config, order_id=self.sale_orders().cartona_order_id.id),
            "cartona.otp.call": {
                "order_id": self.sale_orders().cartona_order_id.id,
                "status": "delivered",
                "state": "accepted",
            },
            "cartona.to.invoice": {"order_id": self.sale_orders().cartona_order_id.id},
            "cartona.open.item": dict(config, reason="other"),
            "cartona.order.line": {"order_id": self.sale_orders().cartona_order_id.id},
            "cartona.edit.call": {
                "order_id": self.sale_orders().cartona_order_id.id,
                "changes": "[]",
            },
        }[model]

    def change(self, record):
        name = {"cartona.config": "name", "cartona.credential": "value"}.get(record._name)
        if not name:
            name = next(n for n in self.values(record._name) if n != "config_id")
        record.write({name: record.sudo()[name] if name != "name" else "Renamed"})

    def may(self, action):
        """Whether the action is allowed; what it did is undone."""
        self.env.cr.execute("SAVEPOINT matrix")
        try:
            action()
            return True
        except AccessError:
            return False
        finally:
            self.env.cr.clear()  # what is yet to be written is not done either
            self.env.cr.execute("ROLLBACK TO SAVEPOINT matrix")
            self.forget()
            self.env.cr.postcommit.clear()

    def models(self):
        return sorted(
            name
            for name, model in self.env.registry.items()
            if model._original_module == "cartona_integration" and not model._abstract
            if not model._transient  # his own only: see TestOpenItems, TestOtpHandover
        )

    def test_the_table_names_every_model_and_every_button(self):
        self.assertEqual(self.models(), sorted(ACCESS))
        buttons = {
            (model, name)
            for model in (*ACCESS, "sale.order", "product.product", "product.template")
            for name in dir(self.env.registry[model])
            if name.startswith("action_") and "cartona_integration" in self.module_of(model, name)
        }
        shows = ("action_open", "action_cartona_open_", "action_export")
        opening = {button for button in buttons if button[1].startswith(shows)}
        self.assertEqual(buttons - opening, set(BUTTONS))

    def module_of(self, model, name):
        return getattr(getattr(self.env.registry[model], name), "__module__", "")

    def test_each_user_may_do_with_each_model_what_the_table_says(self):
        for model, rights in ACCESS.items():
            own_account = [("config_id", "=", self.config.id)]
            domain = own_account if "config_id" in self.env[model]._fields else []
            record = self.config if model == "cartona.config" else None
            record = record or self.env[model].search(domain, limit=1)
            self.assertTrue(record, model)
            for name, user in self.users.items():
                if name == "product manager":
                    continue
                own = record.with_user(user)
                actions = {
                    "r": lambda own=own: own.read(["id", "display_name"]),
                    "w": lambda own=own: self.change(own),
                    "c": lambda own=own, model=model: own.create(self.values(model)),
                    "u": lambda own=own, model=model: self.removable(own).unlink(),
                }
                allowed = "".join(letter for letter, act in actions.items() if self.may(act))
                expected = rights.get(name, "")
                if (model, name) == ("cartona.config", "stranger"):
                    expected = "c"  # in his own company
                self.assertEqual(allowed, expected, (model, name))

    def removable(self, record):
        """An account that has orders stays; any other may go."""
        if record._name != "cartona.config":
            return record
        values = {"name": "Removable", "company_id": self.config.company_id.id}
        return record.sudo().create(values).with_user(record.env.user)

    def test_only_those_may_press_a_button_whom_the_table_names(self):
        entry = self.entries()
        entry.write({"state": "held", "reason": "bad_data"})
        records = {
            "cartona.config": self.config,
            "cartona.inbox": entry,
            "cartona.open.item": self.env["cartona.open.item"].search(
                [("kind", "=", "order"), ("config_id", "=", self.config.id)]
            ),
            "cartona.product": self.row,
            "cartona.pack": self.pack,
            "cartona.task": self.task,
            "sale.order": self.sale_orders(),
            "product.product": self.sugar,
            "product.template": self.sugar.product_tmpl_id,
        }
        for (model, button), allowed in BUTTONS.items():
            outcomes = set()
            for name, user in self.users.items():
                own = records[model].with_user(user)
                if allowed is WRITERS:
                    expected = self.may(lambda own=own: own.write({"name": own.sudo().name}))
                else:
                    expected = name in allowed
                pressed = self.may(getattr(own, button))
                self.assertEqual(pressed, expected, (model, button, name))
                outcomes.add(pressed)
            self.assertEqual(outcomes, {True, False}, (model, button))

    def test_what_the_dashboard_opens_is_open_to_users_of_cartona_only_where_they_may_read(self):
        for button in (
            "action_open_account",
            "action_open_log",
            "action_open_held",
            "action_open_products",
            "action_open_orders",
            "action_open_refused_orders",
            "action_open_unsettled",
            "action_open_catalogue",
            "action_open_left_over",
            "action_open_suggested",
            "action_open_unlinked",
            "action_open_tasks",
            "action_open_drift",
            "action_open_alerts",
            "action_open_items",
        ):
            action = getattr(self.config.with_user(self.users["user"]), button)()
            self.assertEqual(action["type"], "ir.actions.act_window", button)

    def test_no_company_sees_what_is_anothers(self):
        """Every model with an account has a rule; nobody passes it, whatever his group."""
        other = self.config.create(
            {"name": "B", "base_url": BASE_URL, "company_id": self.second.id, "token": "b"}
        )
        main, box = (
            dict(self.values("cartona.product"), config_id=other.id, supplier_product_id=number)
            for number in ("8", "9")
        )
        main.update(product_id=self.sugar.id, internal_product_id="SUG-1")
        rows = self.env["cartona.product"].create([main, box])
        for model in (
            "cartona.order",
            "cartona.product.state",
            "cartona.product",
            "cartona.pack",
            "cartona.tier",
            "cartona.inbox",
            "cartona.log",
            "cartona.task",
            "cartona.preview",
            "cartona.drift",
            "cartona.alert",
        ):
            values = dict(self.values(model), config_id=other.id)
            if model == "cartona.pack":  # its account is its row's
                values["row_id"] = rows[1].id
            self.env[model].sudo().create(values)
            if not self.env[model].search([("config_id", "=", self.config.id)]):
                self.env[model].create(self.values(model))
            for name in ("user", "manager", "system", "stranger"):
                if not ACCESS[model].get(name, "r"):
                    continue
                own = self.env[model].with_user(self.users[name])
                seen = own.search([]).sudo().mapped("config_id.company_id")
                company = self.users[name].company_id
                self.assertEqual(seen, company, (model, name))
                hidden = self.env[model].search([("config_id.company_id", "!=", company.id)])
                self.assertFalse(
                    self.may(lambda h=hidden, own=own: h.with_env(own.env).read(["id"]))
                )
        for name, user in self.users.items():
            if name in ("public", "portal"):
                continue
            seen = self.env["cartona.config"].with_user(user).search([])
            self.assertEqual(seen, other if name == "stranger" else self.config, name)

    def test_a_manager_of_another_company_cannot_change_an_account(self):
        stranger = self.config.with_user(self.users["stranger"])
        self.assertFalse(self.may(lambda: stranger.write({"name": "Mine"})))

    def test_an_account_with_orders_stays_in_its_company(self):
        with self.assertRaises(UserError):
            self.config.company_id = self.second
        self.config.company_id = self.config.company_id
        self.config.copy().company_id = self.second

    def test_every_model_has_rights_and_every_open_one_with_an_account_a_rule(self):
        for name in self.models():
            model = self.env["ir.model"]._get(name)
            self.assertTrue(model.access_ids, name)
            self.assertNotIn(False, model.access_ids.mapped("group_id").ids, name)
            if any(model.access_ids.mapped("perm_read")):
                self.assertTrue(model.rule_ids, name)
                for rule in model.rule_ids:
                    self.assertIn("company_ids", rule.domain_force, name)
            else:
                for permission in ("perm_write", "perm_create", "perm_unlink"):
                    self.assertFalse(any(model.access_ids.mapped(permission)), name)
