from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..compat import field_name
from ..lib.cartona_api import RawOrder
from .common import create_tax
from .edits import APPROVED, PENDING, EditCase


@tagged("post_install", "-at_install")
class TestEditOut(EditCase):
    """Edits in Odoo of an order that Cartona has."""

    # -- what is sent ------------------------------------------------------------------------------

    def test_what_another_addon_makes_of_an_order_that_comes_in_is_told(self):
        model = type(self.env["sale.order"])
        create = model._cartona_create

        def create_and_change(orders, *args):
            order = create(orders, *args)
            order.order_line[0].product_uom_qty = 7
            return order

        with patch.object(model, "_cartona_create", create_and_change):
            order = self.bring()
        there = self.cartona.orders[order.cartona_id]["order_details"]
        self.assertEqual((order.order_line[0].product_uom_qty, there[0]["amount"]), (7, 7))

    def test_quantity_price_and_comment_of_a_line_go_out_in_one_call(self):
        for number, status in enumerate((PENDING, APPROVED, "assigned_to_salesman")):
            order = self.bring(hashed_id=f"q{number}", status=status)
            line = self.mine(order).order_line[0]
            line.product_uom_qty = 5
            line.write({"price_unit": 29.5, "cartona_comment": "Without bag"})
            detail = {"id": "1", "amount": 5, "price": 29.5, "comment": "Without bag"}
            self.assertEqual(self.edits(), [(f"q{number}", [detail])])
            self.assert_at_rest(order)

    def test_only_what_changed_is_sent(self):
        order = self.bring()
        self.mine(order).order_line[1].product_uom_qty = 3
        self.assertEqual(self.edits(), [("abc1", [{"id": "2", "amount": 3}])])
        self.assert_at_rest(order)

    def test_two_transactions_before_the_job_are_one_call_with_the_last_values(self):
        order = self.bring()
        for amount in (3, 7):
            self.mine(order).order_line[0].product_uom_qty = amount
            self.commit()
        self.assertEqual(self.edits(), [("abc1", [{"id": "1", "amount": 7}])])

    def test_an_edit_that_is_undone_before_it_goes_out_is_none(self):
        order = self.bring()
        for amount in (3, 2):
            self.mine(order).order_line[0].product_uom_qty = amount
            self.commit()
        self.assertEqual(self.edits(), [])
        self.assert_at_rest(order)

    def test_what_is_rolled_back_is_not_sent(self):
        order = self.bring()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            order.order_line[0].product_uom_qty = 9
            raise UserError(self.id())
        self.assertEqual(self.edits(), [])

    def test_each_order_has_its_own_call(self):
        orders = self.bring(hashed_id="o1") + self.bring(hashed_id="o2")
        for line in self.mine(orders).order_line:
            line.product_uom_qty += 1
        self.assertEqual(
            sorted(self.edits()),
            [
                (hashed_id, [{"id": "1", "amount": 3}, {"id": "2", "amount": 5}])
                for hashed_id in ("o1", "o2")
            ],
        )

    def test_a_removed_line_is_cancelled_in_draft_and_confirmed(self):
        for number, status in enumerate((PENDING, APPROVED)):
            order = self.bring(hashed_id=f"r{number}", status=status)
            line = self.mine(order).order_line[1]
            if status == PENDING:
                line.unlink()
            else:
                line.product_uom_qty = 0
            self.assertEqual(self.edits(), [(f"r{number}", [{"id": "2", "cancelled": True}])])
            self.assert_at_rest(order)

    def test_a_line_that_comes_back_after_its_removal_is_a_new_one(self):
        order = self.bring(status=APPROVED)
        line = self.mine(order).order_line[1]
        line.product_uom_qty = 0
        self.run_jobs()
        self.cartona.calls.clear()
        line.product_uom_qty = 6
        # from 16 on, Odoo takes the price list's again
        new = {"internal_product_id": "RIC-1", "amount": 6, "price": line.price_unit}
        self.assertEqual(self.edits(), [("abc1", [new])])
        self.assert_at_rest(order)

    def new_line(self, order, product, amount, **values):
        return (
            self.env["sale.order.line"]
            .with_user(self.seller)
            .create(dict(values, order_id=order.id, product_id=product.id, product_uom_qty=amount))
        )

    def test_a_new_line_gets_cartonas_id_and_stays_one(self):
        for number, status in enumerate((PENDING, APPROVED)):
            order = self.bring(hashed_id=f"n{number}", status=status)
            line = self.new_line(order, self.tea, 3, price_unit=11)
            new = {"internal_product_id": "TEA-1", "amount": 3, "price": 11}
            self.assertEqual(self.edits(), [(f"n{number}", [new])])
            self.assertTrue(line.cartona_line_id)
            self.assertEqual(len(self.lines(order)), 3)
            self.assert_at_rest(order)
            line.product_uom_qty = 4
            self.assertEqual(
                self.edits(), [(f"n{number}", [{"id": line.cartona_line_id, "amount": 4}])]
            )
            self.assert_at_rest(order)

    def test_two_new_lines_of_one_product_stay_two(self):
        order = self.bring()
        lines = self.new_line(order, self.tea, 3, price_unit=11)
        lines += self.new_line(order, self.tea, 2, price_unit=12)
        self.run_jobs()
        self.assertEqual(len(set(lines.mapped("cartona_line_id"))), 2)
        self.assertEqual(lines.mapped("product_uom_qty"), [3, 2])
        self.assert_at_rest(order)

    def test_an_edit_of_a_new_line_waits_for_its_id(self):
        order = self.bring()
        line = self.new_line(order, self.tea, 3, price_unit=11)
        self.commit()
        self.env["cartona.outbox"]._job_send_edits(self.config, order.cartona_order_id)
        line.product_uom_qty = 8
        self.run_jobs()
        self.assertEqual(
            [details for _order, details in self.cartona.edits][1:],
            [[{"id": line.cartona_line_id, "amount": 8}]],
        )
        self.assert_at_rest(order)

    def test_another_product_is_another_line(self):
        order = self.bring()
        self.mine(order).order_line[1].product_id = self.tea
        ((_order, details),) = self.edits()
        self.assertIn({"id": "2", "cancelled": True}, details)
        self.assertEqual(details[1]["internal_product_id"], "TEA-1")
        self.assert_at_rest(order)

    def test_sections_and_notes_are_not_sent(self):
        order = self.bring()
        self.env["sale.order.line"].with_user(self.seller).create(
            {"order_id": order.id, "display_type": "line_note", "name": "Thanks"}
        )
        self.assertEqual(self.edits(), [])

    def test_another_unit_of_measure_is_counted_in_cartonas(self):
        order = self.bring()
        line = order.order_line[0]
        dozen = self.env.ref("uom.product_uom_dozen")
        line.write(
            {field_name(line, "product_uom_id"): dozen.id, "product_uom_qty": 2, "price_unit": 348}
        )
        detail = {"id": "1", "amount": 24, "price": 29}
        self.assertEqual(self.edits(), [("abc1", [detail])])
        self.assertEqual(order.amount_total, 796)
        self.assertFalse(order._cartona_changes())

    def test_a_discount_of_the_line_is_in_its_price(self):
        order = self.bring()
        self.mine(order).order_line[0].discount = 10
        self.assertEqual(self.edits(), [("abc1", [{"id": "1", "price": 27}])])
        self.assert_at_rest(order)
        self.assertEqual(order.order_line[0].discount, 10)

    def test_who_notes_the_order_while_it_is_tidied_makes_no_endless_loop(self):
        order, times = self.bring(), []
        tidy = type(order)._cartona_tidy

        def tidy_and_edit(sale_order):
            tidy(sale_order)
            times.append(sale_order.id)
            self.assertLess(len(times), 10)
            self.env["cartona.outbox"]._note(sale_order)

        self.mine(order).order_line[0].product_uom_qty = 3
        with patch.object(type(order), "_cartona_tidy", tidy_and_edit):
            self.commit()
        self.assertEqual(times, [order.id])
        self.assertEqual(self.edits(), [("abc1", [{"id": "1", "amount": 3}])])
        self.assert_at_rest(order)

    # -- prices and totals -------------------------------------------------------------------------

    def test_prices_go_out_as_the_accounts_tax_choice_says(self):
        vat, inside = (
            create_tax(self.env, "VAT", 14.0),
            create_tax(self.env, "VAT inside", 14.0, included=True),
        )
        cases = [
            ("included", vat, 57, 100, 114),
            ("included", inside, 57, 100, 100),
            ("excluded", vat, 50, 100, 100),
            ("excluded", inside, 50, 114, 100),
        ]
        for number, (choice, tax, price, price_unit, sent) in enumerate(cases):
            self.config.price_tax = choice
            self.sugar.taxes_id = [(6, 0, tax.ids)]
            order = self.bring(("SUG-1", 10, price), hashed_id=f"t{number}")
            line = self.mine(order).order_line
            line.product_uom_qty = 3
            self.assertEqual(self.edits(), [(f"t{number}", [{"id": "1", "amount": 3}])])
            self.cartona.calls.clear()
            line.price_unit = price_unit
            self.assertEqual(self.edits(), [(f"t{number}", [{"id": "1", "price": sent}])])
            total = order.amount_total if choice == "included" else order.amount_untaxed
            self.assertEqual(total, 3 * sent)

    def test_a_price_with_tax_taken_out_reaches_the_same_total(self):
        self.sugar.taxes_id = [(6, 0, create_tax(self.env, "VAT", 14.0).ids)]
        order = self.bring(("SUG-1", 7, "33.3333"), total_price="233.33")
        line = self.mine(order).order_line.filtered("cartona_line_id")
        for quantity, price in ((7, 87.72), (1000, 3.33), (13, 0.07)):
            line.write({"product_uom_qty": quantity, "price_unit": price})
            self.run_jobs()
            self.assert_at_rest(order)
            self.assertAlmostEqual(line.price_unit, price, 2)

    THIRDS = (("SUG-1", 1, 0.3333), ("RIC-1", 1, 0.3333), ("TEA-1", 1, 0.3333))

    def test_the_rounding_line_is_never_sent_and_follows_the_edit(self):
        for number, status in enumerate((PENDING, APPROVED)):
            order = self.bring(*self.THIRDS, hashed_id=f"w{number}", total_price=1, status=status)
            rounding = order.order_line.filtered("is_cartona_rounding")
            self.assertEqual(rounding.price_total, 0.01)
            line = self.mine(order).order_line[0]
            line.write({"product_uom_qty": 10, "price_unit": 30})
            self.commit()
            total = sum(order.order_line.exists().mapped("price_total"))
            self.assertEqual(order.amount_total, 300.67, "Cartona's total once it has the edit")
            self.assertAlmostEqual(total, order.amount_total)
            ((_order, details),) = self.edits()
            self.assertEqual(details, [{"id": "1", "amount": 10, "price": 30}])
            self.assert_at_rest(order)
            self.cartona.calls.clear()
            line.write({"product_uom_qty": 1, "price_unit": 0.3333})
            self.run_jobs()
            self.assert_at_rest(order)

    def test_what_people_make_of_the_rounding_line_is_put_right(self):
        vat = create_tax(self.env, "VAT", 14.0)
        for number, status in enumerate((PENDING, APPROVED)):
            order = self.bring(*self.THIRDS, hashed_id=f"w{number}", total_price=1, status=status)
            rounding = order.order_line.filtered("is_cartona_rounding")
            taxes = field_name(rounding, "tax_ids")
            for edit in (
                {"product_uom_qty": 9},
                {"product_uom_qty": 0},
                {"price_unit": 5},
                {"discount": 100},
                {"price_unit": 2, taxes: [(6, 0, vat.ids)]},
            ):
                self.mine(rounding).write(edit)
                self.commit()
                self.assertEqual(order.amount_total, 1, edit)
                self.assertEqual((rounding.product_uom_qty, rounding.price_total), (1, 0.01), edit)
                self.assertFalse(rounding[taxes])
                self.assertFalse(order.cartona_order_id.unsettled)
            self.assert_at_rest(order)

    def test_the_price_agreed_on_cartona_stays_when_the_quantity_is_edited(self):
        self.sugar.list_price = 99
        for number, status in enumerate((PENDING, APPROVED)):
            order = self.bring(("SUG-1", 2, 30), hashed_id=f"f{number}", status=status)
            with Form(self.mine(order)) as form, form.order_line.edit(0) as line:
                line.product_uom_qty = 20
            self.assertEqual(order.order_line.price_unit, 30)
            self.assertEqual(order.order_line.discount, 0)
            self.assertEqual(self.edits(), [(f"f{number}", [{"id": "1", "amount": 20}])])
            self.assert_at_rest(order)

    def test_also_a_price_that_a_user_sent_stays(self):
        order = self.bring(("SUG-1", 2, 30))
        self.mine(order).order_line.price_unit = 31
        self.run_jobs()
        with Form(self.mine(order)) as form, form.order_line.edit(0) as line:
            line.product_uom_qty = 20
        self.assertEqual(order.order_line.price_unit, 31)

    # -- echoes ------------------------------------------------------------------------------------

    def test_what_comes_from_cartona_is_not_echoed(self):
        order = self.bring()
        for amount, status in ((5, PENDING), (6, APPROVED), (7, APPROVED)):
            details = [self.line(1, "SUG-1", amount, 29), self.line(3, "TEA-1", amount, 11)]
            self.place(self.order(order_details=details, status=status))
            self.run_jobs(limit=200)
            self.assertEqual(order.amount_total, amount * 40)
        self.assertEqual(self.cartona.edits, [])
        self.assertEqual(len(self.notes(order)), 3)

    def test_a_status_from_cartona_takes_no_edit_back_that_is_yet_to_be_sent(self):
        order = self.bring()
        self.mine(order).order_line[0].product_uom_qty = 9
        self.commit()
        self.place(dict(self.cartona.orders["abc1"], status=APPROVED))
        self.run_jobs(limit=200)
        self.assertEqual(order.order_line[0].product_uom_qty, 9)
        self.assertEqual(self.cartona.edits, [("abc1", [{"id": "1", "amount": 9}])])
        self.assert_at_rest(order)

    def test_news_from_before_our_edit_do_not_undo_it(self):
        for source in ("webhook", "pull"):
            order = self.bring(hashed_id=source)
            old = dict(self.cartona.orders[source], status=APPROVED)
            if source == "pull":  # stored before the edit went out, and not applied yet
                self.place(old, webhook=False)
                moment = self.env["cartona.inbox"]._moment()
                raw = RawOrder.from_payload(dict(old))
                self.mine(order).order_line[0].product_uom_qty = 9
                self.commit()
                self.env["cartona.outbox"]._job_send_edits(self.config, order.cartona_order_id)
                order.cartona_order_id.edit_moment = 10**8
                self.env["cartona.inbox"]._receive_pulled(self.config, [raw], moment)
                order.cartona_order_id.edit_moment = self.env["cartona.inbox"]._moment()
            else:
                self.mine(order).order_line[0].product_uom_qty = 9
                self.run_jobs()
                order.cartona_order_id.edit_moment = self.env["cartona.inbox"]._moment()
                self.cartona.orders[source]["status"] = APPROVED
                self.cartona.synced.discard(source)
                self.post(old)
            self.run_jobs(limit=200)
            self.assertEqual(order.order_line[0].product_uom_qty, 9, source)
            self.assertEqual(order.state, "sale")
            self.assertFalse(self.notes(order))
            self.assert_at_rest(order)
