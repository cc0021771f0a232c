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
        cells_of = self._cells(fields, data, self.COLUMNS)
        if not cells_of:
            return load(fields, data)
        bad, rows = self._refusals(model, fields, data, cells_of)
        fields, data = self._with_rows(fields, data, rows)
        good = [number for number in range(len(data)) if number not in bad]
        result = self._load_rows(load, fields, data, good)
        self._report(result, bad, result.get("nextrow") or len(data))
        return result

    @api.model
    def _with_rows(self, fields, data, rows):
        """The file with Cartona's products themselves: by a number, Odoo's search may find that
        of another account.

        :param rows: ``{row number: product of Cartona}``
        """
        column = self.COLUMNS[1]
        if column not in fields:
            return fields, data
        place = fields.index(column)
        return [*fields[:place], f"{column}/.id", *fields[place + 1 :]], [
            [*values[:place], str(rows[number].id) if number in rows else "", *values[place + 1 :]]
            for number, values in enumerate(data)
        ]

    @api.model
    def _load_rows(self, load, fields, data, numbers):
        """Load these rows of the file.

        :return: Odoo's result, with the rows' numbers in the file
        """
        result = load(fields, [data[number] for number in numbers])
        for message in result["messages"]:
            rows = message.get("rows")
            if rows:
                message["rows"] = {end: numbers[rows[end]] for end in ("from", "to")}
                message["record"] = message["rows"]["from"]
        following = result.get("nextrow")
        if following:
            result["nextrow"] = numbers[following] if following < len(numbers) else 0
        return result

    @api.model
    def _report(self, result, bad, last):
        """Add a warning for each refused row.

        :param bad: ``{row number: Bad}``
        :param last: the first row that is not imported in this step
        """
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

    @api.model
    def _cells(self, fields, data, names):
        """``{row number: {column: cell}}`` of these columns, where something stands in them."""
        columns = {name: fields.index(name) for name in names if name in fields}
        found = {}
        for number, values in enumerate(data):
            cells = {name: str(values[place] or "").strip() for name, place in columns.items()}
            cells = {name: cell for name, cell in cells.items() if cell}
            if cells:
                found[number] = cells
        return found

    @api.model
    def _refusals(self, model, fields, data, cells_of):
        """``{row number: Bad}`` of the rows whose link cannot be, and what the others name:
        ``{row number: product of Cartona}``.

        :param cells_of: ``{row number: {column: cell}}``
        """
        number_of = self.env["cartona.product"]._number_of
        products = self._products_of(model, fields, data, cells_of)
        known = self._known(cells_of, products)
        bad, owners, rows, claims = {}, {}, {}, {}
        for number, cells in cells_of.items():
            product = products[number]
            refusal = self._bad_link(fields, data[number], product, known, cells)
            if refusal:
                bad[number] = refusal
                continue
            # several rows of a file may make one new product: they name it alike
            owner = product or self._external_id(fields, data[number]) or number
            row = self._named_row(cells, product, known)
            claims[number] = (owner, row, {(name, number_of(cells[name])) for name in cells})
            for claim in claims[number][2]:
                owners.setdefault(claim, set()).add(owner)
            if row:
                rows.setdefault((row.config_id, owner), set()).add(row)
        for number, (owner, row, names) in claims.items():
            doubled = {name for name, cell in names if len(owners[name, cell]) > 1}
            for name in doubled:
                message = _("The file has %(cell)s twice.", cell=cells_of[number][name])
                bad[number] = Bad(name, message)
            if not doubled and row and len(rows[row.config_id, owner]) > 1:
                message = _(
                    "The file links %(product)s twice. For an additional pack, say what is in "
                    "the pack.",
                    product=products[number].display_name or owner,
                )
                bad[number] = Bad("cartona_product_id", message)
        return bad, {number: claim[1] for number, claim in claims.items() if claim[1]}

    @api.model
    def _named_row(self, cells, product, known):
        """The product of Cartona that a row of the file names, or None.

        Of several accounts that list the number, the one where it is the product already.
        """
        number = self.env["cartona.product"]._number_of(cells.get("cartona_product_id"))
        several = known["several"].get(number, ())
        own = (row for row in several if row.product_id and row.product_id == product)
        return known["rows"].get(number) or next(own, None)

    @api.model
    def _bad_link(self, fields, values, product, known, cells):
        """Why a row's link cannot be, whatever else stands in the file; or None."""
        for name, cell in cells.items():
            check = self._bad_id if name == "cartona_id" else self._bad_number
            message = check(cell, product, known, cells)
            if message:
                return Bad(name, message)
        place = fields.index("default_code") if "default_code" in fields else None
        code = str(values[place] or "").strip() if place is not None else product[:1].default_code
        message = self._contradiction(product[:1], code, known, cells)
        return Bad("cartona_product_id", message) if message else None

    @api.model
    def _known(self, cells_of, products):
        """What is looked up for all rows at once.

        ``ids`` and ``rows``: what the catalogues of the user's companies list, our ids, and rows
        by their number · ``several``: the numbers that several accounts list ·
        ``named``: ``{(account, our id): row}`` · ``owners``: ``{Cartona ID: products}`` of any
        company · ``refusals``: ``{(row, product): why it cannot be linked}``

        :param cells_of: ``{row number: {column: cell}}``
        :param products: ``{row number: product}``
        """
        listed = self._listed()
        rows = self.env["cartona.product"].sudo().concat(*listed.values())
        by_number = {number: found for number, found in listed.items() if len(found) == 1}
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
            "several": {number: listed[number] for number in listed.keys() - by_number.keys()},
            "named": {
                (row.config_id, row.internal_product_id): row
                for row in rows
                if row.internal_product_id
            },
            "owners": owners,
            "refusals": {
                (row, pairs[config][row]): reason
                for config in pairs
                for row, reason in rows._link_refusals(config, pairs[config]).items()
            },
        }

    @api.model
    def _listed(self):
        """``{number: rows}`` of what the catalogues of the user's companies list.

        In the lists of products that an account opens, of that account.
        """
        rows, found = self.env["cartona.product"].sudo(), {}  # closed to users
        shown = [*self.env["product.product"]._cartona_visible(), ("is_gone", "=", False)]
        for row in rows.search(shown):
            number = row.supplier_product_id
            # one that is alone is read with the others
            found[number] = found[number] | row if number in found else row
        return found

    @api.model
    def _which_account(self, cell, rows):
        """Why a number cannot be taken that several accounts list."""
        return _(
            "Several accounts list %(cell)s: %(accounts)s. Open the products from one of them, "
            "and import the file there.",
            cell=cell,
            accounts=", ".join(rows.config_id.mapped("name")),
        )

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
            elif self._external_id(fields, values):
                names[number] = self._external_id(fields, values)
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
    def _external_id(self, fields, values):
        """The external id by which a row names its record, or nothing."""
        name = values[fields.index("id")] if "id" in fields else ""
        return f"__import__.{name}" if name and "." not in name else name

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
        number = self.env["cartona.product"]._number_of(cell)
        row = self._named_row(cells, product, known)
        if not row and number in known["several"]:
            return self._which_account(cell, known["several"][number])
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

    @api.model
    def _contradiction(self, product, code, known, cells):
        """Why the product that a row links cannot have the id that it will have, or nothing.

        :param code: the product's internal reference behind the import
        """
        row = self._named_row(cells, product, known)
        if not row:
            return ""
        identifier = cells.get("cartona_id") or product.cartona_id or row.internal_product_id
        other = known["named"].get((row.config_id, identifier or code), row)
        if other == row or not identifier and other.product_id not in (row.product_id, product):
            return ""  # a reference that is another product's id is not taken for the id
        return _(
            "Cartona knows %(identifier)s as %(cartona)s already.",
            identifier=identifier or code,
            cartona=other.display_name,
        )
