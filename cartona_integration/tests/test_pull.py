from odoo.tests import tagged

from .common import CartonaCase


@tagged("post_install", "-at_install")
class TestPull(CartonaCase):
    def pages(self):
        return len([call for call in self.cartona.calls if call[1] == "order/pull-orders"])

    def acknowledged(self):
        return [
            [item["hashed_id"] for item in body if item["status"] == "synced"]
            for body in self.cartona.bodies("order/update-order-status")
        ]

    # -- pages -------------------------------------------------------------------------------------

    def test_all_pages_are_walked_past_orders_that_are_held(self):
        held = [self.line(1, "NEW-9", 1, 10)]
        for number in range(100):
            self.place(self.order(f"held{number}", order_details=held), webhook=False)
        for number in range(140):
            self.place(self.order(f"bad{number}", status="odd"), webhook=False)
        for number in range(10):
            self.place(self.order(f"good{number}"), webhook=False)
        self.env["cartona.pull"]._ask(self.config)
        self.run_jobs(limit=2000)
        good = {f"good{number}" for number in range(10)}
        self.assertEqual(self.cartona.synced, good)
        orders = self.env["sale.order"].search([("cartona_order_id", "!=", False)])
        self.assertEqual(sorted(orders.mapped("cartona_id")), sorted(good))
        states = self.env["cartona.inbox"].search([]).mapped("state")
        self.assertEqual((states.count("held"), states.count("done")), (240, 10))
        self.assertEqual(self.pages(), 6)  # to import, and to see what was imported

    def test_a_server_that_repeats_its_last_page_for_ever_ends_the_walk(self):
        self.place(self.order(), webhook=False)
        page = [self.order(f"x{number}", status="odd") for number in range(100)]
        self.cartona.answers = [lambda *call: (200, page)] * 20
        self.env["cartona.pull"]._ask(self.config)
        self.commit()
        while self.pages() < 2:
            self.run_one()
        self.run_one()
        self.assertEqual(self.pages(), 2)
        self.assertFalse(self.pending.filtered(lambda job: job.method_name == "_job_pull"))

    def test_a_server_that_gives_less_than_it_is_asked_for_hides_no_order(self):
        self.cartona.max_per_page = 10
        held = [self.line(1, "NEW-9", 1, 10)]
        for number in range(20):
            self.place(self.order(f"held{number}", order_details=held), webhook=False)
        self.place(self.order("good"), webhook=False)
        self.pull()
        self.assertEqual(self.cartona.synced, {"good"})
        self.cartona.synced.clear()
        order = self.sale_orders("good").cartona_order_id
        with self.config._calls("pull") as client:
            self.assertTrue(order._find(client))
        self.pull()
        self.cartona.calls.clear()
        self.pull()  # 20 are left: the page behind them is empty
        self.assertEqual(self.pages(), 3)

    def test_few_orders_are_one_call(self):
        held = [self.line(1, "NEW-9", 1, 10)]
        for count in (0, 3, 9):
            for number in range(count):
                self.place(self.order(f"held{number}", order_details=held), webhook=False)
            self.pull()
            self.cartona.calls.clear()
            self.pull()
            self.assertEqual(self.pages(), 1, count)

    def test_a_repeated_page_is_known_although_an_order_on_it_changed(self):
        pages = [
            [self.order(f"x{number}", status="odd", note_message=note) for number in range(20)]
            for note in ("first", "second")
        ]
        self.cartona.answers = [lambda *call, page=page: (200, page) for page in pages]
        self.env["cartona.pull"]._ask(self.config)
        self.commit()
        for _page in pages:
            self.run_one()
        self.assertEqual(self.pages(), 2)
        self.assertFalse(self.pending.filtered(lambda job: job.method_name == "_job_pull"))

    def run_one(self):
        """The next job of a pull, and nothing of what it brought."""
        job = self.pending.filtered(lambda job: job.method_name == "_job_pull")[:1]
        if job:
            self.env["cartona.pull"].with_context(job_uuid=job.uuid)
            config, *arguments = job.args
            self.env["cartona.pull"]._job_pull(self.config, *arguments)
            job.unlink()
            self.commit()

    def test_a_page_that_fails_is_fetched_again(self):
        self.place(self.order(), webhook=False)
        self.cartona.answers.append(lambda *call: (200, "<html>proxy</html>"))
        self.env["cartona.pull"]._ask(self.config)
        self.assertEqual(len(self.run_jobs()), 1)
        self.run_jobs()
        self.assertEqual(self.cartona.synced, {"abc1"})

    # -- acknowledging -----------------------------------------------------------------------------

    def test_an_order_is_acknowledged_after_it_was_seen_committed(self):
        self.place(self.order(), webhook=False)
        self.pull()
        self.assertEqual(self.acknowledged(), [["abc1"]])
        self.assertEqual(self.pages(), 2)
        self.pull()
        self.assertEqual(len(self.acknowledged()), 1)

    def test_many_orders_are_acknowledged_in_one_call(self):
        for number in range(5):
            self.place(self.order(f"o{number}"), webhook=False)
        self.pull()
        self.assertEqual([len(ids) for ids in self.acknowledged()], [5])

    def test_what_changed_between_import_and_acknowledgement_is_not_lost(self):
        self.place(self.order(), webhook=False)

        def edited(method, path, body):
            """The answer that would confirm the order shows that it changed meanwhile."""
            details = [self.line(1, "SUG-1", 5, 30)]
            self.place(self.order(order_details=details), webhook=False)
            return 200, [self.cartona.orders["abc1"]]

        self.cartona.answers = [lambda *call: (200, [self.order()]), edited]
        self.pull()
        self.assertEqual(self.sale_orders().amount_total, 150)
        self.assertEqual(self.acknowledged(), [["abc1"]])
        self.assertEqual(self.pages(), 3)

    def test_an_order_with_news_in_the_inbox_is_not_acknowledged(self):
        """Or no pull would show the newer version, which the webhook cannot prove to be newer."""
        for state in ("waiting", "unconfirmed"):
            self.place(self.order(state), webhook=False)
            self.env["cartona.pull"]._job_pull(self.config, 1, None)
            self.env["cartona.inbox"]._job_process(self.config, state)

            def edited_meanwhile(*call, state=state):
                edited = self.order(state, order_details=[self.line(1, "SUG-1", 5, 30)])
                self.place(edited)
                if state == "unconfirmed":
                    self.env["cartona.inbox"]._job_process(self.config, state)
                self.assertEqual(self.entries(state)[0].state, state)
                return 200, [self.order(state)]

            self.cartona.answers = [edited_meanwhile]
            self.env["cartona.pull"]._job_pull(self.config, 1, None)
            self.assertEqual(self.acknowledged(), [])
            self.run_jobs()
            self.assertEqual(self.sale_orders(state).amount_total, 150)
            self.assertEqual(self.cartona.synced, {state})
            self.cartona.calls.clear()
            self.cartona.synced.clear()
            self.cartona.orders.clear()

    def test_the_acknowledgement_follows_the_pull_at_once(self):
        """Whatever happens in between, Cartona takes it for that, too."""
        self.place(self.order(), webhook=False)
        self.env["cartona.pull"]._job_pull(self.config, 1, None)
        self.env["cartona.inbox"]._job_process(self.config, "abc1")
        self.cartona.calls.clear()
        self.env["cartona.pull"]._job_pull(self.config, 1, None)
        paths = [path for _method, path, _body in self.cartona.calls]
        self.assertEqual(paths, ["order/pull-orders", "order/update-order-status"])
        self.assertEqual(self.cartona.synced, {"abc1"})

    def test_an_acknowledgement_that_failed_looks_again_first(self):
        self.place(self.order(), webhook=False)
        self.cartona.answers = [
            lambda *call: (200, [self.order()]),
            lambda *call: (200, [self.order()]),
            lambda *call: (503, "later"),
        ]
        self.assertEqual(len(self.pull()), 1)
        self.place(self.order(order_details=[self.line(1, "SUG-1", 5, 30)]), webhook=False)
        self.run_jobs()
        self.assertEqual(self.sale_orders().amount_total, 150)
        self.assertEqual(self.cartona.synced, {"abc1"})

    def test_an_edit_is_acknowledged_after_it_was_applied(self):
        self.place(self.order(), webhook=False)
        self.pull()
        self.place(self.order(order_details=[self.line(1, "SUG-1", 5, 30)]), webhook=False)
        self.cartona.calls.clear()
        self.env["cartona.pull"]._job_pull(self.config, 1, None)
        self.assertEqual(self.acknowledged(), [])
        self.run_jobs()
        self.assertEqual(self.acknowledged(), [["abc1"]])

    def import_all(self, count):
        """So many orders stand here, and none is acknowledged."""
        for number in range(count):
            self.place(self.order(f"o{number}"), webhook=False)
        self.pull()
        self.cartona.synced.clear()
        self.cartona.calls.clear()

    def test_pages_move_up_behind_what_is_acknowledged(self):
        self.import_all(5)
        self.patch(type(self.env["cartona.pull"]), "PER_PAGE", 2)
        self.pull()
        self.assertEqual(self.acknowledged(), [["o0", "o1"], ["o2", "o3"], ["o4"]])
        self.assertEqual(self.pages(), 3)

    def test_a_server_that_goes_on_showing_what_is_acknowledged_ends_the_walk(self):
        self.import_all(3)
        self.patch(type(self.env["cartona.pull"]), "PER_PAGE", 2)

        class Deaf(set):
            def add(self, _item):
                pass

        self.cartona.synced = Deaf()
        self.pull()
        self.assertEqual(self.acknowledged(), [["o0", "o1"], ["o2"]])
        self.assertFalse(self.pending)

    def test_a_refused_acknowledgement_stops_no_other(self):
        self.import_all(5)
        self.cartona.refuse = {"o0": "Unknown order", "o1": "Unknown order"}
        self.patch(type(self.env["cartona.pull"]), "PER_PAGE", 2)
        self.pull()
        self.assertEqual(self.cartona.synced, {"o2", "o3", "o4"})
        self.assertIn("Unknown order", self.sale_orders("o0").cartona_error)
        self.assertEqual(self.sale_orders("o0").cartona_sync_status, "refused")
        self.cartona.refuse.clear()
        self.pull()
        self.assertEqual(len(self.cartona.synced), 5)
        self.assertFalse(self.sale_orders("o0").cartona_error)

    def refuse_lists(self):
        """Cartona shows three orders, and refuses the first two calls that acknowledge them."""
        self.import_all(3)
        shown = [*self.cartona.orders.values()]
        refuse = lambda *call: (422, {"error": "bad list"})  # noqa: E731
        self.cartona.answers = [lambda *call: (200, shown), refuse, refuse]

    def test_after_a_refusal_of_all_acknowledgements_go_in_smaller_calls(self):
        self.refuse_lists()
        self.pull()
        self.assertEqual(self.acknowledged(), [["o0", "o1", "o2"], ["o0"], ["o1", "o2"]])
        self.assertEqual(self.cartona.synced, {"o1", "o2"})
        self.assertIn("bad list", self.sale_orders("o0").cartona_error)

    def test_a_page_is_not_acknowledged_with_calls_without_end(self):
        self.refuse_lists()
        self.patch(type(self.env["cartona.pull"]), "MOST_CALLS", 2)
        self.pull()
        self.assertEqual(self.acknowledged(), [["o0", "o1", "o2"], ["o0"]])
        self.pull()
        self.assertEqual(self.cartona.synced, {"o0", "o1", "o2"})

    def test_a_pull_that_is_refused_comes_again(self):
        self.place(self.order(), webhook=False)
        for status in (400, 409, 422):
            self.cartona.answers = [lambda *call, status=status: (status, {"error": "no"})]
            self.assertEqual(len(self.pull()), 1)
            self.assertEqual(self.pending.method_name, "_job_pull")
        self.run_jobs()
        self.assertEqual(self.cartona.synced, {"abc1"})

    def test_a_failed_acknowledgement_is_sent_again(self):
        self.place(self.order())
        self.cartona.answers = [
            lambda *call: (200, [self.order()]),
            lambda *call: (503, "later"),
        ]
        self.assertEqual(len(self.run_jobs()), 1)
        self.assertEqual(self.cartona.synced, set())
        self.run_jobs()
        self.assertEqual(self.cartona.synced, {"abc1"})

    def test_a_held_order_is_not_acknowledged(self):
        self.place(self.order(order_details=[self.line(1, "NEW-9", 1, 10)]), webhook=False)
        self.pull()
        self.pull()
        self.assertEqual(self.acknowledged(), [])

    def test_a_change_of_a_closed_order_is_held_and_not_acknowledged(self):
        self.place(self.order(status="delivered"))
        self.run_jobs()
        self.place(self.order("abc2", status="approved"))
        self.run_jobs()
        self.sale_orders("abc2").picking_ids._cartona_complete()
        details = [self.line(1, "SUG-1", 5, 30)]
        order = self.order("abc2", status="approved", order_details=details)
        self.cartona.refuse["abc2"] = "Wait"
        self.place(order, webhook=False)
        self.pull()
        self.assertEqual(self.entries("abc2")[0].reason, "closed_order")
        self.assertEqual(self.sale_orders("abc2").amount_total, 60)
        self.assertNotIn("abc2", self.cartona.synced)
