from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from .common import BASE_URL, CartonaCase, create_user

FIGURES = [
    "runner_alive",
    "connection",
    "last_call",
    "live_count",
    "waiting_count",
    "refused_count",
    "orders_today",
    "orders_held",
    "orders_refused",
    "orders_unsettled",
    "failed_jobs",
    "success_rate",
    "median_latency",
    "calls",
    "oldest_waiting",
    "oldest_waiting_label",
]


@tagged("post_install", "-at_install")
class TestDashboard(CartonaCase):
    def setUp(self):
        super().setUp()
        self.env.cr.execute("DELETE FROM cartona_product_state")
        self.env.cr.execute("DELETE FROM cartona_log")

    def figure(self, name, config=None):
        self.commit()
        return (config or self.config)[name]

    def figures(self, *names, config=None):
        self.commit()
        return [(config or self.config)[name] for name in names]

    def sql(self, query, *values):
        self.commit()
        self.env.cr.execute(query, values)

    def log(self, level, duration, minutes=0, config=None, method="POST"):
        self.env["cartona.log"].create(
            {
                "config_id": (config or self.config).id,
                "operation": "push",
                "level": level,
                "method": method,
                "duration": duration,
                "create_date": fields.Datetime.now() - timedelta(minutes=minutes),
            }
        )

    def opened(self, action, context=None):
        """What the user sees who follows the action."""
        model = self.env[action["res_model"]].with_context(**dict(action.get("context") or {}))
        return model.search(action["domain"])

    def products(self, state, config=None):
        config = (config or self.config).with_context(cartona_state=state)
        return self.opened(config.action_open_products())

    # -- products ----------------------------------------------------------------------------------

    def test_products_are_live_waiting_or_refused_and_each_counts_once(self):
        self.cartona.refuse["RIC-1"] = "Unknown"
        (self.sugar + self.rice).list_price = 7
        self.commit()
        counts = ("live_count", "waiting_count", "refused_count")
        self.assertEqual(self.figures(*counts), [0, 2, 0])
        self.run_jobs()
        self.assertEqual(self.figures(*counts), [1, 0, 1])
        (self.sugar + self.rice).list_price = 8
        self.commit()
        self.assertEqual(self.figures(*counts), [0, 1, 1])

    def test_what_a_product_figure_opens_is_what_it_counts(self):
        self.cartona.refuse["RIC-1"] = "Unknown"
        (self.sugar + self.rice).list_price = 7
        self.run_jobs()
        salt = self.product("Salt", "SLT-1", 3)
        self.commit()
        for state, product in (("live", self.sugar), ("refused", self.rice), ("waiting", salt)):
            self.assertEqual(self.products(state), product, state)
            self.assertEqual(self.figure(f"{state}_count"), 1, state)
        self.rice.active = False
        self.commit()
        self.assertEqual(len(self.products("refused")), self.figure("refused_count"))

    def test_each_account_counts_its_own(self):
        other = self.config.create({"name": "B", "base_url": BASE_URL, "token": "b", "pace": 0})
        self.config.action_pause()
        self.sugar.list_price = 7
        self.run_jobs()
        self.assertEqual(self.figures("live_count", "waiting_count", config=other), [1, 0])
        self.assertEqual(self.figures("live_count", "waiting_count"), [0, 1])
        self.assertEqual(self.products("live", other), self.sugar)
        self.assertFalse(self.products("live"))
        self.assertEqual(self.products("waiting"), self.sugar)
        self.assertFalse(self.products("waiting", other))

    def test_the_oldest_waiting_change_is_told_by_its_age(self):
        self.assertEqual(self.figures("oldest_waiting", "oldest_waiting_label")[0], 0)
        self.sugar.list_price = 7
        self.sql("UPDATE cartona_journal SET create_date = create_date - interval '630 seconds'")
        age = self.figure("oldest_waiting")
        self.assertAlmostEqual(age, 630, delta=20)
        self.assertEqual(self.config.oldest_waiting_label, "10 min")
        self.place(self.order())
        self.sql("UPDATE cartona_inbox SET received = received - interval '185 minutes'")
        self.assertEqual(self.figure("oldest_waiting_label"), "3 h")
        self.sql("UPDATE cartona_inbox SET state = 'held'")  # waits for a person, not for a job
        self.assertEqual(self.figure("oldest_waiting_label"), "10 min")

    def test_an_age_is_told_in_words(self):
        words = [self.config._age_label(seconds) for seconds in (0, 5, 119, 120, 7199, 7200)]
        self.assertEqual(words, ["nothing waits", "5 s", "119 s", "2 min", "119 min", "2 h"])

    # -- orders ------------------------------------------------------------------------------------

    def test_orders_of_today_begin_at_the_users_midnight(self):
        self.env.user.tz = "Africa/Cairo"  # UTC+2 in winter
        for name in ("before", "after"):
            self.place(self.order(name))
        self.run_jobs()
        at = {"before": "2024-01-14 21:59:59", "after": "2024-01-14 22:00:00"}
        for name, moment in at.items():
            self.sql(
                "UPDATE sale_order SET create_date = %s WHERE id = %s",
                moment,
                self.sale_orders(name).id,
            )
        now = datetime(2024, 1, 15, 12, 34, 56)
        with patch.object(fields.Datetime, "now", lambda: now):
            config = self.config.with_context(tz="Africa/Cairo")
            self.assertEqual(self.figure("orders_today", config), 1)
            self.assertEqual(self.opened(config.action_open_orders()), self.sale_orders("after"))
            utc = self.config.with_context(tz="UTC")
            self.assertEqual(self.figure("orders_today", utc), 0)

    def test_midnight_is_right_on_the_day_on_which_the_clocks_change(self):
        config = self.config.with_context(tz="Europe/Berlin")
        for now, midnight in (
            (datetime(2024, 3, 31, 10), datetime(2024, 3, 30, 23)),  # an hour was left out
            (datetime(2024, 10, 27, 10), datetime(2024, 10, 26, 22)),  # an hour came twice
        ):
            with patch.object(fields.Datetime, "now", lambda now=now: now):
                self.assertEqual(config._midnight(), midnight)

    def test_a_repeated_order_counts_once(self):
        self.place(self.order())
        self.post(self.order(note_message="changed"))
        self.post(self.order(status="approved"))
        self.run_jobs()
        self.assertEqual(self.figure("orders_today"), 1)

    def test_held_orders_are_counted_and_opened(self):
        self.place(self.order("a", order_details=[self.line(1, "NEW", 1, 5)]))
        self.place(self.order("b", total_price=1))
        self.place(self.order("c"))
        self.run_jobs()
        self.assertEqual(self.figures("orders_held", "orders_today"), [2, 1])
        action = self.config.action_open_held()
        held = self.opened(dict(action, domain=[*action["domain"], ("state", "=", "held")]))
        self.assertEqual(set(held.mapped("hashed_id")), {"a", "b"})
        self.assertEqual(action["context"], {"search_default_held": 1})

    def test_refused_statuses_are_counted(self):
        self.place(self.order())
        self.run_jobs()
        self.assertEqual(self.figure("orders_refused"), 0)
        self.cartona.refuse["abc1"] = "Not allowed"
        self.sale_orders().action_confirm()
        self.run_jobs()
        self.assertEqual(self.figure("orders_refused"), 1)

    def test_orders_to_settle_are_counted_and_opened(self):
        self.cartona.refuse["a"] = "Not allowed"
        for hashed_id in "ab":
            self.place(self.order(hashed_id))
        self.run_jobs()
        self.sale_orders("a").action_confirm()
        self.run_jobs()
        self.assertEqual(self.figures("orders_refused", "orders_unsettled"), [1, 0])
        self.sale_orders("b").action_confirm()
        self.sale_orders("b").picking_ids.action_cancel()
        self.run_jobs()
        self.assertEqual(self.figures("orders_refused", "orders_unsettled"), [1, 1])
        opened = self.opened(self.config.action_open_unsettled())
        self.assertEqual(opened.mapped("sale_order_id"), self.sale_orders("b"))

    # -- calls -------------------------------------------------------------------------------------

    def test_the_success_rate_is_of_the_calls_of_the_last_24_hours(self):
        for _number in range(3):
            self.log("success", 100)
        self.log("error", 100)
        self.log("error", 100, minutes=24 * 60 + 1)
        self.log("warning", 0, method=False)  # a decision is no call
        self.assertEqual(self.figures("success_rate", "calls"), [75.0, 4])

    def test_the_median_is_the_middle_answer_not_the_average(self):
        for duration in (10, 20, 9000):
            self.log("success", duration)
        self.log("success", 1, minutes=24 * 60 + 1)
        self.assertEqual(self.figure("median_latency"), 20)

    def test_without_calls_there_is_no_rate(self):
        self.assertEqual(
            self.figures("success_rate", "median_latency", "calls", "last_call"), [0, 0, 0, False]
        )
        self.assertEqual(self.figure("connection"), "unknown")

    def test_the_connection_is_what_the_last_call_was(self):
        self.log("error", 5, minutes=9)
        self.assertEqual(self.figure("connection"), "failing")
        self.log("success", 5, minutes=5)
        self.log("warning", 0, method=False)
        self.assertEqual(self.figure("connection"), "ok")
        self.log("error", 5)
        self.assertEqual(self.figure("connection"), "failing")
        self.config.action_pause()
        self.assertEqual(self.figure("connection"), "paused")

    def test_calls_of_another_account_do_not_count(self):
        other = self.config.create({"name": "B", "base_url": BASE_URL, "token": "b"})
        self.log("error", 5000, config=other)
        self.log("success", 10)
        names = ("success_rate", "median_latency", "connection")
        self.assertEqual(self.figures(*names), [100.0, 10.0, "ok"])
        self.assertEqual(self.figures(*names, config=other), [0.0, 5000.0, "failing"])
        self.assertEqual(
            self.opened(self.config.action_open_log()).mapped("config_id"), self.config
        )

    # -- jobs --------------------------------------------------------------------------------------

    def test_failed_jobs_are_counted_by_company_and_opened(self):
        company = self.env["res.company"].create({"name": "Second"})
        other = self.config.create(
            {"name": "B", "base_url": BASE_URL, "token": "b", "company_id": company.id}
        )
        self.env["cartona.pull"]._ask(self.config)
        self.env["cartona.journal"]._ask(other)
        self.assertEqual(self.figure("failed_jobs"), 0)
        self.sql("UPDATE queue_job SET state = 'failed' WHERE model_name = 'cartona.pull'")
        self.assertEqual(
            self.figures("failed_jobs") + self.figures("failed_jobs", config=other), [1, 0]
        )
        self.assertEqual(len(self.opened(self.config.action_open_failed_jobs())), 1)
        self.assertFalse(self.opened(other.action_open_failed_jobs()))

    def test_the_runner_is_dead_when_a_due_job_waits_and_none_starts(self):
        self.assertTrue(self.figure("runner_alive"))
        self.env["cartona.pull"]._ask(self.config)
        self.assertTrue(self.figure("runner_alive"))
        old = "now() AT TIME ZONE 'UTC' - interval '2 minutes'"
        self.sql(f"UPDATE queue_job SET date_created = {old}")
        self.assertFalse(self.figure("runner_alive"))
        self.sql("UPDATE queue_job SET eta = now() AT TIME ZONE 'UTC' + interval '1 hour'")
        self.assertTrue(self.figure("runner_alive"))
        self.sql("UPDATE queue_job SET eta = NULL")
        self.env["cartona.journal"]._ask(self.config)
        self.sql(
            "UPDATE queue_job SET state = 'started', date_started = now() AT TIME ZONE 'UTC'"
            " WHERE model_name = 'cartona.journal'"
        )
        self.assertTrue(self.figure("runner_alive"))

    # -- whole -------------------------------------------------------------------------------------

    def test_the_number_of_queries_an_account_is_constant(self):
        def queries(configs):
            self.commit()
            configs.read(["company_id"])
            before = self.env.cr.sql_log_count
            configs.read(FIGURES)
            return self.env.cr.sql_log_count - before

        few = self.config
        for number in range(4):
            few += self.config.create(
                {"name": f"A{number}", "base_url": BASE_URL, "token": f"token-{number}"}
            )
        for config in few:
            self.log("success", 5, config=config)
        queries(few)
        one, two, five = queries(few[:1]), queries(few[:2]), queries(few)
        self.assertLessEqual(two - one, 2)
        self.assertEqual(five - two, 3 * (two - one))
        self.assertLessEqual(five, 20)
        for number in range(60):
            self.log("success", 5)
            self.place(self.order(f"n{number}"))
        queries(few[:1])
        self.assertEqual(queries(few[:1]), one)

    def test_every_user_of_cartona_sees_every_figure(self):
        user = create_user(self.env, "viewer", "cartona_integration.group_user")
        self.log("success", 5)
        self.commit()
        values = self.config.with_user(user).read(FIGURES)[0]
        self.assertEqual(values["connection"], "ok")
        self.assertEqual(values["calls"], 1)

    def test_what_the_dashboard_opens_exists_and_can_be_read(self):
        user = create_user(
            self.env, "viewer", "cartona_integration.group_user", "sales_team.group_sale_manager"
        )
        config = self.config.with_user(user)
        for name in ("account", "log", "held", "products", "orders", "refused_orders", "unsettled"):
            action = getattr(config, f"action_open_{name}")()
            model = config.env[action["res_model"]]
            if action.get("domain"):
                model.search(action["domain"])
            for kind in action["view_mode"].split(","):
                view = (
                    model.get_view(view_type=kind)
                    if hasattr(model, "get_view")
                    else (model.fields_view_get(view_type=kind))
                )
                self.assertTrue(view["arch"], (name, kind))
