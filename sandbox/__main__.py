"""``python -m sandbox``: start the server."""

from __future__ import annotations

import argparse
import contextlib

from .app import create_app
from .bulk import BULK_STYLES
from .server import make_server
from .settings import API_PREFIX, ID_STYLES, PRICE_STYLES, Settings


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    default = Settings()
    parser.add_argument("--host", default="127.0.0.1", help="default: loopback only")
    parser.add_argument("--port", type=int, default=8199)
    parser.add_argument("--token", default=default.token, help="token of the first account")
    parser.add_argument("--supplier-codes", default="1", help="codes of that account: 1,2,3")
    parser.add_argument("--header-name", default=default.header_name)
    parser.add_argument("--webhook-url", help="where orders are posted; default: nowhere")
    parser.add_argument("--webhook-token", help="the secret that webhooks carry")
    parser.add_argument(
        "--webhook-auth", choices=("AuthorizationToken", "Bearer"), default=default.webhook_auth
    )
    parser.add_argument("--seed", type=int, help="the same seed, the same shops and orders")
    parser.add_argument(
        "--catalogue", type=int, default=0, metavar="N", help="N generated products"
    )
    parser.add_argument(
        "--groceries",
        action="store_true",
        help="the addon's demo products, half of them without Odoo's ids",
    )
    parser.add_argument(
        "--unlinked-share", type=float, default=default.unlinked_share, help="of --catalogue"
    )
    parser.add_argument("--latency-ms", type=int, default=0, metavar="N")
    parser.add_argument(
        "--pace", type=float, nargs="?", const=5.0, help="requests a second, 5 when no number"
    )
    parser.add_argument("--bulk-style", choices=BULK_STYLES, default=default.bulk_style)
    parser.add_argument("--price-style", choices=PRICE_STYLES, default=default.price_style)
    parser.add_argument("--id-style", choices=ID_STYLES, default=default.id_style)
    parser.add_argument("--log-level", default="warning")
    return parser.parse_args(arguments)


def main() -> None:
    """Run until Ctrl-C."""
    options = vars(parse())
    host, port = options.pop("host"), options.pop("port")
    log_level = options.pop("log_level")
    options["supplier_codes"] = tuple(options["supplier_codes"].split(","))
    app = create_app(Settings(**options))
    print(
        f"Cartona sandbox: page http://{host}:{port}/ , API http://{host}:{port}{API_PREFIX}/ , "
        f"OpenAPI http://{host}:{port}/docs",
        flush=True,
    )
    with contextlib.suppress(KeyboardInterrupt):
        make_server(app, host=host, port=port, log_level=log_level).run()


if __name__ == "__main__":
    main()
