"""How long it takes to match 1,000 products of Odoo with 1,000 of Cartona, by their names."""

import time
from decimal import Decimal

COUNT = 1000
GOODS = ("أرز مصري", "شاي ناعم", "زيت عباد الشمس", "مكرونة قلم", "صلصة طماطم", "عصير مانجو")
BRANDS = ("الأسرة", "النيل", "الدلتا", "الوادي", "الصفوة", "الواحة", "البركة", "الزهراء")


def names():
    for number in range(COUNT):
        brand, good = divmod(number, len(GOODS))
        series, brand = divmod(brand, len(BRANDS))
        yield f"{GOODS[good]} {BRANDS[brand]} {series + 1} {250 + 5 * series} جم"


def measure(database):
    # Odoo finds addons once it has read its configuration
    from odoo.addons.cartona_integration.lib.cartona_api import SupplierProduct

    with database.transaction() as env:
        config = env["cartona.config"].browse(database.config_id)
        env["product.product"].create([{"name": name, "list_price": 9} for name in names()])
        env.flush_all()
        env.invalidate_all()
        listed = [
            SupplierProduct(
                supplier_product_id=str(number),
                supplier_product_name=name.replace("أ", "ا").replace("ة", "ه"),
                unit="piece",
                unit_count=Decimal(1),
            )
            for number, name in enumerate(names())
        ]
        started = time.perf_counter()
        rows = env["cartona.product"]
        rows._store(config, listed, env.cr.now())
        rows = rows.search([("config_id", "=", config.id)])
        rows._mark_doubled(config)
        catalogue = env["cartona.catalogue"]
        catalogue._compare(config, rows)
        catalogue._decide(config)
        catalogue._link_certain(config, rows.search(catalogue._certain_domain(config)))
        env.flush_all()
        elapsed = time.perf_counter() - started
        linked = len(rows.filtered("product_id"))
        env.cr.rollback()
    return {"link_1000_seconds": elapsed, "link_1000_right": linked}
