from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import BASE_URL, CartonaCase, create_user


@tagged("post_install", "-at_install")
class TestOpenItems(CartonaCase):
    """What nobody tries any more stands in one list, and is retried or discarded there."""

    def setUp(self):
        super().setUp()
        for table in ("cartona_product_state", "cartona_inbox", "cartona_log"):
            self.env.cr.execute(f"DELETE FROM {table}")
        self.settle()

    def items(self, kind=None):
        self.commit()
        domain = [("config_id", "=", self.config.id)]
        return self.env["cartona.open.item"].search(
            [*domain, ("kind", "=", kind)] if kind else domain
        )

    def told(self, *words):
        """The newest line of the log that is no call has these words."""
        line = self.env["cartona.log"].search([("method", "=", False)], limit=1)
        for word in (self.env.user.name, *words):
            self.assertIn(word, line.message)

    def hold(self, hashed_id="abc1", webhook=True):
        """An order whose total is wrong."""
        self.place(self.order(hashed_id, total_price=1), webhook)
        self.pull()
        return self.items("order").filtered(lambda item: item.name == hashed_id)

    def refuse_products(self, *products):
        for product in products:
            self.cartona.refuse[product.default_code] = "Unknown"
            product.list_price += 1
        self.run_jobs()
        return self.items("product")

    def discard(self, items, reason="It was a joke"):
        action = items.action_discard()
        wizard = self.env[action["res_model"]].with_context(**action["context"])
        wizard = wizard.create({"reason": reason})
        self.assertEqual((action["name"], wizard.settles), ("Discard", False))
        wizard.action_confirm()
        self.commit()

    # -- held orders -------------------------------------------------------------------------------

    def test_a_held_order_stands_with_its_reason_and_what_cartona_sent(self):
        item = self.hold()
        self.assertEqual(item.reason, self.entries().message)
        self.assertIn('"hashed_id": "abc1"', item.payload)

    def test_a_held_order_stands_under_its_number_and_opens(self):
        self.place(self.order("abc1", total_price=1, receipt_id=9531))
        self.pull()
        item = self.items("order")
        self.assertEqual((item.number, item.sale_order_id.ids), ("9531", []))
        action = item.action_open()
        opened = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(opened, self.entries())

    def test_a_held_change_says_which_sales_order_it_is_of(self):
        self.place(self.order())
        self.pull()
        order = self.sale_orders()
        seller = create_user(self.env, "seller", "sales_team.group_sale_salesman_all_leads")
        self.assertFalse(order.with_user(seller).cartona_held)
        self.place(self.order(total_price=1))
        self.pull()
        item = self.items("order")
        self.assertEqual(item.sale_order_id, order)
        order.invalidate_recordset()
        self.assertEqual(order.with_user(seller).cartona_held, item.reason)
        self.assertEqual(order.action_cartona_open_held(), item.action_open())

    def test_a_held_order_is_retried(self):
        item = self.hold()
        self.entries().payload = self.entries().payload.replace(
            '"total_price": 1', '"total_price": 60'
        )
        item.action_retry()
        self.told("tries again", "abc1")
        self.run_jobs()
        self.assertTrue(self.sale_orders())
        self.assertFalse(self.items())

    def test_a_discarded_order_says_so_and_is_never_acknowledged(self):
        self.discard(self.hold())
        self.told("discarded", "abc1", "It was a joke")
        entry = self.entries()
        self.assertEqual(entry.state, "discarded")
        self.assertIn("It was a joke", entry.message)
        self.assertIn(self.env.user.name, entry.message)
        self.assertFalse(self.items())
        for _number in range(2):
            self.pull()
        self.assertEqual(self.entries().state, "discarded")
        self.assertFalse(self.sale_orders())
        self.assertNotIn("abc1", self.cartona.synced)

    def test_a_discarded_order_can_be_brought_back(self):
        self.discard(self.hold())
        self.entries().action_restore()
        self.told("brought back")
        self.run_jobs()
        self.assertEqual(self.entries().state, "held")
        self.assertTrue(self.items("order"))

    def test_another_version_of_a_discarded_order_comes_in(self):
        self.discard(self.hold())
        self.place(self.order(note_message="right now"))
        self.pull()
        self.assertTrue(self.sale_orders())
        self.assertIn("abc1", self.cartona.synced)

    def test_an_order_that_returns_to_a_discarded_version_is_not_left_behind(self):
        first = self.order(total_price=1)
        self.discard(self.hold())
        self.place(self.order())
        self.pull()
        self.place(first, webhook=False)
        self.pull()
        self.assertEqual(self.entries().filtered("message").state, "held")

    def test_a_discarded_version_of_a_known_order_comes_back_only_if_it_is_newer(self):
        self.discard(self.hold(webhook=False))
        newer = self.order(status="approved")
        self.place(newer)
        self.pull()
        self.entries().filtered(lambda entry: entry.state == "discarded").action_restore()
        self.run_jobs()
        self.assertEqual(self.sale_orders().cartona_status, "approved")
        self.assertEqual({entry.state for entry in self.entries()}, {"done", "ignored"})

    def test_two_versions_are_chosen_between_and_not_discarded(self):
        item = self.hold()
        self.entries().reason = "unconfirmed"
        self.commit()
        self.assertTrue(item.decided)
        with self.assertRaises(UserError):
            item.action_discard()
        with self.assertRaises(UserError):
            item._discard("no")

    def test_retrying_does_not_choose_between_two_versions(self):
        item = self.hold()
        self.entries().reason = "unconfirmed"
        self.env.cr.execute("DELETE FROM cartona_log")
        self.commit()
        item.action_retry()
        self.assertEqual(self.entries().state, "held")
        self.assertFalse(self.env["cartona.log"].search([]))

    def test_the_log_says_who_retried_an_order_where_it_is_listed(self):
        self.hold()
        self.entries().action_retry()
        self.told("tries again", "abc1")

    def test_orders_are_discarded_where_they_are_listed_too(self):
        self.hold()
        self.discard(self.entries())
        self.assertEqual(self.entries().state, "discarded")

    # -- products ----------------------------------------------------------------------------------

    def test_a_refused_product_stands_with_what_would_go_out(self):
        item = self.refuse_products(self.sugar)
        self.assertEqual((item.name, item.reason), ("SUG-1", "Unknown"))
        self.assertEqual(item.product_id, self.sugar)
        self.assertIn('"selling_price"', item.payload)

    def test_refused_products_are_retried_one_or_all(self):
        items = self.refuse_products(self.sugar, self.rice)
        self.cartona.refuse.clear()
        self.cartona.calls.clear()
        items.filtered(lambda item: item.product_id == self.sugar).action_retry()
        self.told("tries again", "SUG-1")
        self.run_jobs()
        self.assertEqual(self.cartona.products["SUG-1"]["selling_price"], 31)
        self.assertEqual(self.items().product_id, self.rice)
        self.refuse_products(self.sugar)
        self.cartona.refuse.clear()
        self.items()[0].action_retry_alike()
        self.run_jobs()
        self.assertFalse(self.items())

    def test_all_of_a_kind_are_those_of_the_account_only(self):
        self.refuse_products(self.sugar)
        held = self.hold()
        other = self.config.create({"name": "B", "base_url": BASE_URL, "token": "b"})
        state = {"config_id": other.id, "product_id": self.sugar.id, "error": "no"}
        self.env["cartona.product.state"].create(dict(state, error_kinds="price"))
        self.env["cartona.journal"].search([]).unlink()
        self.items("product").action_retry_alike()
        self.assertEqual(self.env["cartona.journal"].search([]).config_id, self.config)
        self.assertEqual(self.entries().state, "held")
        self.assertTrue(held)

    def refuse_acknowledgement(self, reason="Unknown order"):
        self.cartona.refuse["abc1"] = reason
        self.pull()
        return self.items("refusal")

    def test_a_discarded_refusal_of_an_acknowledgement_stays_so_until_the_order_changes(self):
        self.place(self.order())
        item = self.refuse_acknowledgement()
        self.assertIn("Unknown order", item.reason)
        self.discard(item)
        self.assertFalse(self.refuse_acknowledgement())
        self.assertIn("Other", self.refuse_acknowledgement("Other").reason)
        self.discard(self.items("refusal"))
        self.assertFalse(self.refuse_acknowledgement("Other"))
        self.place(self.order(note_message="News"), webhook=False)
        self.pull()
        self.assertIn("Other", self.refuse_acknowledgement("Other").reason)
        self.cartona.refuse.clear()
        self.pull()
        self.assertIn("abc1", self.cartona.synced)
        self.assertFalse(self.items("refusal"))

    def test_a_discarded_refusal_is_over_until_the_value_changes(self):
        self.discard(self.refuse_products(self.sugar))
        self.told("SUG-1", "It was a joke")
        self.assertFalse(self.items())
        self.assertEqual(self.config.refused_count, 0)
        self.refuse_products(self.sugar)
        self.assertEqual(self.items().reason, "Unknown")
        self.cartona.refuse.clear()
        self.sugar.list_price = 50
        self.run_jobs()
        self.assertEqual(self.cartona.products["SUG-1"]["selling_price"], 50)

    # -- the others --------------------------------------------------------------------------------

    def refuse_status(self):
        self.place(self.order())
        self.run_jobs()
        self.cartona.refuse["abc1"] = "Not allowed"
        self.sale_orders().action_confirm()
        self.run_jobs()
        return self.items()

    def test_a_refused_status_is_retried(self):
        item = self.refuse_status()
        self.assertEqual((item.kind, item.sale_order_id), ("refusal", self.sale_orders()))
        self.assertIn("Not allowed", item.reason)
        self.assertIn("Approved", item.payload)
        self.cartona.refuse.clear()
        item.action_retry()
        self.run_jobs()
        self.assertEqual(self.cartona.orders["abc1"]["status"], "approved")
        self.assertFalse(self.items())

    def test_a_discarded_status_is_over_until_the_order_changes(self):
        order = self.refuse_status().sale_order_id
        self.assertTrue(order.activity_ids)
        self.discard(self.items())
        self.told("discarded", "Rabc1", "It was a joke")
        self.assertIn("It was a joke", order.message_ids[0].body)
        self.assertFalse(self.items())
        self.assertFalse(order.activity_ids)
        self.cartona.calls.clear()
        self.pull()
        self.assertEqual(self.cartona.statuses, [])
        self.cartona.refuse.clear()
        self.env["cartona.outbox"]._note(order)
        self.run_jobs()
        self.assertEqual(order.cartona_status, "approved")

    def test_a_failed_job_is_retried_by_managers_without_rights_on_the_queue(self):
        item = self.fail_pull()
        self.assertEqual((item.kind, item.reason), ("job", "a bug"))
        self.assertIn("_job_pull", item.payload)
        manager = create_user(self.env, "boss", "cartona_integration.group_manager")
        item.with_user(manager).action_retry()
        self.commit()
        self.assertEqual(self.pending.mapped("state"), ["pending"])
        line = self.env["cartona.log"].search([("operation", "=", "job")])
        self.assertIn("boss", line.message)

    def fail_pull(self):
        self.env["cartona.pull"]._ask(self.config)
        self.commit()
        self.env.cr.execute(
            "UPDATE queue_job SET state = 'failed', exc_name = 'KeyError', exc_message = 'a bug'"
        )
        self.forget()
        return self.items("job")

    def test_a_failed_job_is_discarded_with_a_reason(self):
        manager = create_user(self.env, "boss", "cartona_integration.group_manager")
        item = self.fail_pull()
        job = self.env["queue.job"].browse(item.source_id)
        item.with_user(manager)._discard("It was a joke")
        self.commit()
        self.assertEqual((job.state, job.result), ("cancelled", "It was a joke"))
        line = self.env["cartona.log"].search([("operation", "=", "job")])
        self.assertIn("boss discarded", line.message)
        self.assertIn("It was a joke", line.message)
        self.assertFalse(self.items())

    def test_a_failed_pull_is_over_once_a_later_one_worked(self):
        self.fail_pull()
        self.pull()
        self.assertFalse(self.items())

    def withdraw(self):
        """A product is deleted, and Cartona will not take it off sale."""
        tea = self.product("Tea", "TEA-1", 9)
        self.run_jobs()
        self.cartona.refuse["TEA-1"] = "locked"
        tea.unlink()
        self.run_jobs()
        return self.items("withdrawal")

    def test_what_cartona_will_not_take_off_sale_stands_until_it_does(self):
        item = self.withdraw()
        self.assertEqual((item.name, item.reason, item.payload), ("TEA-1", "locked", "TEA-1"))
        self.run_jobs()
        self.cartona.calls.clear()
        self.env["cartona.config"]._cron_sweep()
        self.run_jobs()
        self.assertFalse(self.cartona.pushes)
        item.action_retry()
        self.run_jobs()
        self.assertEqual(len(self.items("withdrawal")), 1)
        self.cartona.refuse.clear()
        self.items("withdrawal").action_retry()
        self.run_jobs()
        self.assertIs(self.cartona.products["TEA-1"]["is_published"], False)
        self.assertFalse(self.items())

    def test_what_somebody_took_off_sale_on_cartona_is_discarded(self):
        self.discard(self.withdraw(), "Done there")
        self.told("TEA-1", "Done there")
        self.assertFalse(self.items())

    def test_a_name_that_is_used_again_is_no_open_item(self):
        self.withdraw()
        self.cartona.refuse.clear()
        self.product("Green tea", "TEA-1", 10)
        self.run_jobs()
        self.assertEqual(self.cartona.products["TEA-1"]["selling_price"], 10)
        self.assertFalse(self.items())

    # -- who may -----------------------------------------------------------------------------------

    def test_only_managers_of_the_company_may_decide(self):
        item = self.hold()
        entry = self.entries()
        second = self.env["res.company"].create({"name": "Second"})
        people = {
            "portal": ["base.group_portal"],
            "seller": ["sales_team.group_sale_manager"],
            "keeper": ["stock.group_stock_manager"],
            "reader": ["cartona_integration.group_user"],
        }
        users = [create_user(self.env, name, *groups) for name, groups in people.items()]
        stranger = create_user(
            self.env,
            "stranger",
            "cartona_integration.group_manager",
            company_ids=[(6, 0, second.ids)],
            company_id=second.id,
        )
        for user in (*users, stranger):
            own = item.with_user(user)
            for act in (
                own.action_retry,
                own.action_retry_alike,
                lambda own=own: own._discard("no"),
                entry.with_user(user).action_restore,
            ):
                with self.assertRaises(AccessError, msg=user.name):
                    act()
        for user in users:
            with self.assertRaises(AccessError, msg=user.name):
                self.env["cartona.discard"].with_user(user).create({"reason": "no"})
            with self.assertRaises(AccessError, msg=user.name):
                item.with_user(user).action_discard()
        self.assertFalse(self.env["cartona.open.item"].with_user(stranger).search([]))
        self.assertEqual(self.items(), item)
        reader = self.env["cartona.open.item"].with_user(users[-1])
        self.assertTrue(reader.search([]).payload)
        for user in users[:-1]:
            with self.assertRaises(AccessError, msg=user.name):
                self.env["cartona.open.item"].with_user(user).search([])

    def test_a_manager_discards_an_order(self):
        item = self.hold()
        manager = create_user(self.env, "boss", "cartona_integration.group_manager")
        self.discard(item.with_user(manager).with_env(self.env(user=manager)))
        self.assertEqual(self.entries().state, "discarded")
