"""Makes every HTTP transport: certificates always checked, no redirects, cookies or ambient settings."""

import logging
import ssl
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tui_registry.endpoint import Endpoint
from tui_registry.errors import Refused

if TYPE_CHECKING:
    import httpx2

_LOGGERS = ("connection", "http11", "http2", "proxy", "socks")
_CONNECTIONS = 32
_LATE = ("anyio._backends._asyncio", "anyio._core._sockets", "anyio._core._streams")
"""What the client would load with its first request, on the event loop."""


def open_transport(
    endpoint: Endpoint, environ: Mapping[str, str], ca_file: Path | None
) -> "httpx2.AsyncHTTPTransport":
    """A transport for one origin; raises Refused for a proxy or certificate file that cannot be used.

    The system's authorities and the client itself take a tenth of a second each to read, so it is to be
    opened beside an event loop.
    """
    import httpx2

    with suppress(ImportError):
        for name in _LATE:
            import_module(name)
    for name in _LOGGERS:  # at DEBUG these write response headers, in which a server may echo a key
        logging.getLogger(f"httpcore2.{name}").setLevel(logging.WARNING)
    address = proxy_for(endpoint, environ)
    return httpx2.AsyncHTTPTransport(
        # without TLS nothing is verified: a context that knows no authority is made at once
        verify=_certificates(ca_file) if endpoint.origin.startswith("https:") else _no_authorities(),
        trust_env=False,
        http2=False,
        proxy=httpx2.Proxy(address) if address else None,
        limits=httpx2.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS),
        retries=0,
    )


def proxy_for(endpoint: Endpoint, environ: Mapping[str, str]) -> str | None:
    """The proxy of HTTPS_PROXY for an https origin that NO_PROXY does not name; never for this machine."""
    if not endpoint.origin.startswith("https:") or endpoint.is_loopback:
        return None
    address = environ.get("https_proxy") or environ.get("HTTPS_PROXY") or ""
    unproxied = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    if not address.strip() or any(_names(part.strip(), endpoint) for part in unproxied.split(",")):
        return None
    try:
        parts = urlsplit(address.strip() if "://" in address else f"http://{address.strip()}")
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port is not False
    except ValueError:
        usable = False
    if not usable:
        raise Refused("HTTPS_PROXY is not an http:// or https:// address; correct it or unset it.")
    return parts.geturl()


def _names(part: str, endpoint: Endpoint) -> bool:
    """Whether one entry of NO_PROXY means the endpoint."""
    host, port = endpoint.host, endpoint.origin.rpartition(":")[2]
    if part == "*":
        return True
    try:
        return ip_address(host) in ip_network(part.strip("[]"), strict=False)
    except ValueError:
        name, _, wanted = part.lower().lstrip("*").lstrip(".").partition(":")
    return bool(name) and (not wanted or wanted == port) and (host == name or host.endswith(f".{name}"))


def _no_authorities() -> ssl.SSLContext:
    """A context that trusts nobody, should anything speak TLS with it after all."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _certificates(ca_file: Path | None) -> ssl.SSLContext:
    """The system's authorities and the private one; SSLKEYLOGFILE is not honoured."""
    import httpx2

    context = httpx2.create_ssl_context(trust_env=False)
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ssl.SSLError):
            raise Refused(f"{ca_file} cannot be read as a certificate file.") from None
    return context
