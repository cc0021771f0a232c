"""A server that stands in for Cartona's supplier API: ``python -m sandbox``.

Importing the package imports no third-party library, so that ``sandbox.client`` can be used from
any Python, Odoo's own included.
"""
