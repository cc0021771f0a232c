"""What Odoo 15 to 18 need to read an addon that is written for Odoo 19.

Python code takes its names from here: what has another name or is missing before 19. Records of
data files are translated while they are loaded (``Base._load_records``), for the XML ids of this
addon only. Nothing of that runs on 19: a series is dropped by deleting its branches.
"""

import ast
import functools
import re

from lxml import etree

from odoo import SUPERUSER_ID, api, http, models, release, sql_db, tools

SERIES = int(re.search(r"\d+", str(release.version_info[0])).group())
MODULE = __name__.split(".")[2]

#: Keyword of a field for its aggregate, e.g. ``fields.Float(**{AGGREGATOR: "avg"})``.
AGGREGATOR = "aggregator" if SERIES >= 18 else "group_operator"

#: Name of the list view in ``view_mode`` of an action that Python returns.
LIST = "list" if SERIES >= 18 else "tree"

# -- Python ----------------------------------------------------------------------------------------

if SERIES >= 19:
    from odoo.models import Constraint, Index, UniqueIndex
else:

    class Constraint:
        """A table constraint as an attribute ``_name`` of a model, as in Odoo 19."""

        def __init__(self, definition, message=""):
            self.definition, self.message = definition, message

        def __set_name__(self, owner, name):
            known = owner.__dict__.get("_sql_constraints", [])
            owner._sql_constraints = [*known, (name[1:], self.definition, self.message)]

    class Index:
        """An index as an attribute ``_name`` of a model, as in Odoo 19."""

        kind = "INDEX"

        def __init__(self, definition, message=""):
            self.definition, self.message = definition, message

        def __set_name__(self, owner, name):
            earlier = owner.__dict__.get("init")

            def init(model):
                earlier(model) if earlier else super(owner, model).init()
                index = f"{model._table}_{name.strip('_')}"
                if not tools.sql.index_exists(model.env.cr, index):
                    model.env.cr.execute(  # names and definition are constants of this addon
                        f'CREATE {self.kind} "{index}" ON "{model._table}" {self.definition}'
                    )

            owner.init = init

    class UniqueIndex(Index):
        """A unique index as an attribute ``_name`` of a model, as in Odoo 19."""

        kind = "UNIQUE INDEX"


def hook(function):
    """Let ``function(env)`` be a hook of the manifest: before 17 Odoo passes a cursor."""

    @functools.wraps(function)
    def wrapper(env, registry=None):
        return function(api.Environment(env, SUPERUSER_ID, {}) if SERIES < 17 else env)

    return wrapper


def check_write(records):
    """For buttons, whose call alone does not ask for rights.

    :raise AccessError: the user may not change the records
    """
    if hasattr(records, "check_access"):
        records.check_access("write")
    else:
        records.check_access_rights("write")
        records.check_access_rule("write")


def field_name(records, name):
    """How this Odoo names a field that has the name in 19."""
    return name if name in records._fields else RENAMED.get(name, name)


def keeps_stock(product):
    """Whether Odoo counts the product's stock."""
    return product.is_storable if "is_storable" in product._fields else product.type == "product"


def storable(products):
    """Values of a new product whose stock Odoo counts."""
    return {"is_storable": True} if "is_storable" in products._fields else {"type": "product"}


def list_prices(pricelist, products, quantity):
    """``{product id: price}`` of one of so many by a price list, in its currency."""
    if hasattr(pricelist, "_get_products_price"):
        return pricelist._get_products_price(products, quantity)
    return pricelist.get_products_price(products, *zip(*[(quantity, False)] * len(products)))  # 15


def related_units(uom):
    """The units of measure into which quantities of this one can be converted."""
    if "category_id" in uom._fields:
        return uom.search([("category_id", "=", uom.category_id.id)])
    return uom.search([("parent_path", "=like", uom.parent_path.split("/")[0] + "/%")])


def pack_values(uom, count):
    """Values of a new unit of measure that is so many of another one."""
    if "category_id" not in uom._fields:
        return {"relative_uom_id": uom.id, "relative_factor": count}
    factor = uom.factor_inv * count
    kind = "bigger" if factor > 1 else "smaller"
    return {"category_id": uom.category_id.id, "uom_type": kind, "factor_inv": factor}


def packagings(products, company):
    """``[(product, name, how many of its unit of measure, barcode)]`` of what they are packed in.

    Not what is another company's. From 19 on packagings are units of measure.
    """
    if "packaging_ids" in products._fields:
        found = products.packaging_ids.filtered(lambda pack: pack.company_id <= company)
        return [(pack.product_id, pack.name, pack.qty, pack.barcode) for pack in found]
    named = products.product_uom_ids.filtered(lambda pack: pack.company_id <= company)
    found = [(pack.product_id, pack.uom_id, pack.barcode) for pack in named]
    found += [(product, unit, False) for product in products for unit in product.uom_ids]
    return [
        (product, unit.name, unit._compute_quantity(1.0, product.uom_id, round=False), barcode)
        for product, unit, barcode in found
        if unit._has_common_reference(product.uom_id)
    ]


def search_fetch(model, domain, names):
    """The records, read with the query that finds them (from 17 on)."""
    return model.search_fetch(domain, names) if SERIES >= 17 else model.search(domain)


def company_and_parents(company):
    """The company and those that it is a branch of, which 15 and 16 do not know."""
    return company.sudo().parent_ids if "parent_ids" in company._fields else company


def is_locked(order):
    """Whether a sale order is locked: a state before 17, which has no field for it."""
    return order.locked if "locked" in order._fields else order.state == "done"


def lock(order):
    """Lock a sale order."""
    order.action_lock() if "locked" in order._fields else order.action_done()


def set_done(moves, quantity):
    """Note what was moved of each."""
    for move in moves:
        if "quantity_done" not in move._fields:
            if move.quantity != quantity:  # else Odoo may mix up the serial numbers of a return
                move._set_quantity_done(quantity)
            move.picked = True
        elif quantity > move.quantity_done:  # before 17, it is added to what is noted already
            move._set_quantity_done(quantity - move.quantity_done)


def done_quantity(move):
    """What was moved, in the move's unit."""
    return move.quantity_done if "quantity_done" in move._fields else move.quantity


def create_return(picking, quantities):
    """Return a done picking by Odoo's own wizard.

    :param quantities: ``{move: quantity in the product's unit}``; others stay
    :return: the new picking, confirmed
    """
    wizard = picking.env["stock.return.picking"].create({"picking_id": picking.id})
    if hasattr(wizard, "_onchange_picking_id"):  # before 17, its form fills it
        wizard._onchange_picking_id()
    for line in wizard.product_return_moves:
        quantity = quantities.get(line.move_id, 0.0)
        line.quantity = line.product_id.uom_id._compute_quantity(quantity, line.uom_id)
    if hasattr(wizard, "action_create_returns"):
        action = wizard.action_create_returns()
    else:
        # as from 18 on: what was shipped in several steps comes back where receipts do
        receipt = picking.picking_type_id.return_picking_type_id
        if picking.location_dest_id.usage == "customer" and receipt.code == "incoming":
            wizard.location_id = receipt.default_location_dest_id
        action = wizard.create_returns()
    return picking.browse(action["res_id"])


def raw_body(endpoint):
    """Let a ``type="http"`` route take application/json: Odoo 15 chooses by content type alone."""
    if SERIES < 16:
        RAW_BODY.update(route.partition("<")[0] for route in endpoint.routing["routes"])
    return endpoint


if SERIES < 16:
    RAW_BODY = set()
    _get_request = http.Root.get_request

    def _request_with_raw_body(root, httprequest):
        # before Odoo reads the body, which it does even of whom it does not know
        if httprequest.path.startswith(tuple(RAW_BODY)):
            return http.HttpRequest(httprequest)
        return _get_request(root, httprequest)

    http.Root.get_request = _request_with_raw_body

    class BaseMethods(models.AbstractModel):
        """The methods of 16 that 15 has under other names."""

        _inherit = "base"

        def flush_model(self, fnames=None):
            self.flush(fnames)

        def flush_recordset(self, fnames=None):
            self.flush(fnames, self)

        def invalidate_model(self, fnames=None, flush=True):
            if flush:
                self.flush_model(fnames)
            self.invalidate_cache(fnames)

        def invalidate_recordset(self, fnames=None, flush=True):
            if flush:
                self.flush_recordset(fnames)
            self.invalidate_cache(fnames, self.ids)

        def _valid_field_parameter(self, field, name):
            return name == "exportable" or super()._valid_field_parameter(field, name)

        @api.model
        def search_count(self, args, limit=None):
            return len(self.search(args, limit=limit)) if limit else super().search_count(args)

    def _flush_all(env):
        env["base"].flush()

    def _invalidate_all(env, flush=True):
        if flush:
            _flush_all(env)
        env.cache.invalidate()

    api.Environment.flush_all, api.Environment.invalidate_all = _flush_all, _invalidate_all

    class SaleOrderLine(models.Model):
        """16 computes the price and the discount, 15 has onchanges."""

        _inherit = "sale.order.line"

        @api.onchange("product_uom", "product_uom_qty")
        def product_uom_change(self):
            return None if self._cartona_agreed() else super().product_uom_change()

        @api.onchange("product_id", "price_unit", "product_uom", "product_uom_qty", "tax_id")
        def _onchange_discount(self):
            return None if self._cartona_agreed() else super()._onchange_discount()

    class StockMove(models.Model):
        """16 cancels what is nothing any more of a delivery, 15 leaves it open for ever."""

        _inherit = "stock.move"

        def _merge_moves(self, merge_into=False):
            merged = super()._merge_moves(merge_into)
            nothing = (merged | merged.picking_id.move_lines).filtered(
                lambda move: (
                    move.sale_line_id.order_id.cartona_order_id
                    and move.state not in ("done", "cancel")
                    and not move.product_uom_qty
                    and not move.quantity_done
                )
            )
            nothing._clean_merged()
            nothing._action_cancel()
            return merged

    _leave_cursor = sql_db.BaseCursor.__exit__

    def _close_in_any_case(cr, *error):
        # 15 leaves a transaction open, with its locks, where what runs before the commit fails
        try:
            return _leave_cursor(cr, *error)
        finally:
            if not cr.closed:  # closing twice is refused
                cr.close()

    sql_db.BaseCursor.__exit__ = _close_in_any_case

if SERIES < 17:

    class BaseNames(models.AbstractModel):
        """17 names records by the field, 15 and 16 by a method."""

        _inherit = "base"

        def name_get(self):
            if not self._name.startswith("cartona.") or not hasattr(self, "_label"):
                return super().name_get()
            return [(record.id, record._label()) for record in self]


# -- data files ------------------------------------------------------------------------------------

if SERIES < 19:

    class Base(models.AbstractModel):
        _inherit = "base"

        @api.model
        def _load_records(self, data_list, *args, **kwargs):
            ids = [data.get("xml_id") or "" for data in data_list]
            if not any(xml_id.startswith(f"{MODULE}.") for xml_id in ids):
                return super()._load_records(data_list, *args, **kwargs)
            # without the file's name, 'reset view' and --dev=xml do not read it untranslated
            context = {k: v for k, v in self.env.context.items() if k != "install_filename"}
            data_list = [dict(data, values=_values(self, data["values"])) for data in data_list]
            model = super(Base, self.with_context(context))  # pylint: disable=bad-super-call
            return model._load_records(data_list, *args, **kwargs)

    class ResGroupsPrivilege(models.AbstractModel):
        _name = "res.groups.privilege"
        _description = "What 19 calls a privilege is a category of groups before"

        @api.model
        def _load_records(self, data_list, *args, **kwargs):
            # under another XML id, so that a database that moves to 19 has its own one free
            data_list = [dict(data, xml_id=data["xml_id"] + "_category") for data in data_list]
            return self.env["ir.module.category"]._load_records(data_list, *args, **kwargs)


RENAMED = {
    "privilege_id": "category_id",
    "user_ids": "users",
    "group_ids": "groups_id",
    "category_id": "parent_id",
    "tax_ids": "tax_id",
    "product_uom_id": "product_uom",
}


def _values(model, values):
    """The values of a record of a data file as the series of this Odoo names them."""
    values = {
        name if name in model._fields else RENAMED.get(name, name): value
        for name, value in values.items()
    }
    if "numbercall" in model._fields:
        values.setdefault("numbercall", -1)
    if SERIES < 16 and "retry_pattern" in values:  # no ranges there
        values["retry_pattern"] = {
            count: max(wait) for count, wait in values["retry_pattern"].items()
        }
    if "is_storable" not in model._fields and values.pop("is_storable", False):
        values["detailed_type" if "detailed_type" in model._fields else "type"] = "product"
        values.pop("type" if "detailed_type" in model._fields else "", None)
    if "price_include_override" in values and "price_include_override" not in model._fields:
        values["price_include"] = values.pop("price_include_override") == "tax_included"
    if SERIES < 18 and "view_mode" in values:
        values["view_mode"] = re.sub(r"\blist\b", "tree", values["view_mode"])
    if SERIES < 18 and "arch" in values:
        arch = etree.fromstring(values["arch"])
        for node in list(arch.iter(etree.Element)):
            _translate_node(node, model.env.get(values.get("model")))
        values["arch"] = etree.tostring(arch, encoding="unicode")
    return values


def _translate_node(node, model):
    if node.tag == "list":
        node.tag = "tree"
    elif node.tag == "chatter":
        node.tag = "div"
        node.set("class", "oe_chatter")
        for name in ("message_follower_ids", "activity_ids", "message_ids"):
            if name in model._fields:
                etree.SubElement(node, "field", name=name)
    elif node.get("t-name") == "card":
        node.set("t-name", "kanban-box")
        card = etree.Element("div", {"class": "oe_kanban_global_click d-flex flex-column"})
        card.extend(list(node))
        node.append(card)
    if "expr" in node.attrib:
        node.set("expr", re.sub(r"/list(?![\w-])", "/tree", node.get("expr")))
    if SERIES < 17:
        _translate_modifiers(node)


def _translate_modifiers(node):
    """Python expressions of modifiers to the ``attrs`` of 15 and 16."""
    attrs = {}
    for name in ("invisible", "column_invisible", "readonly", "required"):
        value = node.get(name)
        if value in ("0", "1", "False", "True"):
            if name == "column_invisible":
                node.set("invisible", node.attrib.pop(name))
        elif value:
            attrs[name] = domain(ast.parse(node.attrib.pop(name).strip(), mode="eval").body)
    if attrs:
        node.set("attrs", repr(attrs))


OPERATORS = {
    ast.Eq: ("=", "!="),
    ast.NotEq: ("!=", "="),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
    ast.Lt: ("<", ">="),
    ast.GtE: (">=", "<"),
    ast.Gt: (">", "<="),
    ast.LtE: ("<=", ">"),
}


def domain(node, negate=False):
    """The domain of a parsed Python expression over the fields of a view.

    :raise ValueError: something else than ``name op literal``, ``and``, ``or``, ``not``
    """
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return domain(node.operand, not negate)
    if isinstance(node, ast.BoolOp):
        operator = "&" if isinstance(node.op, ast.And) != negate else "|"
        operands = [domain(value, negate) for value in node.values]
        return [operator] * (len(operands) - 1) + sum(operands, [])
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        operator = OPERATORS[type(node.ops[0])][negate]
        return [(_field_name(node.left), operator, ast.literal_eval(node.comparators[0]))]
    return [(_field_name(node), "=" if negate else "!=", False)]


def _field_name(node):
    if isinstance(node, ast.Attribute):
        return f"{_field_name(node.value)}.{node.attr}"
    if isinstance(node, ast.Name):
        return node.id
    raise ValueError(f"Not a field: {ast.dump(node)}")
