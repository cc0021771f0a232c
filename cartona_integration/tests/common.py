import copy
import json
from contextlib import contextmanager
from unittest.mock import patch

import requests
from psycopg2.sql import SQL, Identifier

from odoo import SUPERUSER_ID, api
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import Job
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, HttpCase, TransactionCase
from odoo.tests.common import get_db_name

from ..controllers import webhook
from ..controllers.throttle import Throttle
from ..lib.cartona_api import RawOrder
from ..models import cartona_config
from .fake_cartona import FakeCartona

BASE_URL = "http://127.0.0.1:9/api/v1/"


def create_account(env):
    """The only active account of the database, with a token."""
    env["cartona.config"].search([]).write({"active": False})
    return env["cartona.config"].create(
        {
            "name": "Supplier",
            "base_url": BASE_URL,
            "token": "secret-token",
            "pace": 0,
            "orders_path": "order/pull-orders",
        }
    )


def create_product(env, name, code, price, **values):
    """A storable product without taxes, unless told otherwise."""
    if "is_storable" in env["product.product"]._fields:
        storable = {"is_storable": values.get("type", "consu") == "consu"}
    else:
        storable = {"type": "product"}
    values = dict(storable, name=name, default_code=code, list_price=price, **values)
    return env["product.product"].create(dict({"taxes_id": [(6, 0, [])]}, **values))


def create_user(env, login, *groups, **values):
    """A user with these groups only."""
    ids = [env.ref(group).id for group in groups]
    field = "group_ids" if "group_ids" in env["res.users"]._fields else "groups_id"
    values.setdefault("email", f"{login}@example.com")  # before 19, who posts needs one
    users = env["res.users"].with_context(no_reset_password=True)
    return users.create({"name": login, "login": login, field: [(6, 0, ids)], **values})


def create_product_manager(env, login, *groups):
    """A user who makes and changes products, and has no group of Cartona unless given."""
    name = "product.group_product_manager"  # from 17 on
    found = env.ref(name, raise_if_not_found=False)
    return create_user(env, login, name if found else "sales_team.group_sale_manager", *groups)


def create_tax(env, name, amount, included=False, **values):
    """A sales tax of Egypt, in percent, included in the price or added to it."""
    if "price_include_override" in env["account.tax"]._fields:
        values["price_include_override"] = "tax_included" if included else "tax_excluded"
    else:
        values["price_include"] = included
    # without a chart of accounts there is no group that Odoo would take by itself
    group = {"name": name}
    if "country_id" in env["account.tax.group"]._fields:
        group["country_id"] = env.ref("base.eg").id
    values["tax_group_id"] = env["account.tax.group"].create(group).id
    values["country_id"] = env.ref("base.eg").id
    return env["account.tax"].create(
        {"name": name, "amount": amount, "type_tax_use": "sale", **values}
    )


class WithCartona:
    """Puts a Cartona that remembers behind every client of the process."""

    def start_cartona(self):
        self.cartona = FakeCartona()
        session = requests.Session()
        session.mount("http://", self.cartona)
        patcher = patch.object(cartona_config, "http_session", lambda base_url: session)
        patcher.start()
        self.addCleanup(patcher.stop)


class CommittedCase(WithCartona, BaseCase):
    """For what only real transactions show: own transactions, locks, several workers.

    ``with self.transaction() as env`` is one committed transaction; what a test creates is
    deleted or archived behind it.
    """

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.start_cartona()
        with self.transaction() as env:
            self.others = env["cartona.config"].search([]).ids
            self.config_id = create_account(env).id
            self.product_id = create_product(env, "Salt", "SALT-1", 5.0).id
        self.addCleanup(self.clean)
        self.forget_jobs()

    @contextmanager
    def transaction(self):
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def forget_jobs(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM queue_job WHERE model_name LIKE 'cartona.%'")
            cr.execute("DELETE FROM cartona_journal")
        self.cartona.calls.clear()

    def clean(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM queue_job WHERE model_name LIKE 'cartona.%'")
            cr.execute("DELETE FROM cartona_attempt")
            cr.execute("DELETE FROM cartona_credential WHERE config_id = %s", (self.config_id,))
        self.retire(self.product_id)
        with self.transaction() as env:
            env["cartona.config"].browse(self.config_id).active = False
            env["cartona.config"].with_context(active_test=False).browse(self.others).write(
                {"active": True}
            )
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM queue_job WHERE model_name LIKE 'cartona.%'")

    def retire(self, product_id):
        """Take a product out of all other tests: Odoo deletes none that was used."""
        with self.transaction() as env:
            env["product.product"].browse(product_id).write(
                {"default_code": False, "cartona_id": False, "active": False}
            )

    def change(self, **values):
        """Change the product in a transaction of its own."""
        with self.transaction() as env:
            env["product.product"].browse(self.product_id).write(values)

    def run_due_jobs(self):
        """Run due jobs as the cron does without a runner, each in its own transaction."""
        with self.transaction() as env:
            env["cartona.config"]._run_due_jobs()

    def due_now(self):
        """Postponed jobs are due."""
        with self.registry.cursor() as cr:
            cr.execute("UPDATE queue_job SET eta = NULL WHERE model_name LIKE 'cartona.%'")

    def all_jobs(self):
        """Run jobs until none is left, postponed ones at once."""
        for _round in range(50):
            self.due_now()
            self.run_due_jobs()
            with self.registry.cursor() as cr:
                cr.execute(
                    "SELECT count(*) FROM queue_job WHERE model_name LIKE 'cartona.%' "
                    "AND state IN ('pending', 'enqueued', 'failed')"
                )
                if not cr.fetchone()[0]:
                    return
        self.fail("Jobs make jobs without end")


class CartonaCase(WithCartona, TransactionCase):
    """An account, its products, and a Cartona that remembers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.config = create_account(cls.env)
        cls.sugar = cls.product("Sugar", "SUG-1", 30.0)
        cls.rice = cls.product("Rice", "RIC-1", 25.5)
        for product in (cls.sugar, cls.rice):
            cls.add_stock(product, 1000)

    @classmethod
    def product(cls, name, code, price, **values):
        return create_product(cls.env, name, code, price, **values)

    @classmethod
    def add_stock(cls, product, quantity):
        stock = cls.config._warehouses()[0].lot_stock_id
        cls.env["stock.quant"]._update_available_quantity(product, stock, quantity)

    def setUp(self):
        super().setUp()
        self.start_cartona()
        # transactions of their own see what the test did; an HttpCase cares for it itself
        if isinstance(self, HttpCase):
            pass
        elif hasattr(self, "registry_enter_test_mode"):
            self.registry_enter_test_mode()
        else:
            self.registry.enter_test_mode(self.cr)
            self.addCleanup(self.registry.leave_test_mode)
        self.commit()
        self.settle()

    # -- transactions and jobs ---------------------------------------------------------------------

    def commit(self):
        """What a commit does: flush, callbacks before, callbacks after, and a new transaction."""
        self.env.flush_all()
        self.env.cr.flush()
        self.env.cr.postcommit.run()
        self.forget()

    def forget(self):
        """What was read is read again, as in a new transaction."""
        self.env.invalidate_all()

    def settle(self):
        """Nothing waits, nothing is known to Cartona: the test starts clean."""
        self.env.cr.execute("DELETE FROM cartona_journal")
        self.env.cr.execute("DELETE FROM queue_job")
        self.forget()
        self.cartona.calls.clear()

    @property
    def pending(self):
        """The addon's pending jobs, next first."""
        return self.env["queue.job"].search(
            [("state", "=", "pending"), ("model_name", "=like", "cartona.%")],
            order="priority, id",
        )

    def run_jobs(self, limit=60):
        """Commit, then run jobs as the runner does, until none is left or each was postponed.

        Transactions of their own are rolled back with a postponed job here: see CommittedCase.

        :return: the errors of postponed jobs
        """
        self.commit()
        postponed = {}
        for _number in range(limit):
            waiting = self.pending.filtered(lambda job: job.uuid not in postponed)
            if not waiting:
                return list(postponed.values())
            job = Job.load(self.env, waiting[0].uuid)
            job.set_started()
            job.store()
            try:
                with self.env.cr.savepoint():
                    job.perform()
            except RetryableJobError as error:
                self.env.cr.postcommit.clear()
                postponed[job.uuid] = error
                job.set_pending(reset_retry=False)
            else:
                job.set_done()
            job.store()
            self.commit()
        self.fail("Jobs make jobs without end")
        return None

    def run_one(self):
        """Only the next job."""
        self.commit()
        later = self.pending[1:]
        later.write({"state": "wait_dependencies"})
        job = self.pending
        loaded = Job.load(self.env, job.uuid)
        loaded.set_started()
        loaded.store()
        loaded.perform()
        loaded.set_done()
        loaded.store()
        later.write({"state": "pending"})
        self.commit()

    # -- orders ------------------------------------------------------------------------------------

    def pull(self):
        """Fetch orders now, and do all that comes of it."""
        self.env["cartona.pull"]._ask(self.config)
        return self.run_jobs(limit=2000)

    def order(self, hashed_id="abc1", **values):
        """An order as Cartona sends it: 2 × sugar at 30, unless told otherwise."""
        order = {
            "hashed_id": hashed_id,
            "receipt_id": f"R{hashed_id}",
            "supplier_code": "1",
            "status": "pending",
            "total_price": 60,
            "retailer": {
                "retailer_name": "بقالة النور",
                "retailer_code": "77",
                "retailer_number": "01001234567",
                "retailer_address": "12 Tahrir St",
            },
            "order_details": [self.line(1, "SUG-1", 2, 30)],
        }
        order.update(values)
        if "order_details" in values and "total_price" not in values:
            order["total_price"] = sum(
                line["amount"] * line["selling_price"] for line in order["order_details"]
            )
        return order

    def line(self, line_id, code, amount, price, **values):
        return dict(
            {"id": line_id, "internal_product_id": code, "amount": amount, "selling_price": price},
            **values,
        )

    def place(self, order, webhook=True):
        """A retailer orders: Cartona has it, and posts it."""
        self.cartona.orders[order["hashed_id"]] = order
        self.cartona.synced.discard(order["hashed_id"])
        if webhook:
            self.post(order)

    def post(self, order):
        """A webhook brings that version of an order."""
        raw = RawOrder.from_payload(copy.deepcopy(order))
        self.env["cartona.inbox"]._receive(self.config, [raw], "webhook")

    def sale_orders(self, hashed_id="abc1"):
        return self.env["sale.order"].search([("cartona_id", "=", hashed_id)])

    def entries(self, hashed_id="abc1"):
        return self.env["cartona.inbox"].search([("hashed_id", "=", hashed_id)])


class WebhookCase(CartonaCase, HttpCase):
    """Posts to the webhook as Cartona does, over HTTP."""

    PATH = "/cartona_integration/webhook/orders"

    def setUp(self):
        super().setUp()
        # each test starts with nobody counted
        self.patch(webhook, "REFUSALS", Throttle(60, 60))
        self.patch(webhook, "CALLS", Throttle(600, 10))

    def send(self, body, headers=None, **arguments):
        """Post to the webhook.

        :param body: an order or a list of them, or what goes over the wire as it is
        :param headers: instead of the ones with the account's token
        """
        data = json.dumps(body) if isinstance(body, (dict, list)) else body
        headers = {"AuthorizationToken": "secret-token"} if headers is None else headers
        headers = {"Content-Type": "application/json", **headers}
        url = self.base_url() + self.PATH
        return self.opener.post(url, data=data, headers=headers, timeout=30, **arguments)

    def rows(self):
        """How many rows each table has that a webhook could touch."""
        tables = {"sale_order", "sale_order_line", "res_partner", "queue_job"}
        for model in self.env.registry.values():
            if model._original_module == "cartona_integration" and model._auto:
                tables.add(model._table)
        counts = {}
        for table in sorted(tables):
            query = SQL("SELECT count(*) FROM {}").format(Identifier(table))
            self.env.cr.execute(query)
            counts[table] = self.env.cr.fetchone()[0]
        return counts
