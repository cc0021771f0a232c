import logging
from contextlib import contextmanager

from psycopg2 import InterfaceError, OperationalError

from odoo import _, models

_logger = logging.getLogger(__name__)

#: Longest text of an error that an alert shows.
KEPT = 300


class CartonaConfig(models.Model):
    """Crons that look after all accounts: what fails for one of them stops no other."""

    _inherit = "cartona.config"

    @contextmanager
    def _apart(self, kind):
        """A part of a cron's work: undone where it fails, and told until it works again.

        :param kind: of the alert, one of ``FAULTS``
        :raise OperationalError: the database wants the whole transaction to begin anew
        """
        self.ensure_one()
        words = None
        try:
            with self.env.cr.savepoint():
                yield
        except (InterfaceError, OperationalError):
            raise
        except Exception as error:  # whatever it is, and whosever addon's: the others go on
            _logger.exception("The cron failed at the Cartona account %s (%s)", self.id, kind)
            words = f"{type(error).__name__}: {error}"[:KEPT]
        try:
            with self.env.cr.savepoint():
                self._as_writer()._tell_fault(kind, words)
        except (InterfaceError, OperationalError):
            raise
        except Exception:  # telling may be what fails; the server's log has both
            _logger.exception("The failure at the Cartona account %s could not be told", self.id)

    def _tell_fault(self, kind, words):
        """:param words: what went wrong; None: nothing"""
        alerts = self.env["cartona.alert"]
        if words:
            alerts._report(self, kind, words)
            return
        for alert in alerts._of(self).filtered(lambda alert: alert.kind == kind):
            alert._settle(_("It is over: %(problem)s.", problem=alert._summary()))
