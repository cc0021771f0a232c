from odoo.tests import tagged

from .packs import PackCase


@tagged("post_install", "-at_install")
class TestPackPush(PackCase):
    """Prices, stock and publication of additional packs go out with their product's."""

    def setUp(self):
        super().setUp()
        self.box, self.carton = self.link(2), self.link(3)
        self.run_jobs()

    def stock(self):
        """What was sent as one figure for a base product, then forgets it."""
        bodies = self.cartona.bodies("supplier-product/base-product/bulk-update-stock")
        self.cartona.calls.clear()
        return bodies

    def base(self, pieces):
        return [[{"base_product_id": str(self.BASE), "available_stock_quantity": pieces}]]

    def rest(self):
        """Nothing is sent again without need."""
        self.cartona.calls.clear()
        self.sugar._cartona_note_kinds()
        self.run_jobs()
        self.assertEqual(self.cartona.calls, [])

    # -- prices ------------------------------------------------------------------------------------

    def test_a_new_pack_gets_its_price_and_is_put_on_sale(self):
        known = {"is_published": True, "is_unlimited_stock": False, "in_stock": True}
        self.assertEqual(
            self.named(),
            {"2": {"selling_price": 360, **known}, "3": {"selling_price": 1440, **known}},
        )
        self.rest()

    def test_each_price_is_that_of_a_piece_times_its_pieces(self):
        self.cartona.calls.clear()
        self.config.price_rounding = 0.25
        self.sugar.list_price = 0.33
        self.run_jobs()
        self.assertEqual(
            self.named(),
            {
                "SUG-1": {"selling_price": 0.25},
                "2": {"selling_price": 4},
                "3": {"selling_price": 15.75},
            },
        )
        self.rest()

    def test_a_price_list_is_asked_for_the_packs_quantity(self):
        self.config.write({"price_source": "pricelist", "pricelist_id": self.pricelist().id})
        self.run_jobs()
        prices = {name: item["selling_price"] for name, item in self.named().items()}
        self.assertEqual(prices, {"SUG-1": 29, "2": 336, "3": 1200})
        self.config.tier_ids = [
            (0, 0, {"supplier_code": "2", "pricelist_id": self.pricelist().id}),
        ]
        self.run_jobs()
        sent = [item for body in self.cartona.pushes for item in body]
        self.assertIn(
            {"supplier_product_id": "3", "supplier_code": "2", "selling_price": 1200}, sent
        )
        self.rest()

    def pricelist(self):
        rules = [
            {"min_quantity": count, "compute_price": "fixed", "fixed_price": price,
             "applied_on": "1_product", "product_tmpl_id": self.sugar.product_tmpl_id.id}
            for count, price in ((1, 29), (12, 28), (48, 25))
        ]  # fmt: skip
        return self.env["product.pricelist"].create(
            {
                "name": "Packs",
                "currency_id": self.config.currency_id.id,
                "item_ids": [(0, 0, rule) for rule in rules],
            }
        )

    def test_other_pieces_are_another_price(self):
        self.cartona.calls.clear()
        self.box.pieces = 10
        self.run_jobs()
        self.assertEqual(self.named()["2"]["selling_price"], 300)

    def test_publication_and_limits_are_those_of_the_product(self):
        self.cartona.calls.clear()
        self.sugar.write({"sale_ok": False, "cartona_max_order": 5})
        self.run_jobs()
        limits = {"is_published": False, "min_order": 1, "max_order": 5}
        self.assertEqual(self.named(), dict.fromkeys(("SUG-1", "2", "3"), limits))
        self.rest()

    # -- stock -------------------------------------------------------------------------------------

    def test_one_figure_in_pieces_is_the_stock_of_all(self):
        self.assertEqual(self.stock(), self.base(1000))
        self.add_stock(self.sugar, 7)
        self.run_jobs()
        self.assertEqual(self.cartona.pushes, [])
        self.assertEqual(self.stock(), self.base(1007))
        there = [self.cartona.products[name] for name in ("SUG-1", "2", "3")]
        self.assertEqual([item["available_stock_quantity"] for item in there], [1007, 83, 20])
        self.assertEqual((self.box.accepted_quantity, self.carton.accepted_quantity), (83, 20))
        self.rest()

    def test_what_the_account_keeps_back_is_kept_back_once(self):
        self.cartona.calls.clear()
        self.config.stock_buffer = 10.5
        self.run_jobs()
        self.assertEqual(self.stock(), self.base(989))
        self.assertEqual((self.box.accepted_quantity, self.carton.accepted_quantity), (82, 20))

    def test_only_what_cartona_counts_as_odoo_does_has_one_figure(self):
        self.cartona.calls.clear()
        self.box.pieces = 10
        self.run_jobs()
        self.assertEqual(self.stock_of_each(), {"SUG-1": None, "2": 100, "3": None})
        self.box.pieces = 12
        self.config.stock_cap = 50
        self.run_jobs()
        self.assertEqual(self.stock_of_each(), {"SUG-1": 50, "2": 50, "3": None})
        self.config.stock_cap = 0
        self.run_jobs()
        self.carton.unlink()  # another product of the base that is not this one
        self.run_jobs()
        self.cartona.calls.clear()
        self.add_stock(self.sugar, 12)
        self.run_jobs()
        self.assertEqual(self.stock_of_each(), {"SUG-1": 1012, "2": 84, "3": None})

    def test_a_carton_that_is_another_product_keeps_its_own_stock(self):
        self.carton.unlink()
        cartons = self.product("Sugar, a carton", "SUG-48", 1400.0, cartona_pack_quantity=48)
        cartons.cartona_product_id = self.row(3)
        self.run_jobs()
        self.cartona.calls.clear()
        self.add_stock(self.sugar, 12)
        self.run_jobs()
        self.assertEqual(self.stock_of_each(), {"SUG-1": 1012, "2": 84, "3": None})

    def stock_of_each(self):
        self.assertEqual(self.cartona.bodies("supplier-product/base-product/bulk-update-stock"), [])
        sent = self.named()
        return {
            name: sent.get(name, {}).get("available_stock_quantity") for name in ("SUG-1", "2", "3")
        }

    def test_a_pack_without_a_base_in_common_has_its_own_stock(self):
        self.list_product(7, "White sugar, bag", base_product_id=77, unit="bag", unit_count=5)
        self.fetch()
        self.cartona.calls.clear()
        self.link(7)
        self.run_jobs()
        self.assertEqual(self.named()["7"]["available_stock_quantity"], 200)
        self.add_stock(self.sugar, 5)
        self.run_jobs()
        sent = self.cartona.pushes
        self.assertEqual(sent[0][0]["available_stock_quantity"], 201)
        self.assertEqual(self.stock(), self.base(1005))

    def test_what_begins_or_ends_to_be_in_stock_says_so_beside_the_one_figure(self):
        """That call has no word for it, and only what is sent changes."""
        self.cartona.calls.clear()
        gone = dict.fromkeys(("2", "3"), {"in_stock": False})
        for change, said in ((-990, gone), (20, {"2": {"in_stock": True}}), (1, {})):
            self.add_stock(self.sugar, change)
            self.run_jobs()
            figures = self.cartona.bodies("supplier-product/base-product/bulk-update-stock")
            self.assertEqual(figures, self.base(self.sugar.free_qty))
            self.assertEqual(self.named(), said)
        self.rest()

    def test_unlimited_and_counted_again(self):
        self.cartona.calls.clear()
        self.sugar.cartona_stock = "unlimited"
        self.run_jobs()
        unlimited = dict.fromkeys(
            ("SUG-1", "2", "3"), {"is_unlimited_stock": True, "in_stock": True}
        )
        self.assertEqual(self.named(), unlimited)
        self.assertEqual(self.box.quantity, "∞")
        self.sugar.cartona_stock = False
        self.run_jobs()
        self.assertEqual(
            self.cartona.bodies("supplier-product/base-product/bulk-update-stock"), self.base(1000)
        )
        known = {"is_unlimited_stock": False, "in_stock": True}
        counted = dict.fromkeys(("SUG-1", "2", "3"), known)
        self.assertEqual(self.named(), counted)
        self.rest()

    # -- what came of it ---------------------------------------------------------------------------

    def test_a_refused_pack_keeps_nobody_back(self):
        self.cartona.refuse["2"] = "too dear"
        self.sugar.list_price = 31
        self.run_jobs()
        self.assertEqual((self.box.error, self.box.state), ("too dear", "refused"))
        self.assertEqual((self.sugar.cartona_price, self.carton.state), (31, "live"))
        self.assertEqual(self.carton.accepted_price, 1488)
        del self.cartona.refuse["2"]
        self.cartona.calls.clear()
        self.sugar.action_cartona_push()
        self.run_jobs()
        self.assertEqual((self.box.error, self.box.accepted_price), (False, 372))
        self.rest()

    def test_a_refused_pack_is_seen_where_refused_products_are(self):
        self.cartona.refuse["2"] = "too dear"
        self.sugar.list_price = 31
        self.run_jobs()
        self.assertEqual(self.sugar.cartona_state, "refused")
        self.assertIn("The pack [2]", self.sugar.cartona_reason)
        refused = self.env["product.product"].search([("cartona_state", "=", "refused")])
        self.assertEqual(refused, self.sugar)
        self.assertEqual((self.config.refused_count, self.config.live_count), (1, 1))

    def test_a_refused_product_keeps_its_packs_not_back(self):
        self.cartona.refuse["SUG-1"] = "too dear"
        self.sugar.list_price = 31
        self.run_jobs()
        self.assertEqual(self.sugar.cartona_state, "refused")
        self.assertEqual(self.box.accepted_price, 372)

    def test_a_refused_base_stock_stands_on_each_whose_stock_it_was(self):
        self.cartona.refuse[str(self.BASE)] = "no such base"
        self.add_stock(self.sugar, 48)
        self.run_jobs()
        self.assertEqual(self.sugar.cartona_reason, "no such base")
        self.assertEqual((self.box + self.carton).mapped("error"), ["no such base"] * 2)
        del self.cartona.refuse[str(self.BASE)]
        self.cartona.calls.clear()
        self.add_stock(self.sugar, 1)
        self.run_jobs()
        self.assertEqual(self.stock(), self.base(1049))
        self.assertEqual((self.box + self.carton).mapped("error"), [False] * 2)
        self.rest()

    def test_where_base_stock_is_not_known_to_cartona_the_account_goes_on(self):
        self.add_stock(self.sugar, 48)
        self.cartona.answers += [lambda *call: (404, {"error": "no such page"})] * 4
        self.run_jobs()
        self.assertEqual(self.cartona.answers, [])
        self.assertEqual(self.box.state, "refused")
        self.assertFalse(self.config.paused)

    def test_a_refusal_that_names_nobody_ends_at_the_pack_that_it_is_meant_for(self):
        def refuse(method, path, body):
            return 422, {"error": "a price is too high"}

        def alone(method, path, body):
            bad = any(item.get("selling_price") == 372 for item in body)
            if bad:
                return refuse(method, path, body)
            self.cartona.take(path, body)
            return 200, []

        self.sugar.list_price = 31
        self.cartona.answers += [alone] * 4
        self.run_jobs()
        self.cartona.answers.clear()
        self.assertEqual(self.box.error, "a price is too high")
        self.assertEqual((self.carton.error, self.carton.accepted_price), (False, 1488))
        self.assertEqual(self.sugar.cartona_price, 31)

    def test_after_a_call_of_unknown_outcome_all_goes_out_again(self):
        self.cartona.calls.clear()
        self.env["cartona.attempt"]._begin(self.config, self.sugar.ids)
        self.sugar._cartona_note_kinds()
        self.run_jobs()
        self.assertEqual(
            self.cartona.bodies("supplier-product/base-product/bulk-update-stock"), self.base(1000)
        )
        sent = self.named()
        self.assertEqual({*sent}, {"SUG-1", "2", "3"})
        self.assertEqual(sent["3"]["selling_price"], 1440)
        self.assertEqual(sent["3"]["is_unlimited_stock"], False)
        self.rest()

    def test_push_now_sends_the_packs_too(self):
        self.cartona.calls.clear()
        self.sugar.action_cartona_push()
        self.run_jobs()
        self.assertEqual({*self.named()}, {"SUG-1", "2", "3"})

    def test_without_a_price_only_the_price_waits(self):
        self.cartona.calls.clear()
        self.sugar.list_price = 0
        self.add_stock(self.sugar, 1)
        self.run_jobs()
        self.assertEqual(self.cartona.pushes, [])
        self.assertEqual(self.stock(), self.base(1001))
        self.assertIn("Set a sales price", self.carton.error)

    def test_what_is_not_shown_any_more_is_not_sent_until_it_is(self):
        there = self.drop(2)
        self.cartona.calls.clear()
        self.sugar.list_price = 31
        self.run_jobs()
        self.assertEqual({*self.named()}, {"SUG-1", "3"})
        self.cartona.catalogue["2"] = there
        self.fetch()
        sent = self.named()
        self.assertEqual(({*sent}, sent["2"]["selling_price"]), ({"2"}, 372))

    # -- many at once ------------------------------------------------------------------------------

    def test_large_changes_of_packs_wait_with_their_product(self):
        self.config.write({"guard_price_products": 1, "guard_price_percent": 10})
        self.cartona.calls.clear()
        self.sugar.list_price = 3
        self.rice.list_price = 2
        self.add_stock(self.sugar, 1)
        self.run_jobs()
        self.assertEqual(self.cartona.pushes, [])
        self.assertEqual(self.stock(), self.base(1001))
        self.assertEqual(self.box.accepted_price, 360)
        self.config.action_send_held()
        self.run_jobs()
        self.assertEqual((self.box.accepted_price, self.carton.accepted_price), (36, 144))
        self.rest()

    def test_large_changes_of_packs_alone_wait_too(self):
        self.config.write({"guard_price_products": 1, "guard_price_percent": 10})
        self.rice.list_price = 2
        self.box.pieces = 1
        self.cartona.calls.clear()
        self.run_jobs()
        self.assertEqual(self.box.accepted_price, 360)
        self.config.action_send_held()
        self.run_jobs()
        self.assertEqual(self.box.accepted_price, 30)

    def test_a_first_price_of_packs_is_compared_with_what_cartona_lists(self):
        self.env["cartona.pack"].search([]).unlink()
        self.run_jobs()
        self.env["cartona.product"].search([]).write({"price": 360})
        self.config.write({"guard_price_products": 1, "guard_price_percent": 10})
        self.rice.list_price = 2
        self.commit()
        self.link(2, pieces=1)
        self.cartona.calls.clear()
        self.run_jobs()
        self.assertEqual(self.config.held_prices, 2)
        self.assertFalse([i for i in self.named().values() if "selling_price" in i])

    def test_a_preview_says_which_pack_changes(self):
        self.sugar.list_price = 31
        self.sugar.action_cartona_preview()
        rows = self.env["cartona.preview"].search([("product_id", "=", self.sugar.id)])
        self.assertEqual(
            {(row.pack_id, row.old, row.new) for row in rows},
            {
                (self.env["cartona.pack"], "30", "31"),
                (self.box, "360", "372"),
                (self.carton, "1440", "1488"),
            },
        )
