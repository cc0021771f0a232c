import json
import unicodedata

from odoo import api, fields, models

#: Letters that Arabic writers exchange, and one that only stretches a word.
SAME_LETTERS = str.maketrans("ىة", "يه", "ـ")

#: What is longer is no name, address or number, and too long for an index.
LONGEST = 250


class ResPartner(models.Model):
    """Customers and their delivery addresses follow Cartona, save for what a user edited.

    An address of the kind "address" was created here for a retailer's order; the customer's own,
    and delivery addresses that users created, are used where they are the one that is meant.
    """

    _inherit = "res.partner"

    cartona_type = fields.Selection(
        selection_add=[("address", "Delivery address")], ondelete={"address": "set null"}
    )
    cartona_told = fields.Text(
        copy=False,
        readonly=True,
        help="What Cartona told last: a JSON object, by field, and when it was told ('at').",
    )

    #: So many delivery addresses of a retailer stay in sight; those of open orders besides.
    ADDRESSES = 10

    def _cartona_told(self):
        return json.loads(self.cartona_told or "{}")

    @api.model
    def _prepare_cartona_told(self, values, told_at, known=()):
        """The column for these values.

        :param told_at: when Cartona told them, in UTC
        :param known: the ones that it told before
        """
        values = {name: value for name, value in values.items() if value}
        told = {**dict(known), **values, "at": fields.Datetime.to_string(told_at)}
        return json.dumps(told, ensure_ascii=False)

    def _cartona_follow(self, values, told_at):
        """Take over what Cartona tells now, where nobody wrote something else meanwhile.

        :param values: ``{field: value}``; nothing is told by an empty value
        :param told_at: when the order was placed that tells it, in UTC: an older one than the one
            that told last tells nothing new
        """
        self.ensure_one()
        told = self._cartona_told()
        if told.get("at", "") > fields.Datetime.to_string(told_at):
            return
        news = {name: value for name, value in values.items() if value and value != told.get(name)}
        if not news:
            return
        followed = {
            name: value for name, value in news.items() if self._cartona_unedited(name, told)
        }
        self.write(
            dict(followed, cartona_told=self._prepare_cartona_told(news, told_at, told.items()))
        )

    def _cartona_unedited(self, name, told):
        """Whether the field still has what Cartona told last, or nothing where it told nothing."""
        own, known = self[name] or None, told.get(name)
        if name == "phone" and own and known:  # Odoo may have written the number its own way
            return own == known or self._cartona_phone(own) == (self._cartona_phone(known) or own)
        return own == known

    # -- where the goods go ------------------------------------------------------------------------

    def _cartona_delivery_address(self, config, retailer, told_at, order=None):
        """Where the goods of a retailer's order go: his own address, or a delivery address.

        One that is known already is found however it is written, also where a user corrected it
        since. A new one becomes the customer's own where that is empty, or still the one that
        Cartona told last and nothing is on its way there; else a delivery address. The notes stand
        under the street, as the delivery slip prints them.

        :param order: the sale order, where it exists already
        :return: a contact; none where Cartona tells no address
        """
        self.ensure_one()
        street = self._prepare_cartona_address(retailer).get("street")
        if not plain(street):
            return self.browse()
        address = self._cartona_known_address(street)
        if address:
            address._cartona_lock()
            address._cartona_follow(self._prepare_cartona_address(retailer), told_at)
            if not address.active and address.cartona_type == "address":
                address.active = True
            return address
        self._cartona_lock()
        # this transaction does not see the addresses and orders that came since it began
        self._cartona_check_address(config, street)
        if self._cartona_may_move(config, told_at, order):
            values = dict.fromkeys(("street", "street2"), False)
            values.update(self._prepare_cartona_address(retailer))
            told = {**self._cartona_told(), **values}
            self.write(dict(values, cartona_told=self._prepare_cartona_told(told, told_at)))
            return self
        return self._cartona_add_address(retailer, told_at)

    def _cartona_known_address(self, street):
        """The address of the customer that is at this street, or none."""
        wanted = plain(street)
        if plain(self.street) == wanted:
            return self.with_context(active_test=True)
        children = self.with_context(active_test=False).search(
            [
                ("parent_id", "=", self.id),
                ("type", "=", "delivery"),
                "|",
                ("active", "=", True),
                ("cartona_type", "=", "address"),
            ],
            order="active desc, id",
        )
        addresses = self | children
        for text in (lambda known: known.street, lambda known: known._cartona_told().get("street")):
            for address in addresses:
                if plain(text(address)) == wanted:
                    return address.with_context(active_test=True)
        return self.browse()

    def _cartona_lock(self):
        """Until the end of the transaction, the contact stays what it is.

        What another transaction changed since this one began fails here (serialization). A shared
        lock would let workers that also write to the contact block each other for ever.
        """
        self.flush_recordset()
        self.env.cr.execute("SELECT FROM res_partner WHERE id = %s FOR NO KEY UPDATE", (self.id,))

    def _cartona_check_address(self, config, street):
        """:raise RetryableJobError: another worker created the address meanwhile"""

        def known(own):
            customer = own.env[self._name].browse(self.id).exists()
            return customer and customer._cartona_known_address(street)

        config._claim("delivery address", [str(self.id)], known)

    def _cartona_may_move(self, config, told_at, order):
        """Whether the customer's own address may become another one."""
        if self.parent_id:  # Odoo gives it its company's
            return False
        told = self._cartona_told()
        if not any(self[name] for name in ("street", "street2", "city", "zip")):
            return True
        if self.city or self.zip or self.state_id or not told.get("street"):
            return False
        if told["at"] > fields.Datetime.to_string(told_at):
            return False
        if not all(self._cartona_unedited(name, told) for name in ("street", "street2")):
            return False
        with config._own_transaction() as own:
            return not own.env[self._name].browse(self.id)._cartona_awaits_goods(order)

    def _cartona_awaits_goods(self, order=None):
        """Whether another order is still to be delivered here."""
        domain = [
            ("partner_shipping_id", "=", self.id),
            ("id", "!=", order.id if order else 0),
            ("state", "!=", "cancel"),
            "|",
            ("state", "in", ("draft", "sent")),
            ("picking_ids.state", "not in", ("done", "cancel")),
        ]
        return bool(self.env["sale.order"].search(domain, limit=1))

    def _cartona_add_address(self, retailer, told_at):
        """A new delivery address; of many, the oldest ones are archived, if nothing goes there."""
        values = self._prepare_cartona_address(retailer)
        address = self.create(
            dict(
                values,
                parent_id=self.id,
                type="delivery",
                cartona_type="address",
                cartona_told=self._prepare_cartona_told(values, told_at),
                country_id=self._cartona_country().id,
                company_id=self.company_id.id,
            )
        )
        made = self.search(
            [("parent_id", "=", self.id), ("cartona_type", "=", "address")], order="id desc"
        )
        for old in made[self.ADDRESSES :]:
            if not old._cartona_awaits_goods():
                old.active = False
        return address

    @api.model
    def _prepare_cartona_address(self, retailer):
        """What Cartona tells of where the goods go, only that."""
        values = {
            "street": (retailer.retailer_address or "")[:LONGEST],
            "street2": (retailer.address_notes or "")[:LONGEST],
            "phone": self._cartona_number(retailer),
        }
        return {name: value for name, value in values.items() if value}

    @api.model
    def _prepare_cartona_contact(self, retailer):
        """What Cartona tells of the retailer himself, only that."""
        email = retailer.retailer_email or ""
        values = {
            "name": (retailer.retailer_name or "")[:LONGEST],
            "phone": self._cartona_number(retailer),
            "email": email if len(email) <= LONGEST else False,
        }
        return {name: value for name, value in values.items() if value}

    @api.model
    def _cartona_number(self, retailer):
        numbers = (retailer.retailer_number, retailer.retailer_number2)
        return next((number for number in numbers if number and len(number) <= LONGEST), False)


def plain(text):
    """A text by which spellings of one address are equal: letters and digits alone."""
    letters = unicodedata.normalize("NFKD", text or "").casefold().translate(SAME_LETTERS)
    return "".join(str(unicodedata.digit(letter, letter)) for letter in letters if letter.isalnum())
