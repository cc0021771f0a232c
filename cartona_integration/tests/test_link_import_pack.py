from odoo.tests import tagged

from .common import create_product_manager
from .packs import PackCase


@tagged("post_install", "-at_install")
class TestLinkImportPack(PackCase):
    """Spreadsheets that make additional packs, as Odoo's own import loads them."""

    HEADER = (".id", "cartona_product_id", "cartona_in_pack")

    def load(self, *rows, header=HEADER, model="product.product", user=None, **context):
        records = self.env[model].with_user(user or self.env.user).with_context(**context)
        rows = [[str(c.id) if hasattr(c, "id") else c for c in row] for row in rows]
        return records.load([*header], rows)

    def packs(self):
        """``{number on Cartona: (product, pieces)}``"""
        self.forget()
        return {
            pack.row_id.supplier_product_id: (pack.product_id, pack.pieces)
            for pack in self.env["cartona.pack"].search([("config_id", "=", self.config.id)])
        }

    def refusals(self, result):
        """``{row: (column, reason)}``"""
        self.assertEqual({message["type"] for message in result["messages"]} - {"warning"}, set())
        return {
            message["record"]: (message["field"], message["message"])
            for message in result["messages"]
        }

    def test_rows_with_a_number_make_packs(self):
        result = self.load((self.sugar, "2", "12"), (self.sugar, "[3] White sugar", "٤٨.5"))
        self.assertEqual(result["messages"], [])
        self.assertEqual(result["ids"], [self.sugar.id, self.sugar.id])
        self.assertEqual(self.packs(), {"2": (self.sugar, 12), "3": (self.sugar, 48.5)})
        self.assertEqual(self.row(1).product_id, self.sugar)
        self.run_jobs()
        self.assertEqual(self.cartona.products["2"]["selling_price"], 360)

    def test_without_a_number_or_with_one_it_is_the_link_itself(self):
        tea, oil = self.product("Tea", "TEA-9", 9.0), self.product("Oil", "OIL-9", 9.0)
        self.list_product(8, "Black leaves")
        self.list_product(9, "Olives")
        self.fetch()
        result = self.load((tea, "8", ""), (oil, "9", "1"), (self.sugar, "1", "1"))
        self.assertEqual(self.refusals(result), {})
        self.assertEqual((self.row(8).product_id, self.row(9).product_id), (tea, oil))
        self.assertEqual(self.packs(), {})

    def test_one_piece_is_a_pack_where_another_one_is_the_products_own(self):
        self.assertEqual(self.refusals(self.load((self.sugar, "2", "1"))), {})
        self.assertEqual(self.packs(), {"2": (self.sugar, 1)})
        self.assertEqual(self.row(1).product_id, self.sugar)

    def test_good_rows_pass_and_bad_ones_are_refused_with_their_reasons(self):
        tea = self.product("Tea", "TEA-9", 9.0)
        self.list_product(8, "Green leaves")
        self.list_product(9, "White sugar", base_product_id=self.BASE, unit="bag")
        self.fetch()
        result = self.load(
            (self.sugar, "2", "12"),
            (self.sugar, "2", "24"),
            (self.sugar, "99", "12"),
            (self.sugar, "3", "a dozen"),
            (self.sugar, "3", "1,5"),
            (self.sugar, "3", "0"),
            (self.sugar, "3", "-2"),
            (self.sugar, "", "12"),
            (self.sugar, "4", "12"),
            (tea, "3", "48"),
            ("999999999", "3", "48"),
            (self.sugar, "3", "48"),
            (self.sugar, "9", "0.0001"),
        )
        self.assertEqual(self.packs(), {"2": (self.sugar, 12), "3": (self.sugar, 48)})
        self.assertEqual(result["ids"], [self.sugar.id, self.sugar.id])
        refusals = self.refusals(result)
        words = {
            1: "twice",
            2: "no product 99",
            3: "a dozen is no number",
            4: "1,5 is no number",
            5: "0 is no number",
            6: "-2 is no number",
            7: "needs its Cartona product",
            8: "in Odoo already",
            9: "own product on Cartona first",
            10: "a product that is in Odoo",
            12: "more than 0",
        }
        self.assertEqual(set(refusals), set(words))
        for number, reason in words.items():
            self.assertIn(reason, refusals[number][1])
        self.assertEqual({refusals[n][0] for n in (3, 4, 5, 6, 7)}, {"cartona_in_pack"})
        self.assertEqual(self.row(8).product_id, tea.browse())

    def test_a_pack_is_changed_not_made_twice_nor_taken_from_its_product(self):
        box = self.link(2)
        result = self.load((self.sugar, "2", "10"), (self.rice, "2", "10"))
        self.assertEqual(self.packs(), {"2": (self.sugar, 10)})
        self.assertEqual(self.row(2).pack_ids, box)
        self.assertIn("is a pack of", self.refusals(result)[1][1])

    def test_packs_that_are_exported_can_be_imported_again(self):
        self.link(2), self.link(3)
        columns = ["pack_of_id/id", "supplier_product_id", "pack_pieces"]
        exported = (self.row(2) + self.row(3)).export_data(columns)["datas"]
        before = self.packs()
        self.env["cartona.pack"].search([]).unlink()
        header = ("id", "cartona_product_id", "cartona_in_pack")
        for _time in range(2):
            self.assertEqual(self.refusals(self.load(*exported, header=header)), {})
            self.assertEqual(self.packs(), before)

    def test_the_rest_of_a_packs_row_changes_nothing_in_the_product(self):
        header = (*self.HEADER, "name", "list_price", "cartona_id")
        result = self.load(
            (self.rice, "4", "", "Rice, new", "26", ""),
            (self.sugar, "2", "12", "", "", ""),
            (self.sugar, "3", "48", "", "", "BOX-48"),
            header=header,
        )
        self.assertEqual(self.packs(), {"2": (self.sugar, 12)})
        self.assertEqual((self.sugar.name, self.sugar.list_price), ("Sugar", 30))
        self.assertEqual((self.rice.name, self.rice.list_price), ("Rice, new", 26))
        refusals = self.refusals(result)
        self.assertEqual(set(refusals), {2})
        self.assertIn("no Cartona ID of its own", refusals[2][1])

    def test_a_new_product_and_its_packs_come_in_one_file_in_any_order(self):
        made = {}
        for model, number in (("product.product", 20), ("product.template", 30)):
            leaves = {"base_product_id": number}
            self.list_product(number, "Black leaves", **leaves)
            self.list_product(number + 1, "Black leaves", unit="box", unit_count=6, **leaves)
            self.fetch()
            name = f"import.tea{number}"
            result = self.load(
                (name, "", str(number + 1), "6"),
                (name, "Tea", str(number), ""),
                header=("id", "name", "cartona_product_id", "cartona_in_pack"),
                model=model,
            )
            self.assertEqual(self.refusals(result), {})
            self.assertEqual(result["ids"], [self.env.ref(name).id] * 2)
            made[str(number + 1)] = (self.row(number).product_id, 6)
            self.assertEqual(self.packs(), made)

    def test_rows_keep_their_numbers_where_odoo_refuses_or_imports_in_parts(self):
        header = (*self.HEADER, "list_price")
        rows = [
            (self.sugar, "2", "12", ""),
            (self.sugar, "77", "5", ""),
            (self.rice, "4", "", "26"),
            (self.sugar, "3", "x", ""),
            (self.sugar, "1", "", "31"),
            (self.sugar, "3", "48", ""),
        ]
        result = self.load(*rows, header=header, _import_limit=1)
        self.assertEqual((result["ids"], result["nextrow"]), ([self.rice.id, self.sugar.id], 4))
        self.assertEqual(set(self.refusals(result)), {1, 3})
        self.assertEqual(self.packs(), {"2": (self.sugar, 12)})
        self.load(*rows[4:], header=header, _import_limit=1)
        self.assertEqual(self.packs(), {"2": (self.sugar, 12), "3": (self.sugar, 48)})

    def test_where_odoo_refuses_the_file_no_pack_is_made(self):
        rows = [(self.sugar, "2", "12", ""), (self.rice, "4", "", "not a number")]
        result = self.load(*rows, header=(*self.HEADER, "list_price"))
        self.assertFalse(result["ids"])
        self.assertEqual([message["record"] for message in result["messages"]], [1])
        self.assertEqual(self.packs(), {})

    def other_account(self, **values):
        """Another account whose catalogue has the same numbers."""
        other = self.config.copy({"name": "Retail", "token": "retail"})
        for number in ("1", "2"):
            self.env["cartona.product"].create(
                {"config_id": other.id, "supplier_product_id": number, "name": "White sugar"}
            )
        return other

    def retail(self, other):
        """Its rows."""
        return self.env["cartona.product"].search([("config_id", "=", other.id)], order="id")

    def test_of_several_accounts_that_list_a_number_the_pack_is_of_the_one_that_sells_it(self):
        other = self.other_account()
        main, box = self.retail(other)
        self.assertEqual(self.refusals(self.load((self.sugar, "2", "12"))), {})
        self.assertEqual((self.packs(), box.pack_ids), ({"2": (self.sugar, 12)}, box.pack_ids[:0]))
        self.env["cartona.pack"].search([]).unlink()
        main._link(self.sugar)
        refusal = self.refusals(self.load((self.sugar, "2", "12"), (self.sugar, "3", "48")))
        self.assertEqual(set(refusal), {0})
        for words in (self.config.name, other.name, "Open the products from one of them"):
            self.assertIn(words, refusal[0][1])
        self.assertEqual((self.packs(), box.pack_ids), ({"3": (self.sugar, 48)}, box.pack_ids[:0]))
        account = {"cartona_config_id": box.config_id.id}
        self.assertEqual(self.refusals(self.load((self.sugar, "2", "12"), **account)), {})
        self.assertEqual(box.pack_ids.product_id, self.sugar)

    def test_only_managers_make_packs(self):
        seller = create_product_manager(self.env, "seller", "base.group_user")
        result = self.load((self.sugar, "2", "12"), (self.rice, "4", ""), user=seller)
        self.assertEqual(self.packs(), {})
        self.assertEqual(list(self.refusals(result)), [0])
        manager = create_product_manager(self.env, "linker", "cartona_integration.group_manager")
        result = self.load((self.sugar, "2", "12"), user=manager)
        self.assertEqual(self.refusals(result), {})
        self.assertEqual(self.packs(), {"2": (self.sugar, 12)})

    def test_the_column_is_offered_by_odoos_import(self):
        for model in ("product.product", "product.template"):
            tree = self.env["base_import.import"].get_fields_tree(model)
            (field,) = [field for field in tree if field["name"] == "cartona_in_pack"]
            self.assertEqual(field["string"], "In the pack")
