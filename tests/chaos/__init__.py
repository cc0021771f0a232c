"""What is promised when everything goes wrong: see docs/reliability.md."""
