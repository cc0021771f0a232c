from odoo import http


class EmptyController(http.Controller):
    @http.route(
        "/empty_controller",
        type="http",
        auth="none",
        methods=["POST"],
        csrf=False,
        save_session=False,
    )
    def empty(self):
        return http.Response("{}", status=200, content_type="application/json")
