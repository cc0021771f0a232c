from odoo.tests import tagged

from .common import CartonaCase

ORDERS, STATUSES, STOCK, FULL = (
    f"root.cartona.{name}" for name in ("order", "status", "stock", "full")
)


@tagged("post_install", "-at_install")
class TestLanes(CartonaCase):
    """Each kind of work has a lane; where there are none, no kind keeps another one waiting."""

    LANES = {
        "_job_probe": ORDERS,
        "_job_process": ORDERS,
        "_job_pull": ORDERS,
        "_job_invoice": ORDERS,
        "_job_post": STATUSES,
        "_job_send": STATUSES,
        "_job_send_edits": STATUSES,
        "_job_send_one": STATUSES,
        "_job_push": STOCK,
        "_job_withdraw": STOCK,
        "_job_step": FULL,
    }

    def test_every_job_has_its_lane(self):
        functions = self.env["queue.job.function"].search([("name", "=like", "<cartona.%")])
        lanes = {function.method: function.channel for function in functions}
        self.assertEqual(lanes, self.LANES)
        for model in self.env.registry.values():
            if model._original_module == "cartona_integration":
                own = set(dir(model)) - set(dir(self.registry["base"]))
                methods = {name for name in own if name.startswith("_job_")}
                self.assertLessEqual(methods, lanes.keys(), model._name)

    def test_jobs_take_the_lane_of_their_work(self):
        self.place(self.order("lane"))
        self.env["cartona.journal"]._ask_all(self.config, force=True)
        self.sugar.list_price = 31.5
        self.commit()
        lanes = {job.method_name: job.channel for job in self.pending}
        self.assertEqual(lanes["_job_process"], ORDERS)
        self.assertEqual(lanes["_job_push"], STOCK)
        self.assertEqual(lanes["_job_step"], FULL)

    def test_changes_go_ahead_of_orders_that_wait_and_then_take_turns_with_them(self):
        self.config.batch_size = 1
        for name in ("first", "second"):
            self.place(self.order(name))
        self.sugar.list_price = 31.5
        self.rice.list_price = 21.5
        self.commit()
        self.assertEqual(self.order_of_work(), ["_job_push", "_job_process", "_job_process"])
        self.run_one()
        self.assertEqual(len(self.cartona.pushes), 1)
        self.assertEqual(self.order_of_work(), ["_job_process", "_job_process", "_job_push"])

    def order_of_work(self):
        work = ("_job_process", "_job_push")
        return [job.method_name for job in self.pending if job.method_name in work]
