from odoo.tests import tagged

from .catalogue_case import CatalogueCase


@tagged("post_install", "-at_install")
class TestLinkingParts(CatalogueCase):
    """Products are compared in parts; who is who does not depend on them."""

    def setUp(self):
        super().setUp()
        self.white, self.queen, self.king, self.sauce = (
            self.product(name, False, 36.0)
            for name in (
                "White Sugar 1 kg – سكر أبيض 1 كجم",
                "مكرونة قلم الملكة 400 جم",
                "مكرونة قلم الملكي 400 جم",
                "صلصة طماطم 300 جم",
            )
        )
        self.settle()
        for number, name in enumerate(
            [
                "سكر أبيض 1 كجم",
                "مكرونة قلم الملكةة 400 جم",
                "White Sugar 1 kg – سكر أبيض 1 كجم",
                "مكرونة قلم الملكة 400جم",
                "صلصة طماطم 300 جم",
            ],
            1,
        ):
            self.list_product(number, name)

    def fetch_in_parts_of(self, size):
        for name in ("COMPARED_AT_ONCE", "LINKED_AT_ONCE"):
            self.patch(type(self.env["cartona.catalogue"]), name, size)
        self.fetch()

    def assert_outcome(self):
        rows = [self.row(number) for number in range(1, 6)]
        nobody = self.sauce.browse()
        # two that look like the sugar; the second best for what looks most like another one's
        linked = [nobody, nobody, nobody, self.queen, self.sauce]
        self.assertEqual([row.product_id for row in rows], linked)
        suggested = [self.white, self.king, nobody, nobody, nobody]
        self.assertEqual([row.suggested_id for row in rows], suggested)
        self.assertEqual([row.confidence for row in rows], [99, 90, 0, 100, 100])
        self.assertFalse(any(row.candidates for row in rows))

    def test_all_in_one_part(self):
        self.fetch_in_parts_of(100)
        self.assert_outcome()

    def test_each_in_a_part_of_its_own(self):
        self.fetch_in_parts_of(1)
        self.assert_outcome()

    def test_two_and_two(self):
        self.fetch_in_parts_of(2)
        self.assert_outcome()

    def test_a_part_ends_when_its_time_is_over(self):
        """Odoo ends jobs that take minutes, and how long it takes depends on the names."""
        catalogue = type(self.env["cartona.catalogue"])
        compare, compared = catalogue._compare, []

        def counted(*args):
            rows = compare(*args)
            compared.append(len(rows))
            return rows

        self.patch(catalogue, "_compare", counted)
        self.patch(catalogue, "SECONDS", -1)
        self.fetch()
        self.assertEqual(compared, [1, 1, 1, 1, 1])
        self.assert_outcome()

    def test_once_more_changes_nothing(self):
        self.fetch_in_parts_of(2)
        self.fetch()
        self.assert_outcome()

    def test_what_a_person_did_while_parts_were_compared_stays(self):
        decide = type(self.env["cartona.catalogue"])._decide

        def after_a_person(catalogue, config):
            self.row(3)._link(self.sauce)
            self.row(4)._reject(self.queen)
            return decide(catalogue, config)

        self.patch(type(self.env["cartona.catalogue"]), "_decide", after_a_person)
        self.fetch_in_parts_of(1)
        self.assertEqual(self.row(3).product_id, self.sauce)
        self.assertFalse(self.row(5).product_id + self.row(5).suggested_id)
        self.assertNotIn(self.queen, self.row(4).product_id + self.row(4).suggested_id)

    def test_what_cannot_be_linked_is_suggested_and_the_rest_is_linked(self):
        company = self.env["res.company"].create({"name": "Other company"})
        self.product("Theirs", False, 1.0, company_id=company.id).cartona_id = "904"
        self.settle()
        self.cartona.catalogue["5"]["internal_product_id"] = "904"
        self.fetch_in_parts_of(100)
        self.assertEqual(self.row(4).product_id, self.queen)
        self.assertEqual((self.row(5).suggested_id, self.row(5).confidence), (self.sauce, 99))
