"""Hooks of the manifest."""

from .compat import hook


@hook
def uninstall_hook(env):
    """Take along the jobs that nobody could run any more."""
    jobs = env["queue.job"].search([("model_name", "=like", "cartona.%")])
    jobs.unlink()
