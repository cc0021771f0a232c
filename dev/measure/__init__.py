"""Measurements inside Odoo: run by dev/bench with Odoo's own Python."""
