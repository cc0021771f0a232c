import functools
import logging
from contextlib import contextmanager

import requests
from psycopg2 import OperationalError

from odoo import SUPERUSER_ID, _, api, fields, models
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.exceptions import UserError, ValidationError
from odoo.service.model import PG_CONCURRENCY_ERRORS_TO_RETRY

from ..compat import check_write
from ..lib.cartona_api import CartonaClient
from ..lib.cartona_api.errors import CartonaError, ConfigurationError
from ..lib.cartona_api.settings import check_base_url, check_header_name
from .cartona_pace import SharedPacer

_logger = logging.getLogger(__name__)


@functools.lru_cache(maxsize=16)
def http_session(base_url):
    """The process's session for a server: connections are kept, cookies are not used."""
    return requests.Session()


def job(method):
    """Let a job's body run as ``_as_writer`` says: the queue drops the context.

    Where two jobs meet at a row, the later one comes again soon: by itself the queue would wait
    five seconds (queue_job, controllers/main.py: PG_RETRY).

    :param method: takes the account first
    :raise RetryableJobError: another transaction was faster
    """

    @functools.wraps(method)
    def run(records, config, *args, **kwargs):
        if config.exists():
            config = config._as_writer()
        try:
            result = method(records.with_env(config.env), config, *args, **kwargs)
            config.env.flush_all()
            return result
        except OperationalError as error:
            if error.pgcode not in PG_CONCURRENCY_ERRORS_TO_RETRY:
                raise
            raise RetryableJobError(str(error), seconds=1, ignore_retry=True) from error

    return run


PRODUCTION_URL = "https://supplier-integrations.cartona.com/api/v1/"


class CartonaConfig(models.Model):
    """An account: one token that Cartona gave to a supplier, and how his Odoo uses it."""

    _name = "cartona.config"
    _description = "Cartona Account"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "company_id, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, default="Cartona", tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        default=lambda self: self.env.user,
        help="Is told when the account needs a person.",
    )
    warehouse_ids = fields.Many2many(
        "stock.warehouse",
        string="Warehouses",
        check_company=True,
        help="Their stock is offered on Cartona. Empty: all warehouses of the company.",
    )
    base_url = fields.Char(
        "Base URL", required=True, default=PRODUCTION_URL, groups="base.group_system"
    )
    header_name = fields.Char(
        "Header name",
        required=True,
        default="AuthorizationToken",
        groups="base.group_system",
        help="HTTP header that carries the token.",
    )
    webhook_url = fields.Char("Webhook address", compute="_compute_webhook_url")
    paused = fields.Boolean(
        readonly=True,
        copy=False,
        tracking=True,
        help="Nothing is sent or fetched; changes and orders wait.",
    )
    pause_reason = fields.Char(readonly=True, copy=False)
    product_scope = fields.Selection(
        [
            ("linked", "Products with a Cartona ID"),
            ("all", "All saleable products, by Cartona ID or internal reference"),
        ],
        "Products",
        required=True,
        default=lambda self: self._default_product_scope(),
        tracking=True,
    )
    sync_prices = fields.Boolean("Send prices", default=True, tracking=True)
    sync_stock = fields.Boolean("Send stock", default=True, tracking=True)
    sync_orders = fields.Boolean("Receive orders", default=True, tracking=True)
    sync_statuses = fields.Boolean("Send order statuses", default=True, tracking=True)
    price_tax = fields.Selection(
        [("included", "Tax included"), ("excluded", "Tax excluded")],
        "Prices on Cartona",
        required=True,
        default="included",
        tracking=True,
    )
    team_id = fields.Many2one("crm.team", "Sales team", check_company=True)
    salesperson_id = fields.Many2one(
        "res.users",
        "Salesperson of orders",
        help="Finds the orders under 'My Quotations'. Empty: the customer's salesperson, else the "
        "person responsible for this account.",
    )
    batch_size = fields.Integer(
        default=100, required=True, help="How many products go out in one call."
    )
    timeout = fields.Float(
        "Time-out (s)", default=20.0, required=True, help="Longest wait for an answer of Cartona."
    )
    pace = fields.Float(
        "Calls per second", default=5.0, required=True, help="Of all workers. 0: no limit."
    )
    log_retention_days = fields.Integer(
        "Keep log (days)", default=30, required=True, help="Older lines of the log are deleted."
    )
    product_state_ids = fields.One2many("cartona.product.state", "config_id")

    @api.constrains("batch_size", "timeout", "pace", "log_retention_days")
    def _check_numbers(self):
        for config in self:
            if not 1 <= config.batch_size <= 1000:
                raise ValidationError(_("The batch size must be between 1 and 1000."))
            if not 1 <= config.timeout <= 120:
                raise ValidationError(_("The time-out must be between 1 and 120 seconds."))
            if not 0 <= config.pace <= 100:
                raise ValidationError(_("Calls per second must be between 0 and 100."))
            # the end is a date: so many days must have been
            if not 1 <= config.log_retention_days <= 3650:
                raise ValidationError(_("The log must be kept for 1 to 3650 days."))

    @api.constrains("base_url", "header_name")
    def _check_connection_settings(self):
        for config in self.sudo():  # the fields are of administrators, the check is everybody's
            try:
                check_base_url(config.base_url)
            except ConfigurationError as error:
                message = _(
                    "The base URL must look like https://host/path/, without user, query or "
                    "fragment; http is for this machine only."
                )
                raise ValidationError(message) from error
            try:
                check_header_name(config.header_name)
            except ConfigurationError as error:
                raise ValidationError(_("No token can travel under this header name.")) from error

    def _compute_webhook_url(self):
        base = self.env["ir.config_parameter"].sudo().get_param("web.base.url", "")
        self.webhook_url = f"{base}/cartona_integration/webhook/orders"

    # -- life --------------------------------------------------------------------------------------

    def write(self, vals):
        if "company_id" in vals and self.env["cartona.order"].sudo().search(
            [("config_id", "in", self.ids), ("company_id", "!=", vals["company_id"])], limit=1
        ):
            raise UserError(_("An account that has orders stays in its company."))
        result = super().write(vals)
        if vals.keys() & {"active", "base_url", "header_name", "sync_orders", "token"}:
            for config in self.filtered("has_token"):
                config._wake()
        if vals.keys() & {"active", "sync_statuses"}:
            # what happened while it was off was not noted
            for config in self.filtered(lambda config: config.active and config.sync_statuses):
                self.env["cartona.outbox"]._ask_all(config)
        if vals.keys() & {
            "active",
            "base_url",
            "company_id",
            "warehouse_ids",
            "product_scope",
            "sync_prices",
            "sync_stock",
            "price_tax",
            "price_source",
            "price_rounding",
            "stock_buffer",
            "stock_buffer_percent",
            "stock_cap",
            "stock_unlimited",
        }:
            for config in self.filtered(lambda config: config.active and config.has_token):
                # another server has nothing of what this one accepted
                self.env["cartona.journal"]._ask_all(config, force="base_url" in vals)
        return result

    def copy_data(self, default=None):
        copies = super().copy_data(default)
        for config, values in zip(self, copies):
            values["name"] = _("%(name)s (copy)", name=config.name)
        return copies

    def _running(self):
        """The accounts that may call Cartona now."""
        return self.filtered(lambda config: config.active and not config.paused)

    def _as_system(self):
        """The account for jobs: as OdooBot, in the account's company, without user's context."""
        self.ensure_one()
        return self.with_user(SUPERUSER_ID).with_context({}).with_company(self.company_id)

    def _warehouses(self):
        """The warehouses whose stock is offered."""
        self.ensure_one()
        return self.warehouse_ids or self.env["stock.warehouse"].search(
            [("company_id", "=", self.company_id.id)]
        )

    # -- calls -------------------------------------------------------------------------------------

    def _client(self, observer=None):
        """A client with the account's settings.

        :raise ConfigurationError: no token, or a base URL that may not be used
        """
        self.ensure_one()
        config = self.sudo()  # connection settings are readable to administrators only
        token = self.env["cartona.credential"].sudo()._get(config, "token")
        return CartonaClient(
            config.base_url,
            token or "",
            header_name=config.header_name,
            timeout=config.timeout,
            pace=config.pace,
            observer=observer,
            session=http_session(config.base_url),
            pacer=SharedPacer(self),
        )

    @contextmanager
    def _calls(self, operation):
        """A client whose calls are logged and whose errors become the outcome of the job.

        Transient errors and rate limits: the job comes again (``RetryableJobError``), what it did
        is rolled back. Authentication and configuration: the account or this kind of work pauses,
        with one alert. Refusals (validation, conflict, not found) are the caller's to book.
        """
        self._check_not_before()
        exchanges = []
        try:
            yield self._client(exchanges.append)
        except CartonaError as error:
            with self._own_transaction() as config:
                config.env["cartona.log"]._add_exchanges(config, operation, exchanges, error)
                if error.then == "pause":
                    config._refuse(operation, error)
            if error.then == "pause":
                # the job comes again, finds the account paused and ends
                raise RetryableJobError(str(error), seconds=5, ignore_retry=True) from error
            if error.then == "again":
                wait = error.retry_after and int(error.retry_after) + 1
                raise RetryableJobError(str(error), seconds=wait or None) from error
            raise
        if exchanges:
            self._book_answer(operation)
        self.env["cartona.log"]._add_exchanges(self, operation, exchanges)

    @contextmanager
    def _own_transaction(self):
        """This account in a transaction of its own: what is done there stays if the job fails."""
        with self.env.registry.cursor() as cr:
            yield self.with_env(self.env(cr=cr, user=SUPERUSER_ID))

    # -- buttons -----------------------------------------------------------------------------------

    def action_push_all(self):
        """Send price and stock of every product again, also where nothing changed."""
        self._check_manager()
        products = self.env["product.product"].sudo()  # of all that the account offers
        count = 0
        for config in self:
            count += products.search_count(config._product_domain())
            running = self.env["cartona.task"]._of(config, "push")
            if not any(task._recall("force") for task in running):
                self.env["cartona.journal"]._ask_all(config, force=True, changed=False)
        return self._notify(_("Products to be sent: %(count)s.", count=count), "info")

    def action_pull_orders(self):
        self._check_manager()
        for config in self._running():
            self.env["cartona.pull"]._ask(config)
        return self._notify(_("Orders are being fetched."), "info")

    def action_pause(self):
        self._check_manager()
        self.write({"paused": True, "pause_reason": False, "next_probe": False})

    def action_resume(self):
        """Go on; what waited is sent and fetched now."""
        self._check_manager()
        self._go_on(_("%(user)s resumed the account.", user=self.env.user.name))

    def action_open_account(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    @api.model
    def action_open_accounts(self):
        """The one account's form, a new one where there is none, the list of several."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cartona_integration.action_cartona_config"
        )
        configs = self.search([], limit=2)
        if len(configs) < 2:
            action.update(res_id=configs.id, view_mode="form", views=[(False, "form")])
        return action

    def _check_manager(self):
        """Buttons that call Cartona or stop the flow are the manager's.

        :raise AccessError: the user may not change accounts
        """
        check_write(self)

    @api.model
    def _notify(self, message, kind, sticky=False):
        """A notification; what the user sees is read again behind it."""
        params = {"message": message, "type": kind, "sticky": sticky}
        params["next"] = {"type": "ir.actions.act_window_close"}
        return {"type": "ir.actions.client", "tag": "display_notification", "params": params}

    def _product_domain(self):
        """The domain of the products that the account offers."""
        self.ensure_one()
        identified = [("cartona_id", "!=", False)]
        if self.product_scope == "all":
            identified = [
                "|",
                *identified,
                "&",
                ("default_code", "!=", False),
                ("sale_ok", "=", True),
            ]
        return [("company_id", "in", (False, self.company_id.id)), *identified]

    # -- crons -------------------------------------------------------------------------------------

    @api.model
    def _cron_pull(self):
        """Every minute: fetch orders of each account."""
        for config in self.search([("sync_orders", "=", True)])._running():
            self.env["cartona.pull"]._ask(config)
