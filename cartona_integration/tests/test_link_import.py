from odoo.tests import tagged

from .catalogue_case import CatalogueCase


@tagged("post_install", "-at_install")
class TestLinkImport(CatalogueCase):
    """Spreadsheets with links, as Odoo's own import loads them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tea = cls.product("Tea", "TEA-1", 9.0)
        cls.oil = cls.product("Oil", "OIL-1", 9.0)

    def list_and_fetch(self):
        self.list_product(1, "x", "ID-1")
        self.list_product(2, "y", "ID-2")
        self.list_product(3, "z")
        self.fetch()

    def load(self, header, *rows, model="product.product", **context):
        return self.env[model].with_context(**context).load(header, [list(row) for row in rows])

    def external_id(self, record):
        """The id under which an export names the record."""
        return record.export_data(["id"])["datas"][0][0]

    def refusals(self, result):
        """``{row: (column, reason)}``"""
        return {
            message["record"]: (message["field"], message["message"])
            for message in result["messages"]
        }

    def test_good_rows_pass_and_bad_ones_are_refused_with_their_reasons(self):
        self.list_and_fetch()
        self.oil.cartona_id = "ID-2"
        salt = self.product("Salt", "SALT", 1.0)
        result = self.load(
            [".id", "cartona_id"],
            (str(self.tea.id), "ID-1"),
            (str(self.sugar.id), "ID-1"),
            (str(self.rice.id), "ID-9"),
            (str(salt.id), "ID-2"),
            (str(salt.id), "two words"),
            (str(self.oil.id), "ID-2"),
        )
        self.assertEqual(result["ids"], [self.oil.id])
        self.assertFalse((self.tea + self.sugar + self.rice + salt).filtered("cartona_id"))
        self.assertFalse(self.row(1).product_id)
        refusals = self.refusals(result)
        self.assertEqual(set(refusals), {0, 1, 2, 3, 4})
        self.assertIn("twice", refusals[0][1])
        self.assertIn("twice", refusals[1][1])
        self.assertIn("no product with the ID ID-9", refusals[2][1])
        self.assertIn("Oil", refusals[3][1])
        self.assertIn("no Cartona ID", refusals[4][1])
        self.assertEqual({column for column, _reason in refusals.values()}, {"cartona_id"})
        self.assertEqual({message["type"] for message in result["messages"]}, {"warning"})

    def test_malformed_ids_are_refused(self):
        for text in ("9.04E+11", "a b", "a\tb", "x" * 201):
            with self.subTest(text=text):
                result = self.load([".id", "cartona_id"], (str(self.tea.id), text))
                self.assertEqual(list(self.refusals(result)), [0])
        self.assertFalse(self.tea.cartona_id)
        result = self.load([".id", "cartona_id"], (str(self.tea.id), "904#2"))
        self.assertEqual((result["messages"], self.tea.cartona_id), ([], "904#2"))

    def test_without_a_catalogue_no_id_is_unknown(self):
        self.load([".id", "cartona_id"], (str(self.tea.id), "NEW"))
        self.assertEqual(self.tea.cartona_id, "NEW")

    def test_templates_are_linked_by_their_external_id(self):
        self.list_and_fetch()
        template = self.tea.product_tmpl_id
        header = ["id", "cartona_id"]
        rows = [(self.external_id(template), "ID-1"), ("import.new", "ID-9"), ("import.x", "")]
        header, rows = [*header, "name"], [(*row, "Tea") for row in rows]
        result = self.load(header, *rows, model="product.template")
        self.assertEqual(self.tea.cartona_id, "ID-1")
        self.assertEqual(list(self.refusals(result)), [1])
        self.assertEqual(len(result["ids"]), 2)

    def test_an_export_can_be_imported_again(self):
        self.list_and_fetch()
        self.tea.cartona_id = "ID-1"
        self.oil.cartona_product_id = self.row(3)
        self.run_jobs()
        products = self.tea + self.oil + self.rice
        header = ["id", "name", "cartona_id", "cartona_product_id"]
        rows = products.export_data(header)["datas"]
        self.assertEqual(rows[0][2:], ["ID-1", "[1] x (piece)"])
        self.assertEqual(rows[1][3], "[3] z (piece)")
        result = self.load(header, *rows)
        self.assertEqual(result["messages"], [])
        self.assertEqual(result["ids"], products.ids)
        self.assertEqual((self.row(1).product_id, self.row(3).product_id), (self.tea, self.oil))

    def test_cartonas_number_links_what_cartona_knows_by_no_id(self):
        self.list_and_fetch()
        self.oil.cartona_id = "ID-2"
        header = [".id", "cartona_product_id"]
        rows = [(self.tea, "[3] z"), (self.rice, "99"), (self.rice, "2")]
        result = self.load(header, *((str(record.id), cell) for record, cell in rows))
        self.run_jobs()
        self.assertEqual(self.row(3).product_id, self.tea)
        self.assertEqual(self.links(), {"3": "TEA-1"})
        refusals = self.refusals(result)
        self.assertEqual(set(refusals), {1, 2})
        self.assertIn("no product 99", refusals[1][1])
        self.assertIn("Oil", refusals[2][1])

    def test_two_products_cannot_be_one_of_cartona(self):
        self.list_and_fetch()
        rows = [(str(self.tea.id), "3"), (str(self.sugar.id), "[3] z"), (str(self.oil.id), "1")]
        refusals = self.refusals(self.load([".id", "cartona_product_id"], *rows))
        self.assertEqual(set(refusals), {0, 1})
        self.assertIn("twice", refusals[0][1])
        self.assertEqual(self.row(1).product_id, self.oil)
        self.assertFalse(self.row(3).product_id)

    def test_what_the_file_links_twice_is_not_linked_at_all(self):
        self.list_and_fetch()
        rows = [(str(self.tea.id), "1"), (str(self.tea.id), "3"), (str(self.oil.id), "2")]
        result = self.load([".id", "cartona_product_id"], *rows)
        linked = [self.row(number).product_id for number in (1, 2, 3)]
        self.assertEqual(linked, [self.tea.browse(), self.oil, self.tea.browse()])
        refusals = self.refusals(result)
        self.assertEqual(set(refusals), {0, 1})
        self.assertIn("links Tea twice", refusals[0][1].replace("[TEA-1] ", ""))

    def test_a_new_product_that_the_file_links_twice_is_not_linked(self):
        self.list_and_fetch()
        rows = [("new", "New", "1"), ("__import__.new", "New", "3"), ("newer", "Newer", "2")]
        result = self.load(["id", "name", "cartona_product_id"], *rows)
        linked = [self.row(number).product_id.name for number in (1, 2, 3)]
        self.assertEqual(linked, [False, "Newer", False])
        refusals = self.refusals(result)
        self.assertEqual(set(refusals), {0, 1})
        self.assertIn("links __import__.new twice", refusals[1][1])

    def test_a_row_that_the_file_repeats_passes(self):
        self.list_and_fetch()
        rows = [(str(self.tea.id), "ID-1"), (str(self.tea.id), "ID-1")]
        self.assertEqual(self.load([".id", "cartona_id"], *rows)["messages"], [])
        self.assertEqual(self.row(1).product_id, self.tea)

    def test_a_row_that_contradicts_itself_is_refused_alone(self):
        """Its own ID, or the reference that becomes it, is the ID of another Cartona product."""
        self.list_and_fetch()
        salt, nut = self.product("Salt", "SALT", 1.0), self.product("Nut", "NUT", 1.0)
        header = [".id", "name", "default_code", "cartona_id", "cartona_product_id"]
        rows = [
            (str(self.tea.id), "Tea", "TEA-1", "ID-2", "3"),
            (str(salt.id), "Salt", "ID-2", "", "3"),
            ("", "New", "ID-2", "", "3"),
            (str(nut.id), "Nut", "NUT", "", "1"),
        ]
        for row in rows[:3]:
            with self.subTest(row=row):
                result = self.load(header, row, rows[3])
                self.assertEqual(result["ids"], [nut.id])
                refusals = self.refusals(result)
                self.assertEqual(set(refusals), {0})
                self.assertIn("Cartona knows ID-2 as", refusals[0][1])
        self.assertEqual(self.row(1).product_id, nut)

    def test_a_reference_that_is_the_id_of_another_product_hinders_no_link(self):
        self.list_and_fetch()
        self.oil.cartona_id = "ID-2"
        result = self.load(
            [".id", "default_code", "cartona_product_id"], (str(self.tea.id), "ID-2", "3")
        )
        self.assertEqual((result["messages"], self.row(3).product_id), ([], self.tea))

    def test_a_new_product_cannot_take_a_link_that_another_one_has(self):
        self.list_and_fetch()
        self.oil.cartona_id = "ID-2"
        rows = [("New", "ID-2", ""), ("Newer", "", "2"), ("Newest", "", "3")]
        result = self.load(["name", "cartona_id", "cartona_product_id"], *rows)
        self.assertEqual(set(self.refusals(result)), {0, 1})
        self.assertEqual(self.row(3).product_id.id, result["ids"][0])

    def test_a_new_template_is_linked_to_its_cartona_product(self):
        self.list_and_fetch()
        rows = [("New", "3"), ("Newer", "")]
        result = self.load(["name", "cartona_product_id"], *rows, model="product.template")
        self.assertEqual(result["messages"], [])
        self.assertEqual(self.row(3).product_id.product_tmpl_id.id, result["ids"][0])

    def test_rows_keep_their_numbers_where_odoo_itself_refuses_or_imports_in_parts(self):
        self.list_and_fetch()
        header = [".id", "cartona_id", "list_price"]
        rows = [
            (str(self.tea.id), "ID-9", "1"),
            (str(self.oil.id), "ID-1", "not a number"),
        ]
        result = self.load(header, *rows)
        self.assertFalse(result["ids"])
        self.assertEqual({message["record"] for message in result["messages"]}, {0, 1})
        rows = [
            (str(self.tea.id), "ID-9", "1"),
            (str(self.oil.id), "ID-1", "2"),
            (str(self.rice.id), "ID-8", "3"),
            (str(self.sugar.id), "ID-2", "4"),
        ]
        result = self.load(header, *rows, _import_limit=1)
        self.assertEqual((result["ids"], result["nextrow"]), ([self.oil.id], 3))
        self.assertEqual(set(self.refusals(result)), {0, 2})

    def test_a_number_that_several_accounts_list_is_taken_of_the_one_that_opened_the_list(self):
        self.list_and_fetch()
        other = self.config.copy({"name": "Retail", "token": "retail"})
        theirs = self.env["cartona.product"].create(
            {"config_id": other.id, "supplier_product_id": "3", "name": "a"}
        )
        header, rows = [".id", "cartona_product_id"], [(str(self.tea.id), "3")]
        refusals = self.refusals(self.load(header, *rows))
        self.assertEqual(list(refusals), [0])
        self.assertIn(other.name, refusals[0][1])
        self.assertFalse(theirs.product_id + self.row(3).product_id)
        for row in (self.row(3), theirs):
            result = self.load(header, *rows, cartona_config_id=row.config_id.id)
            self.assertEqual((result["messages"], row.product_id), ([], self.tea))
        other.active = False
        rows = [(str(self.oil.id), "3")]
        self.assertIn("Tea", self.refusals(self.load(header, *rows))[0][1])

    def test_a_link_that_is_right_already_passes_whichever_other_account_lists_its_number(self):
        """An ordinary list of products, exported and imported again with other prices."""
        self.list_and_fetch()
        other = self.config.copy({"name": "Retail", "token": "retail"})
        theirs = self.env["cartona.product"].create(
            {"config_id": other.id, "supplier_product_id": "3", "name": "a"}
        )
        products = self.tea + self.oil
        header = ["id", "cartona_product_id", "list_price"]
        for row in (self.row(3), theirs):
            with self.subTest(account=row.config_id.name):
                (self.row(3) + theirs).filtered("product_id")._unlink_product()
                self.tea.with_context(cartona_config_id=row.config_id.id).cartona_product_id = row
                rows = products.export_data(header)["datas"]
                self.assertIn("[3]", rows[0][1])
                price = 20 + row.id
                result = self.load(header, *([*cells[:2], str(price)] for cells in rows))
                self.assertEqual((result["messages"], result["ids"]), ([], products.ids))
                self.assertEqual(products.mapped("list_price"), [price] * 2)
                linked = (self.row(3) + theirs).filtered("product_id")
                self.assertEqual((linked, linked.product_id), (row, self.tea))
                rows = [(str(self.oil.id), "3", "1")]
                refusals = self.refusals(self.load([".id", *header[1:]], *rows))
                self.assertIn("Several accounts", refusals[0][1])

    def test_an_import_without_links_is_odoos_own(self):
        result = self.load([".id", "list_price"], (str(self.tea.id), "12"))
        self.assertEqual((result["ids"], self.tea.list_price), (self.tea.ids, 12))

    def test_a_file_of_many_rows_is_checked_in_as_few_searches_as_one_of_few(self):
        count = 40
        products = self.env["product.product"].create([{"name": f"P{n}"} for n in range(count)])
        for number in range(count):
            self.list_product(100 + number, f"q{number}", f"Q-{number}" if number % 2 else None)
        self.fetch()
        names = [self.external_id(product) for product in products]
        fields = ["id", "cartona_id", "cartona_product_id"]
        data = [
            [name, f"Q-{number}", ""] if number % 2 else [name, "", f"[{100 + number}]"]
            for number, name in enumerate(names)
        ]

        def queries(rows):
            self.env.flush_all()
            self.forget()
            before = self.env.cr.sql_log_count
            links = self.env["cartona.link.import"]
            cells = links._cells(fields, rows, links.COLUMNS)
            bad, _rows = links._refusals(products, fields, rows, cells)
            self.assertEqual(bad, {})
            return self.env.cr.sql_log_count - before

        queries(data[:2])
        self.assertLessEqual(queries(data), queries(data[:4]))
