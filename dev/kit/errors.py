"""The one exception that ends a command with a sentence for the person in front of it."""

from __future__ import annotations


class DevError(Exception):
    """Something that a person can put right; its text says how."""
