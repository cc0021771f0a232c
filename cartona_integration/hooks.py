"""Hooks of the manifest."""

from .compat import hook


@hook
def uninstall_hook(env):
    """Take along what Odoo would leave behind."""
    # jobs that nobody could run any more
    env["queue.job"].search([("model_name", "=like", "cartona.%")]).unlink()
    # external ids of parts of our models that Odoo books under the modules they come from
    for kind in ("selection", "model_inherit"):
        names = f"{kind}\\_\\_cartona\\_%"
        env["ir.model.data"].search([("name", "=like", names)]).filtered(
            lambda data: data.module != "cartona_integration"
        ).unlink()
    # orders keep the product of their rounding line: Odoo could not delete it, nor its external ids
    product = env.ref("cartona_integration.product_rounding", raise_if_not_found=False)
    if product and env["sale.order.line"].search_count([("product_id", "=", product.id)]):
        env["ir.model.data"].search(
            [("module", "=", "cartona_integration"), ("name", "=like", "product\\_rounding%")]
        ).unlink()
