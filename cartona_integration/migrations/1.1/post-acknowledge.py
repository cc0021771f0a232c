"""Orders are acknowledged by the pull's own job: the job of its own that did so goes."""

from odoo import SUPERUSER_ID, api

METHOD = "_job_acknowledge"


def migrate(cr, _version):
    """Take its function and its jobs along; the next pull acknowledges what they left.

    The function is the administrator's to change (noupdate): Odoo leaves it behind.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    jobs = env["queue.job"].search(
        [("model_name", "=", "cartona.pull"), ("method_name", "=", METHOD)]
    )
    jobs.unlink()
    function = env.ref("cartona_integration.job_acknowledge", raise_if_not_found=False)
    if function:
        function.unlink()
