import re
from functools import partial

from odoo import _, api, models
from odoo.exceptions import UserError

from .cartona_link_import import Bad


class CartonaLinkImport(models.AbstractModel):
    """Rows of a spreadsheet that make additional packs.

    Odoo's import does not get them: of such a row counts only which product is which pack, and a
    cell that is left empty would be emptied in the product. They come behind the other rows, so
    that the product's own link is there, wherever it stands in the file.
    """

    _inherit = "cartona.link.import"

    #: The column with the pieces, and what a number in it looks like.
    PIECES, NUMBER = "cartona_in_pack", re.compile(r"\d{1,9}(\.\d+)?")

    @api.model
    def _load(self, load, model, fields, data):
        load = partial(super()._load, load, model)
        if self.PIECES not in fields:
            return load(fields, data)
        packs, place = self._pack_rows(model, fields, data), fields.index(self.PIECES)
        result = self._load_rows(
            load,
            [*fields[:place], *fields[place + 1 :]],
            [[*values[:place], *values[place + 1 :]] for values in data],
            [number for number in range(len(data)) if number not in packs],
        )
        if result["ids"] is not False:
            last = result.get("nextrow") or len(data)
            packs = {number: cells for number, cells in packs.items() if number < last}
            products, bad = self._load_packs(model, fields, data, packs)
            records = products if model._name == products._name else products.product_tmpl_id
            result["ids"] += records.ids
            self._report(result, bad, last)
        return result

    @api.model
    def _pack_rows(self, model, fields, data):
        """``{row number: {column: cell}}`` of the rows that are about a pack.

        A pack of one piece is one where another Cartona product is the product's own already;
        else one piece says the same as nothing.
        """
        cells_of = self._cells(fields, data, [*self.COLUMNS, self.PIECES])
        cells_of = {number: cells for number, cells in cells_of.items() if self.PIECES in cells}
        products, listed = self._products_of(model, fields, data, cells_of), self._listed()
        mains = self._mains(listed)

        def is_pack(number, cells):
            row = self._row_of(cells, products[number], listed, mains)
            main = mains.get((row.config_id, products[number]), row)
            return self._pieces(cells[self.PIECES]) != 1 or main != row

        return {number: cells for number, cells in cells_of.items() if is_pack(number, cells)}

    @api.model
    def _mains(self, listed):
        """``{(account, product): row}`` of the products' own links.

        :param listed: ``{number: rows}``
        """
        linked = (row for rows in listed.values() for row in rows if row.product_id)
        return {(row.config_id, row.product_id): row for row in linked}

    @api.model
    def _row_of(self, cells, product, listed, mains):
        """The product of Cartona that stands in the row, or none.

        Of several accounts that list the number, the one that sells the product; more than one
        where nobody can tell.
        """
        number = self.env["cartona.product"]._number_of(cells.get("cartona_product_id"))
        rows = listed.get(number, self.env["cartona.product"])
        return rows.filtered(lambda row: (row.config_id, product) in mains) or rows

    @api.model
    def _pieces(self, cell):
        """The number in the cell; 0 where it is none."""
        return float(cell) if self.NUMBER.fullmatch(cell) else 0.0

    @api.model
    def _load_packs(self, model, fields, data, cells_of):
        """Make the packs, or change how many pieces are in them.

        :param cells_of: ``{row number: {column: cell}}``
        :return: the products, and ``{row number: Bad}`` of the rows that cannot be
        """
        products, listed = self._products_of(model, fields, data, cells_of), self._listed()
        mains, bad, vals_of, seen = self._mains(listed), {}, {}, set()
        for number, cells in cells_of.items():
            product = products[number]
            row = self._row_of(cells, product, listed, mains)
            refusal = self._bad_pack(cells, row, product, mains)
            if not refusal and row in seen:
                cell = cells["cartona_product_id"]
                refusal = Bad("cartona_product_id", _("The file has %(cell)s twice.", cell=cell))
            if refusal:
                bad[number] = refusal
                continue
            seen.add(row)
            pieces = self._pieces(cells[self.PIECES])
            vals_of[number] = {"row_id": row.id, "product_id": product.id, "pieces": pieces}
        for number, words in self._try_packs(vals_of).items():
            bad[number] = Bad("cartona_product_id", words)
        made = [products[number] for number in vals_of if number not in bad]
        return self.env["product.product"].concat(*made), bad

    @api.model
    def _bad_pack(self, cells, row, product, mains):
        """Why a row can be no pack, or None; what is left says the pack itself."""
        cell = cells.get("cartona_product_id")
        if not self._pieces(cells[self.PIECES]):
            message = _("%(cell)s is no number of pieces.", cell=cells[self.PIECES])
            return Bad(self.PIECES, message)
        if not cell:
            return Bad(self.PIECES, _("A pack needs its Cartona product."))
        message = ""
        if not row:
            message = _("Cartona's catalogue has no product %(cell)s.", cell=cell)
        elif len(row) > 1:
            message = self._which_account(cell, row)
        elif not product:
            message = _("A pack needs a product that is in Odoo.")
        elif len(product) > 1:
            message = _("The product has variants: import them, each with its own.")
        elif row.pack_ids.product_id not in (product.browse(), product):
            message = _(
                "%(cartona)s is a pack of %(owner)s. Remove the pack first.",
                cartona=row.display_name,
                owner=row.pack_ids.product_id.display_name,
            )
        elif row.product_id:
            message = _(
                "%(cartona)s is %(owner)s in Odoo already.",
                cartona=row.display_name,
                owner=row.product_id.display_name,
            )
        elif (row.config_id, product) not in mains:
            message = _(
                "Link %(product)s to its own product on Cartona first.",
                product=product.display_name,
            )
        elif cells.get("cartona_id", product.cartona_id) != product.cartona_id:
            return Bad("cartona_id", _("A pack has no Cartona ID of its own."))
        return Bad("cartona_product_id", message) if message else None

    @api.model
    def _try_packs(self, vals_of):
        """Make or change what can be, and say in words why the rest cannot.

        :param vals_of: ``{row number: values of the pack}``
        :return: ``{row number: reason}``
        """
        try:
            with self.env.cr.savepoint():
                self._put_packs(vals_of.values())
                return {}
        except UserError as error:  # it names one of them
            if len(vals_of) == 1:
                return dict.fromkeys(vals_of, str(error))
        refusals = {}
        for number, vals in vals_of.items():
            refusals.update(self._try_packs({number: vals}))
        return refusals

    @api.model
    def _put_packs(self, vals_list):
        # as whoever imports: packs are made by managers
        packs = self.env["cartona.pack"]
        found = packs.search([("row_id", "in", [vals["row_id"] for vals in vals_list])])
        known = {pack.row_id.id: pack for pack in found}
        packs.create([vals for vals in vals_list if vals["row_id"] not in known])
        for vals in vals_list:
            pack = known.get(vals["row_id"], packs)
            if pack and pack.pieces != vals["pieces"]:
                pack.pieces = vals["pieces"]
