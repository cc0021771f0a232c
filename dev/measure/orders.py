"""An order of five lines as Cartona sends it."""

LINES = 5


def order(hashed_id, code, status="pending"):
    """``code`` names the product of a line: ``code.format(line)``."""
    return {
        "hashed_id": hashed_id,
        "receipt_id": f"R-{hashed_id}",
        "supplier_code": "1",
        "status": status,
        "total_price": "150.00",
        "delivered_by": "delivered_by_supplier",
        "retailer": {
            "retailer_name": "بقالة النور",
            "retailer_code": "4711",
            "retailer_number": "01001234567",
            "retailer_address": "12 شارع التحرير، القاهرة",
        },
        "order_details": [
            {
                "id": f"{hashed_id}-{line}",
                "internal_product_id": code.format(line),
                "amount": 3,
                "selling_price": "10.00",
            }
            for line in range(LINES)
        ],
    }
