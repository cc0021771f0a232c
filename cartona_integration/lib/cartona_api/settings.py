"""Checks base URL, token and header name before anything is sent."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from .errors import ConfigurationError

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_PATH = re.compile(r"[A-Za-z0-9._~%#/-]+")
#: Headers that would change the meaning of the request itself.
_RESERVED = {"host", "content-length", "content-type", "transfer-encoding", "connection", "accept"}


def check_base_url(base_url: str) -> str:
    """The base URL with one slash at its end.

    :raises ConfigurationError: no https (http only to this machine), user, query or fragment
    """
    url = base_url.strip() if isinstance(base_url, str) else ""
    if not url:
        raise ConfigurationError("The base URL is empty")
    if re.search(r"[\s\\\x00-\x1f\x7f]", url):
        raise ConfigurationError("The base URL holds blanks or backslashes")
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise ConfigurationError("The base URL cannot be read") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ConfigurationError("The base URL must look like https://host/path/")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ConfigurationError("The base URL must have no user, query or fragment")
    if parts.scheme == "http" and not is_loopback(host):
        raise ConfigurationError("The base URL must be https: the token would travel in the clear")
    return url.rstrip("/") + "/"


def is_loopback(host: str | None) -> bool:
    """Whether ``host`` is this machine (by name or address, without asking DNS)."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def check_token(token: str) -> str:
    """:raises ConfigurationError: empty, or not fit for a header; the text never holds it"""
    if not isinstance(token, str) or not token.strip():
        raise ConfigurationError("The token is empty")
    if token != token.strip() or not all("\x20" <= char <= "\x7e" for char in token):
        raise ConfigurationError(
            "The token holds line breaks, blanks at its ends or other characters that no "
            "header can hold: was it pasted whole?"
        )
    return token


def check_header_name(name: str) -> str:
    """:raises ConfigurationError: no header name, or one that the client itself sets"""
    if not isinstance(name, str) or not _HEADER_NAME.fullmatch(name):
        raise ConfigurationError("The name of the token's header is no header name")
    if name.lower() in _RESERVED:
        raise ConfigurationError(f"The token cannot travel in the header {name}")
    return name


def check_path(path: str) -> str:
    """A path below the base URL.

    :raises ConfigurationError: it leads elsewhere
    """
    path = path.lstrip("/") if isinstance(path, str) else ""
    if not _PATH.fullmatch(path) or "#" in path or ".." in path.split("/") or "//" in path:
        raise ConfigurationError("The path must be a relative one, such as order/pull-orders")
    return path
