"""What a provider's base URL may be, and the canonical origin a key is sealed for."""

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from tui_registry.errors import Refused

MAX_URL = 2048
"""Characters a base URL may have."""

EXAMPLE = "https://api.openai.com/v1"
"""A base URL to show as an example."""

_DEFAULT_PORTS = {"https": 443, "http": 80}
_SCHEME = re.compile(r"(https?)://", re.IGNORECASE)
_AUTHORITY = re.compile(r"(?P<host>\[[0-9a-fA-F:.]+\]|[^:\[\]]+)(?P<colon>:(?P<port>[0-9]*))?")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER_LIKE = re.compile(r"[0-9]+|0x[0-9a-f]*")
_NOT_IN_A_URL = frozenset('<>"{}|^`')
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})|%(?:[01][0-9A-Fa-f]|7[fF]|2[fF]|5[cC])")
_DOT_SEGMENT = re.compile(r"/(?:\.|%2[eE]){1,2}(?=/|$)")

_NO_KEY_NETWORKS = tuple(ip_network(text) for text in ("169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128"))


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A base URL in canonical form: ASCII, lower-case host, no default port, no trailing slash."""

    url: str
    origin: str
    """Scheme, host and explicit port, such as `https://api.openai.com:443`."""
    host: str
    """The host in ASCII; an IPv6 address stands without brackets."""

    @property
    def is_loopback(self) -> bool:
        """Whether the host is this machine by a literal address or by the exact name localhost."""
        address = _address(self.host)
        return self.host == "localhost" if address is None else address.is_loopback

    @property
    def is_cleartext(self) -> bool:
        """Whether what is sent there crosses a network unencrypted."""
        return self.origin.startswith("http:") and not self.is_loopback

    @property
    def is_placeholder(self) -> bool:
        """Whether the host only stands for one that the user has to fill in (a `.invalid` name)."""
        return self.host.rpartition(".")[2] == "invalid"


def parse_endpoint(text: str) -> Endpoint:
    """A base URL in canonical form; raises ValueError with a sentence that says what to write."""
    written = text.strip(" \t\r\n")
    scheme, rest = _checked(written)
    authority, slash, path = rest.partition("/")
    matched = _AUTHORITY.fullmatch(authority)
    if matched is None:
        raise ValueError(f"Write a host name after {scheme}://, for example {EXAMPLE}.")
    host = _canonical_host(matched["host"])
    port = _port(matched, scheme)
    _agree_with_second_parser(written, matched, port)
    shown_host = f"[{host}]" if ":" in host else host
    shown_port = "" if port == _DEFAULT_PORTS[scheme] else f":{port}"
    url = f"{scheme}://{shown_host}{shown_port}{_canonical_path(slash + path)}"
    if len(url) > MAX_URL:
        raise ValueError(_too_long(url))
    return Endpoint(url, f"{scheme}://{shown_host}:{port}", host)


def origin_of(url: str) -> str:
    """Scheme, host and explicit port of a base URL; raises ValueError with a sentence."""
    return parse_endpoint(url).origin


def shown_origin(origin: str) -> str:
    """An origin as a person writes it: without what https implies, e.g. `api.openai.com`."""
    scheme, _, rest = origin.partition("://")
    if scheme == "https":
        return rest.removesuffix(":443")
    return f"{scheme}://{rest.removesuffix(':80')}"


def stored_endpoint(owner: str, url: str) -> Endpoint:
    """The stored base URL of a provider; raises Refused for one that was made unreadable behind the app."""
    try:
        return parse_endpoint(url)
    except ValueError as error:
        raise Refused(f"The endpoint of {owner} must be put right first. {error}") from error


def origin_of_stored(url: str) -> str:
    """The origin of a stored base URL; an unreadable one counts as a place no key is ever sealed for."""
    try:
        return parse_endpoint(url).origin
    except ValueError:
        return "https://unreadable.invalid:443"


def key_refusal(endpoint: Endpoint, consented_host: str | None = None) -> str | None:
    """Why no key may be sent there, as a sentence, or None.

    `consented_host` is the host the user typed to accept that the key crosses the network unencrypted.
    """
    if endpoint.is_placeholder:
        return f"{endpoint.host} stands for a host of your own; edit the base URL first."
    address = _address(endpoint.host)
    if address is not None and address.is_unspecified:
        return "Write 127.0.0.1 for this machine; a key is not sent to an address that means every machine."
    if endpoint.host == "metadata.google.internal" or (
        address is not None and any(address in network for network in _NO_KEY_NETWORKS)
    ):
        return f"{endpoint.host} is a link-local or metadata address; a key is not sent there."
    if endpoint.is_cleartext and not _same_host(endpoint.host, consented_host):
        return (
            f"The key will cross the network unencrypted. Use https://, "
            f"or type the host {endpoint.host} to accept that."
        )
    return None


def _same_host(host: str, typed: str | None) -> bool:
    """Whether the typed host names this host."""
    return typed is not None and typed.strip().lower().removesuffix(".").strip("[]") == host


def _too_long(url: str) -> str:
    """The sentence for a URL over the limit."""
    return f"A base URL has at most {MAX_URL:,} characters; this one has {len(url):,}."


def _checked(written: str) -> tuple[str, str]:
    """The scheme and what follows `://`, once nothing in the text can mislead a URL parser."""
    if not written:
        raise ValueError(f"Write the base URL, for example {EXAMPLE}.")
    if len(written) > MAX_URL:
        raise ValueError(_too_long(written))
    if " " in written or not written.isprintable():
        raise ValueError("A base URL holds no spaces and no invisible characters; remove them.")
    if "\\" in written:
        raise ValueError("Write / instead of \\ in a base URL.")
    scheme = _SCHEME.match(written)
    if scheme is None:
        raise ValueError(f"Start with https:// or http://, for example {EXAMPLE}.")
    _refuse_extra_parts(written)
    return scheme[1].lower(), written[scheme.end() :]


def _refuse_extra_parts(written: str) -> None:
    """Raise ValueError when the URL has parts that a base URL must not have."""
    if "@" in written:
        raise ValueError("A base URL holds no user name, password or @; the key has a field of its own.")
    if "?" in written:
        raise ValueError("A base URL has no query; remove the ? and what follows it.")
    if "#" in written:
        raise ValueError("A base URL has no fragment; remove the # and what follows it.")
    if "{" in written or "}" in written:
        raise ValueError("Write your own value instead of the part in { }.")
    if bad := _NOT_IN_A_URL.intersection(written):
        raise ValueError(f"A base URL cannot hold {min(bad)}; remove it.")


def _canonical_host(written: str) -> str:
    """The host in lower-case ASCII without a trailing dot, or an address in its one usual form."""
    if written.startswith("["):
        try:
            return _shortest(IPv6Address(written[1:-1]))
        except ValueError:
            raise ValueError("Write an IPv6 address in brackets, for example http://[::1]:8000.") from None
    if "%" in written:
        raise ValueError("Write the host name without % signs.")
    host = _ascii_host(written).lower().removesuffix(".")
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("Write a host name such as api.openai.com: letters, digits, hyphens and dots.")
    if _NUMBER_LIKE.fullmatch(labels[-1]):
        try:
            return str(IPv4Address(host))
        except ValueError:
            raise ValueError("Write the address as four numbers, for example 127.0.0.1.") from None
    return host


def _ascii_host(written: str) -> str:
    """The host as it is looked up; international names become `xn--` names."""
    try:
        if written.isascii():
            for label in written.split("."):
                if label.lower().startswith("xn--"):
                    label.encode("ascii").decode("idna")
            return written
        if len(written) > 253:
            raise UnicodeError
        return written.encode("idna").decode("ascii")
    except UnicodeError:
        raise ValueError("This host name cannot be looked up; write it as the provider does.") from None


def _shortest(address: IPv6Address) -> str:
    """An IPv6 address in its shortest form; one spelling on every Python version."""
    mapped = address.ipv4_mapped
    return address.compressed if mapped is None else f"::ffff:{mapped}"


def _port(matched: re.Match[str], scheme: str) -> int:
    """The port that is meant; raises ValueError when none or an impossible one is written."""
    if not matched["colon"]:
        return _DEFAULT_PORTS[scheme]
    port = matched["port"]
    if not port or len(port) > 5 or port.startswith("0") or int(port) > 65535:
        raise ValueError("Write a port from 1 to 65535 after the colon, or leave the colon out.")
    return int(port)


def _canonical_path(path: str) -> str:
    """The path without trailing slashes; raises ValueError for one that a server could read differently."""
    if not path.isascii():
        raise ValueError("Write the path of a base URL in plain letters, digits and signs.")
    if _BAD_ESCAPE.search(path):
        raise ValueError("Write the path plainly; this % sign hides a character.")
    if _DOT_SEGMENT.search(path):
        raise ValueError("Write the path without . and .. parts.")
    return path.rstrip("/")


def _agree_with_second_parser(written: str, matched: re.Match[str], port: int) -> None:
    """Raise ValueError unless the standard library reads the same host and port from the text."""
    try:
        parts = urlsplit(written)
        same = parts.hostname == matched["host"].strip("[]").lower() and parts.port in (None, port)
    except ValueError:
        same = False
    if not same:
        raise ValueError(f"This base URL can be read in two ways; write it plainly, for example {EXAMPLE}.")


@lru_cache(maxsize=64)
def _address(host: str) -> IPv4Address | IPv6Address | None:
    """The literal address a host is, an IPv4 address wrapped in an IPv6 one unwrapped; None for a name."""
    try:
        address = ip_address(host)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return address if mapped is None else mapped
