"""The token and the webhook's secret come in by the same form."""

from odoo.tests import tagged

from .common import BASE_URL, CartonaCase


@tagged("post_install", "-at_install")
class TestSecretsTogether(CartonaCase):
    BOTH = {"token": "another-token", "webhook_secret": "another-secret"}

    def assert_both_known(self, config):
        credentials = self.env["cartona.credential"].sudo()
        known = (credentials._get(config, "token"), credentials._get(config, "webhook"))
        self.assertEqual(known, ("another-token", "another-secret"))
        self.assertFalse(config.token or config.webhook_secret)

    def test_an_account_keeps_both_when_they_are_saved_at_once(self):
        self.config.write(self.BOTH)
        self.assert_both_known(self.config)

    def test_a_new_account_keeps_both(self):
        values = dict(self.BOTH, name="Second", base_url=BASE_URL)
        self.assert_both_known(self.env["cartona.config"].create(values))
