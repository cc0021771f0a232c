from odoo.tests import tagged

from .packs import PackCase


@tagged("post_install", "-at_install")
class TestPackDrift(PackCase):
    """What Cartona shows of packs is compared with what it should show."""

    def setUp(self):
        super().setUp()
        self.box = self.link(2)
        self.run_jobs()
        self.show(1, selling_price=30, available_stock_quantity=1000)
        self.show(2, selling_price=360, available_stock_quantity=83)
        self.show(4, selling_price=25.5, available_stock_quantity=1000)
        for model in ("cartona.product.state", "cartona.pack"):
            self.env[model].search([]).write({"last_push": "2024-01-01 00:00:00"})
        self.cartona.calls.clear()

    def show(self, number, **values):
        self.cartona.catalogue[str(number)].update(values)

    def drift(self):
        """``{(pack, kind, in Odoo, on Cartona)}`` of what differs still."""
        self.config.action_reconcile()
        self.run_jobs()
        rows = self.env["cartona.drift"].search([("repaired", "=", False)])
        return {(row.pack_id, row.kind, row.ours, row.theirs) for row in rows}

    def test_what_is_the_same_differs_not(self):
        self.assertEqual(self.drift(), set())
        task = self.env["cartona.task"].search([("kind", "=", "reconcile")])
        self.assertEqual(task.compared, 3)

    def test_what_differs_of_a_pack_is_shown_beside_its_product(self):
        self.show(1, selling_price=29)
        self.show(2, selling_price=350, available_stock_quantity=5)
        self.config.repair_drift = False
        none = self.env["cartona.pack"]
        self.assertEqual(
            self.drift(),
            {
                (none, "price", "30", "29"),
                (self.box, "price", "360", "350"),
                (self.box, "stock", "83", "5"),
            },
        )

    def test_it_is_repaired(self):
        self.show(2, selling_price=350)
        self.config.repair_drift = True
        self.assertEqual(self.drift(), set())
        self.assertEqual(self.named(), {"2": {"selling_price": 360}})

    def test_a_pack_that_is_said_to_be_out_of_stock_is_repaired_beside_the_one_figure(self):
        self.link(3)
        self.run_jobs()
        self.show(3, selling_price=1440, available_stock_quantity=20)
        self.env["cartona.pack"].search([]).write({"last_push": "2024-01-01 00:00:00"})
        self.cartona.calls.clear()
        self.show(2, in_stock=False)
        self.config.repair_drift = True
        self.assertEqual(self.drift(), set())
        (figure,) = self.cartona.bodies("supplier-product/base-product/bulk-update-stock")
        self.assertEqual(figure[0]["available_stock_quantity"], 1000)
        self.assertEqual(self.named(), {"2": {"is_unlimited_stock": False, "in_stock": True}})

    def test_a_pack_has_the_limits_of_its_product(self):
        self.sugar.cartona_max_order = 5
        self.run_jobs()
        for model in ("cartona.product.state", "cartona.pack"):
            self.env[model].search([]).write({"last_push": "2024-01-01 00:00:00"})
        self.cartona.calls.clear()
        self.show(1, min_order=1, max_order=5)
        self.show(2, min_order=1, max_order=7)
        self.config.repair_drift = False
        self.assertEqual(self.drift(), {(self.box, "max_order", "5", "7")})
        self.config.repair_drift = True
        self.assertEqual(self.drift(), set())
        limits = {"is_published": True, "min_order": 1, "max_order": 5}
        self.assertEqual(self.named(), {"2": limits})
