from odoo.tests import tagged

from .common import CartonaCase, create_tax


@tagged("post_install", "-at_install")
class TestPushBranch(CartonaCase):
    """A branch sells with the taxes of the company that it is a branch of."""

    def setUp(self):
        super().setUp()
        companies = self.env["res.company"]
        if "parent_ids" not in companies._fields:
            self.skipTest("This Odoo knows no branches")
        self.branch = companies.create({"name": "Shop", "parent_id": self.config.company_id.id})
        self.theirs = self.config.copy({"company_id": self.branch.id, "token": "their-token"})
        self.tax = create_tax(self.env, "VAT 14", 14)
        self.sugar.write({"list_price": 100, "taxes_id": [(6, 0, self.tax.ids)]})

    def price(self):
        return self.sugar._cartona_prices(self.theirs)[self.sugar.id]

    def test_the_parents_taxes_are_in_the_price(self):
        self.assertEqual(self.price(), 114)

    def test_its_own_taxes_go_before_its_parents(self):
        own = create_tax(self.env(context={"allowed_company_ids": self.branch.ids}), "VAT 5", 5,
                         company_id=self.branch.id)  # fmt: skip
        self.sugar.taxes_id += own
        self.assertEqual(self.price(), 105)

    def test_a_changed_rate_of_the_parents_tax_is_noticed(self):
        self.commit()
        self.settle()
        self.tax.amount = 10
        self.commit()
        tasks = self.env["cartona.task"]._of(self.theirs, "push")
        self.assertIn(f"cartona-task-{tasks.id}", self.pending.mapped("identity_key"))
