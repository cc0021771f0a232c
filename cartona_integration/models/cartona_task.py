import json

from odoo import _, api, fields, models
from odoo.addons.queue_job.exception import RetryableJobError

from ..compat import Index
from .cartona_config import job
from .cartona_journal import KINDS as PRODUCT_KINDS

#: What one step of a kind does stands in ``_step_<kind>``, what comes before in ``_begin_<kind>``.
KINDS = [
    ("push", "Push everything"),
    ("catalogue", "Fetch catalogue"),
    ("preview", "Preview"),
    ("reconcile", "Compare with Cartona"),
]
#: Kinds that call nobody, and go on while the account is paused.
OFFLINE = ("preview",)


class CartonaTask(models.Model):
    """Work on many products, in small jobs that follow one another.

    Where it stands is written down with each step, so that a killed job costs one step, and
    whoever looks sees how far it is. Users only add tasks, so that nobody waits for a step: the
    first one to begin takes over all that do the same, and a later one takes over from it.
    """

    _name = "cartona.task"
    _description = "Cartona Bulk Work"
    _log_access = False
    _order = "id DESC"
    _rec_name = "kind"

    GC_BATCH = 1000  # tasks that are deleted at once

    config_id = fields.Many2one(
        "cartona.config", "Account", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="config_id.company_id")
    kind = fields.Selection(KINDS, "Work", required=True, readonly=True)
    state = fields.Selection(
        [("running", "Running"), ("done", "Done"), ("cancelled", "Cancelled")],
        default="running",
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one("res.users", "Started by", readonly=True, ondelete="set null")
    create_date = fields.Datetime("Asked", required=True, readonly=True)
    started = fields.Datetime(readonly=True)
    stepped = fields.Datetime("Last step", readonly=True)
    finished = fields.Datetime(readonly=True)
    total = fields.Integer(readonly=True, help="Products; of a catalogue, as many as last time.")
    done = fields.Integer(readonly=True)
    found = fields.Integer("Differences", readonly=True, help="Products that differ.")
    position = fields.Integer(readonly=True, help="The last product's ID, or the last page.")
    memory = fields.Char(readonly=True, default="{}", help="What the next step needs, as JSON.")
    message = fields.Char(readonly=True)
    progress = fields.Integer("Progress (%)", compute="_compute_progress")
    rate = fields.Float("Products per second", digits=(8, 1), compute="_compute_progress")
    time_left = fields.Char(compute="_compute_progress")

    _running = Index("(config_id, kind) WHERE state = 'running'")
    _config = Index("(config_id, kind, finished)")

    @api.depends("state", "total", "done", "started", "stepped")
    def _compute_progress(self):
        for task in self:
            share = 100 * task.done // task.total if task.total else 0
            task.progress = 100 if task.state == "done" else min(share, 99)
            seconds = (task.stepped - task.started).total_seconds() if task.stepped else 0
            task.rate = task.done / max(seconds, 1) if task.stepped else 0.0
            left = max(task.total - task.done, 0) if task.state == "running" else 0
            task.time_left = (
                task.config_id._age_label(int(left / task.rate) + 1) if left and task.rate else ""
            )

    @api.depends("kind")
    def _compute_display_name(self):
        """The work in words, not its key."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for task in self:
            task.display_name = kinds.get(task.kind)

    # -- life --------------------------------------------------------------------------------------

    @api.model
    def _start(self, config, kind, **memory):
        """Begin, once the transaction is committed.

        :param memory: what the first step needs
        """
        task = self.sudo().create(  # whoever may ask for the work, nobody writes the table by hand
            {
                "config_id": config.id,
                "kind": kind,
                "user_id": self.env.uid,
                "create_date": fields.Datetime.now(),
                "memory": json.dumps(memory),
            }
        )
        task._ask(config)
        return task

    @api.model
    def _of(self, config, kind):
        """The account's running tasks of a kind."""
        return self.sudo().search(  # as above
            [("config_id", "=", config.id), ("kind", "=", kind), ("state", "=", "running")]
        )

    @api.model
    def _start_push(self, config, **memory):
        """Ask for a push of everything: one task, however often the transaction asks.

        That of another transaction is not enough: it may begin before this one is committed, and
        look at products before they are as this one leaves them.

        :param memory: what has to be true of it for this or an earlier caller
        """
        own = self.env.cr.postcommit.data.setdefault("cartona_pushes", {})
        task = self.sudo().browse(own.get(config.id)).exists()  # unless a savepoint took it back
        if task.state == "running" and not task.started:
            task._remember(**{name: True for name, value in memory.items() if value})
        else:
            own[config.id] = self._start(config, "push", **memory).id

    def _ask(self, config):
        """Ask for the job of the next step; one that waits already is enough."""
        self.ensure_one()
        config._ask_job(
            self.browse(),
            "_job_step",
            self._identity_key(),
            self.id,
            description=f"Cartona: {self.kind} of {config.name}, {self.done} done",
            priority=30,
        )

    def _identity_key(self):
        return f"cartona-task-{self.id}"

    @api.model
    @job
    def _job_step(self, config, task_id):
        """Do the next step of a task, and ask for the one behind it."""
        task = self.browse(task_id).exists()
        if not task or task.state != "running":
            return
        follower = task._follower()
        if follower:
            follower._ask(config)
            return
        if not config.active:
            task._end("cancelled")
            return
        if task.kind not in OFFLINE:
            if not config._running():
                raise RetryableJobError("The account is paused", seconds=60, ignore_retry=True)
            config._check_connection(task.kind)
        if not task.started:
            task._take_over()
            task.started = fields.Datetime.now()
            getattr(task, f"_begin_{task.kind}")(config)
        goes_on = getattr(task, f"_step_{task.kind}")(config)
        task.stepped = fields.Datetime.now()
        if goes_on:
            task._ask(config)
        else:
            task._end("done")

    def _same(self):
        """The domain of running tasks that do the same work."""
        self.ensure_one()
        domain = [
            ("config_id", "=", self.config_id.id),
            ("kind", "=", self.kind),
            ("state", "=", "running"),
        ]
        return [*domain, ("user_id", "=", self.user_id.id)] if self.kind == "preview" else domain

    def _follower(self):
        """The one that does this work instead, or none.

        One that began gives way to one that did not: that may come of a change to products which
        were looked at already. One that did not begin does so, and takes over from those that
        came with it: where new ones come all the time, each that begins does a step at least.
        """
        self.ensure_one()
        if not self.started:
            return self.browse()
        return self.search([*self._same(), ("started", "=", False)], limit=1)

    def _take_over(self):
        """Go on instead of all that do the same."""
        others = self.search([*self._same(), ("id", "!=", self.id)])
        self._inherit_wishes(others)
        if self.kind == "push":
            # goes on there, and round: changes that come again and again starve no product
            self.position = max(others.mapped("position"), default=0)
            self._remember(start=self.position)
            if any(task._recall("changes") for task in others):  # nor do they with new ones
                self._remember(changes=True)
        others._end("cancelled")

    def _inherit_wishes(self, others):
        """What one of the others was to force stays forced, and what changed has changed."""
        for name in ("force", "changed"):
            if any(task._recall(name) for task in others):
                self._remember(**{name: True})

    def _end(self, state):
        self.write({"state": state, "finished": fields.Datetime.now()})

    def _recall(self, name, default=None):
        return json.loads(self.memory or "{}").get(name, default)

    def _remember(self, **memory):
        self.memory = json.dumps({**json.loads(self.memory or "{}"), **memory})

    # -- buttons -----------------------------------------------------------------------------------

    def action_cancel(self):
        """End it behind the step that is under way."""
        self.env["cartona.config"]._check_manager()
        self.read(["state"])  # of accounts that he may see
        running = self.sudo().filtered(lambda task: task.state == "running")  # as in _start
        for task in running:
            running |= task.search(task._same())  # no other one is to begin in its place
        running._cancel()
        return True

    def _cancel(self):
        """A person wants no more of it."""
        self._end("cancelled")

    # -- crons -------------------------------------------------------------------------------------

    @api.model
    def _ask_stale(self, config, before):
        """What was under way when a process was killed goes on.

        :param before: tasks without a step since then have no job
        """
        for task in self.search([("config_id", "=", config.id), ("state", "=", "running")]):
            if (task.stepped or task.create_date) < before and not task._follower():
                jobs = self.env["queue.job"].search([("identity_key", "=", task._identity_key())])
                jobs.filtered(lambda job: job.state == "failed").requeue()
                task._ask(config)

    @api.autovacuum
    def _gc_tasks(self):
        """Forget finished work when its account's log is."""
        self.env["cartona.config"]._clean_up(self._name)

    @api.model
    def _delete_before(self, config, limit):
        """See ``_clean_up``."""
        old = self.search(self._forgettable(config, limit), limit=self.GC_BATCH)
        old.unlink()
        return len(old) == self.GC_BATCH

    @api.model
    def _forgettable(self, config, limit):
        """The domain of the account's tasks that nobody needs any more.

        :param limit: they ended before
        """
        return [("config_id", "=", config.id), ("finished", "<", limit)]

    # -- push everything ---------------------------------------------------------------------------

    def _begin_push(self, config):
        withdrawals = self.env["cartona.withdrawal"]
        withdrawals._add_left(config)
        if withdrawals._waiting(config):  # it may have waited for the account to send anything
            withdrawals._ask(config)
        self.env["cartona.journal"]._note_missed(config)
        self.total = self.env["product.product"].search_count(config._product_domain())

    def _step_push(self, config):
        """One batch of all products, in one call.

        From where the push before it stopped to the last product, then from the first one to there.
        """
        if not (config.sync_prices or config.sync_stock):
            return False
        journal = self.env["cartona.journal"]
        journal._lock(config)
        # changes go first: the push that waits for them finds the account busy again and again;
        # not twice in a row, since they may come all the time
        noted, ids = ({}, ()) if self._recall("changes") else journal._next_batch(config)
        self._remember(changes=bool(noted))
        if noted:
            journal._push(config, noted, ids)
            return True
        start, is_round = self._recall("start", 0), self._recall("round", False)
        products = self.env["product.product"].search(
            [*self._left(config, self.position), ("id", ">", self.position)],
            order="id",
            limit=config.batch_size,
        )
        if products:
            noted = {product_id: {*PRODUCT_KINDS} for product_id in products.ids}
            last = products[-1].id
            left = self._left(config, last)
            journal._push(config, noted, force=self._recall("force", False), left=left)
            self.write({"position": last, "done": self.done + len(products)})
        if len(products) == config.batch_size:
            return True
        if is_round or not start:
            return False
        self._remember(round=True)
        self.position = 0
        return True

    def _left(self, config, position):
        """The domain of the products that a push of everything has yet to look at, all round.

        :param position: the last product's ID that it looked at
        """
        ahead, rest = ("id", ">", position), ("id", "<=", self._recall("start", 0))
        way = [ahead, rest] if self._recall("round") else ["|", ahead, rest]
        return [*config._product_domain(), *way]

    # -- words -------------------------------------------------------------------------------------

    def _label(self):
        """How far it is, in words."""
        self.ensure_one()
        if not self.started:
            return _("%(work)s: about to begin", work=self.display_name)
        values = {"work": self.display_name, "done": self.done, "total": self.total}
        if not self.time_left:
            return _("%(work)s: %(done)s of %(total)s", **values)
        return _(
            "%(work)s: %(done)s of %(total)s, %(rate)s a second, %(left)s left",
            rate=round(self.rate, 1),
            left=self.time_left,
            **values,
        )
