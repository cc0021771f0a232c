"""A plugin of pytest: tests find on their thread what Odoo's own test runner sets there."""

import threading

import pytest


@pytest.fixture(scope="session", autouse=True)
def _database_of_the_thread():
    """Set the database's name: building the routing map of controllers asks for it."""
    from odoo.tools import config

    name = config["db_name"]
    threading.current_thread().dbname = name if isinstance(name, str) else name[0]
