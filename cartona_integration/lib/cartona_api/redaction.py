"""Keeps tokens and one-time passwords out of every text that leaves the package."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

HIDDEN = "***"
#: Longest text of an answer that errors and observers get to see.
MAX_TEXT = 10_000

_SECRET_KEYS = {"retailer_otp", "pickup_otp", "authorization", "authorizationtoken", "token"}
_SECRET_PAIR = re.compile(
    r"""(["']?(?:retailer_otp|pickup_otp|authorization(?:token)?|token)["']?\s*[:=]\s*)"""
    r"""("(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s,;}\]]+)""",
    re.IGNORECASE | re.DOTALL,
)


class Scrubber:
    """Removes one account's token, and OTPs wherever they are named.

    :param secrets: values to be removed wherever they stand
    :param keys: more names of fields and headers whose value is secret
    """

    def __init__(self, secrets: Iterable[str] = (), keys: Iterable[str] = ()):
        # Longest first: a secret that holds another one must go as a whole.
        self._secrets = sorted({secret for secret in secrets if secret}, key=len, reverse=True)
        self._keys = _SECRET_KEYS | {key.lower() for key in keys}

    def with_request(self, body: Any) -> Scrubber:
        """A scrubber that also knows the OTPs in a request: answers like to repeat them."""
        return Scrubber([*self._secrets, *_otps(body)], self._keys)

    def text(self, text: str) -> str:
        """``text`` without secrets, cut to ``MAX_TEXT`` characters."""
        # Cut first, since answers may have megabytes; what a cut leaves of a secret goes, too.
        margin = max((len(secret) for secret in self._secrets), default=0)
        cut = text[: MAX_TEXT + margin]
        clean = _SECRET_PAIR.sub(rf'\g<1>"{HIDDEN}"', self._without_secrets(cut))
        if len(cut) < len(text):
            clean = clean[: max(len(clean) - margin, 0)]
        return clean[:MAX_TEXT]

    def data(self, value: Any) -> Any:
        """A copy of a JSON value without secrets."""
        if isinstance(value, dict):
            return {
                key: HIDDEN
                if str(key).lower() in self._keys and item is not None
                else self.data(item)
                for key, item in value.items()
            }
        if isinstance(value, (list, tuple)):
            return [self.data(item) for item in value]
        if isinstance(value, str):
            return self._without_secrets(value)
        return value

    def _without_secrets(self, text: str) -> str:
        for secret in self._secrets:
            if len(secret) >= 8:
                text = text.replace(secret, HIDDEN)
            else:
                # A short code is also part of innocent numbers.
                text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", HIDDEN, text)
        return text


def _otps(body: Any) -> list[str]:
    if isinstance(body, dict):
        own = [str(body[key]) for key in ("retailer_otp", "pickup_otp") if body.get(key)]
        return own + [otp for item in body.values() for otp in _otps(item)]
    if isinstance(body, (list, tuple)):
        return [otp for item in body for otp in _otps(item)]
    return []
