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
        number_of = self.env["cartona.product"]._number_of
        cells_of = {}
        for number, values in enumerate(data):
            cells = {name: str(values[place] or "").strip() for name, place in columns.items()}
            cells = {name: cell for name, cell in cells.items() if cell}
            if cells:
                cells_of[number] = cells
        products = self._products_of(model, fields, data, cells_of)
        known = self._known(cells_of, products)
        bad, seen = {}, set()
        for number, cells in cells_of.items():
            names = {(name, number_of(cell)) for name, cell in cells.items()}
            for name, cell in cells.items():
                check = self._bad_id if name == "cartona_id" else self._bad_number
                message = check(cell, products[number], known, cells)
                if not message and (name, number_of(cell)) in seen:
                    message = _("The file has %(cell)s twice.", cell=cell)
                if message:
                    bad[number] = Bad(name, message)
                    break
            else:
                seen |= names
        return bad

    @api.model
    def _known(self, cells_of, products):
        """What is looked up for all rows at once.

        ``ids`` and ``rows``: what the catalogues of the user's companies list, our ids, and rows
        by their number · ``owners``: ``{Cartona ID: products}`` of any company · ``refusals``:
        ``{(row, product): why it cannot be linked}``

        :param cells_of: ``{row number: {column: cell}}``
        :param products: ``{row number: product}``
        """
        rows = (
            self.env["cartona.product"]
            .sudo()
            .search(  # closed to users
                [("config_id.company_id", "in", self.env.companies.ids), ("is_gone", "=", False)]
            )
        )
        by_number = {row.supplier_product_id: row for row in rows}
        identifiers = [cells["cartona_id"] for cells in cells_of.values() if "cartona_id" in cells]
        # of any company, as the ids' own check looks at them
        others = self.env["product.product"].sudo().with_context(active_test=False)
        owners = {}
        for owner in others.search([("cartona_id", "in", identifiers)]):
            owners.setdefault(owner.cartona_id, []).append(owner)
        pairs = {}
        for number, cells in cells_of.items():
            row = by_number.get(rows._number_of(cells.get("cartona_product_id")))
            if row and len(products[number]) == 1:
                pairs.setdefault(row.config_id, {}).setdefault(row, products[number].sudo())
        return {
            "ids": {*rows.mapped("internal_product_id")},
            "rows": by_number,
            "owners": owners,
            "refusals": {
                (row, pairs[config][row]): reason
                for config in pairs
                for row, reason in rows._link_refusals(config, pairs[config]).items()
            },
        }

    @api.model
    def _products_of(self, model, fields, data, numbers):
        """``{row number: product that it changes}``; none where it makes a new one.

        :param numbers: of the rows that are asked for
        """
        names, ids = {}, {}
        for number in numbers:
            values = data[number]
            text = str(values[fields.index(".id")] or "") if ".id" in fields else ""
            if text.isdecimal():
                ids[number] = int(text)
            elif "id" in fields and values[fields.index("id")]:
                name = values[fields.index("id")]
                names[number] = name if "." in name else f"__import__.{name}"
        known = self._known_names(model, names.values())
        ids.update((number, known[name]) for number, name in names.items() if name in known)
        there = {record.id: record for record in model.browse({*ids.values()}).exists()}
        found = {}
        for number in numbers:
            record = there.get(ids.get(number), model.browse())
            if model._name == "product.template":
                record = record.with_context(active_test=False).product_variant_ids
            found[number] = record
        return found

    @api.model
    def _known_names(self, model, names):
        """``{external id: record id}`` of those that are the model's."""
        data = self.env["ir.model.data"].sudo()  # as Odoo's own import looks them up
        found = data.search(
            [
                ("model", "=", model._name),
                ("name", "in", [name.partition(".")[2] for name in names]),
            ]
        )
        return {f"{record.module}.{record.name}": record.res_id for record in found}

    @api.model
    def _bad_id(self, cell, product, known, cells):
        """Why a product cannot have this Cartona ID, or nothing."""
        if MALFORMED.search(cell):
            return _("%(cell)s is no Cartona ID.", cell=cell)
        company = product.company_id
        for other in known["owners"].get(cell, ()):
            if other in product.sudo():
                continue
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
        # a row that stands twice in the file is refused for that
        return known["refusals"].get((row, product.sudo()), "")
