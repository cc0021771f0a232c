import re
from collections import namedtuple

from odoo import _, api, models

#: What no id looks like: blanks, control characters, numbers that a spreadsheet rounded.
MALFORMED = re.compile(r"[\s\x00-\x1f\x7f]|^\d+[.,]\d+[eE][+-]?\d+$|^.{201,}$")

Bad = namedtuple("Bad", "column message")


class CartonaLinkImport(models.AbstractModel):
    """Spreadsheets with links, by Odoo's own import.

    Odoo imports all rows of a file or none. A link that cannot be is taken out of the file before
    and reported with its row and reason; the other rows pass.
    """

    _name = "cartona.link.import"
    _description = "Import of Cartona Links"

    COLUMNS = ("cartona_id", "cartona_product_id")

    @api.model
    def _load(self, load, model, fields, data):
        """Load the good rows.

        :param load: Odoo's ``load`` of the model, ``product.product`` or ``product.template``
        :return: Odoo's result, with a warning for each refused row
        """
        columns = {name: fields.index(name) for name in self.COLUMNS if name in fields}
        if not columns:
            return load(fields, data)
        bad = self._refusals(model, fields, data, columns)
        good = [number for number in range(len(data)) if number not in bad]
        result = load(fields, [data[number] for number in good])
        for message in result["messages"]:
            rows = message.get("rows")
            if rows:
                message["rows"] = {end: good[rows[end]] for end in ("from", "to")}
                message["record"] = message["rows"]["from"]
        following = result.get("nextrow")
        if following:
            result["nextrow"] = good[following] if following < len(good) else 0
        last = result.get("nextrow") or len(data)
        result["messages"] += [
            {
                "type": "warning",
                "message": refusal.message,
                "record": number,
                "rows": {"from": number, "to": number},
                "field": refusal.column,
            }
            for number, refusal in bad.items()
            if number < last
        ]
        return result

    @api.model
    def _refusals(self, model, fields, data, columns):
        """``{row number: Bad}`` of the rows whose link cannot be."""
        known, number_of = self._known(), self.env["cartona.product"]._number_of
        bad, seen = {}, set()
        for number, values in enumerate(data):
            cells = {name: str(values[place] or "").strip() for name, place in columns.items()}
            cells = {name: cell for name, cell in cells.items() if cell}
            if not cells:
                continue
            product = self._product_of(model, fields, values)
            names = {(name, number_of(cell)) for name, cell in cells.items()}
            for name, cell in cells.items():
                check = self._bad_id if name == "cartona_id" else self._bad_number
                message = check(cell, product, known, cells)
                if not message and (name, number_of(cell)) in seen:
                    message = _("The file has %(cell)s twice.", cell=cell)
                if message:
                    bad[number] = Bad(name, message)
                    break
            else:
                seen |= names
        return bad

    @api.model
    def _known(self):
        """What the catalogues of the user's companies list: our ids, and rows by their number."""
        rows = (
            self.env["cartona.product"]
            .sudo()
            .search(  # closed to users
                [("config_id.company_id", "in", self.env.companies.ids), ("is_gone", "=", False)]
            )
        )
        return {
            "ids": {*rows.mapped("internal_product_id")},
            "rows": {row.supplier_product_id: row for row in rows},
        }

    @api.model
    def _product_of(self, model, fields, values):
        """The product that a row of the file changes; none where it makes a new one."""
        record = model.browse()
        number = str(values[fields.index(".id")] or "") if ".id" in fields else ""
        if number.isdecimal():
            record = model.browse(int(number)).exists()
        elif "id" in fields and values[fields.index("id")]:
            name = values[fields.index("id")]
            name = name if "." in name else f"__import__.{name}"
            found = self.env.ref(name, raise_if_not_found=False)
            record = found if found and found._name == model._name else record
        if model._name == "product.template":
            return record.with_context(active_test=False).product_variant_ids
        return record

    @api.model
    def _bad_id(self, cell, product, known, cells):
        """Why a product cannot have this Cartona ID, or nothing."""
        if MALFORMED.search(cell):
            return _("%(cell)s is no Cartona ID.", cell=cell)
        # of any company, as the ids' own check looks at them
        others = self.env["product.product"].sudo().with_context(active_test=False)
        company = product.company_id
        for other in others.search([("cartona_id", "=", cell)]) - product.sudo():
            if not other.company_id or not company or other.company_id == company:
                return _(
                    "The Cartona ID %(cell)s belongs to %(product)s already.",
                    cell=cell,
                    product=other.display_name,
                )
        unchanged = cell in product.mapped("cartona_id")
        if known["rows"] and not (
            cell in known["ids"] or unchanged or cells.get("cartona_product_id")
        ):
            return _("Cartona's catalogue has no product with the ID %(cell)s.", cell=cell)
        return ""

    @api.model
    def _bad_number(self, cell, product, known, cells):
        """Why a product cannot be this one of Cartona, or nothing."""
        row = known["rows"].get(self.env["cartona.product"]._number_of(cell))
        if not row:
            return _("Cartona's catalogue has no product %(cell)s.", cell=cell)
        if row.product_id and row.product_id == product:
            return ""
        if not product:
            owner = row.product_id
            return owner and _(
                "%(cartona)s is %(owner)s in Odoo already.",
                cartona=row.display_name,
                owner=owner.display_name,
            )
        if len(product) > 1:
            return _("The product has variants: import them, each with its own.")
        return row._link_refusal(product.sudo())
