"""What a base URL may be, its one canonical form, and where no key goes."""

import pytest

from tui_registry.endpoint import key_refusal, origin_of, origin_of_stored, parse_endpoint, stored_endpoint
from tui_registry.errors import Refused

TAKEN = [
    ("https://api.openai.com/v1", "https://api.openai.com/v1", "https://api.openai.com:443"),
    ("https://api.openai.com/v1///", "https://api.openai.com/v1", "https://api.openai.com:443"),
    ("  https://api.openai.com/v1\n", "https://api.openai.com/v1", "https://api.openai.com:443"),
    ("HTTPS://API.OpenAI.com.:443/v1", "https://api.openai.com/v1", "https://api.openai.com:443"),
    ("https://api.openai.com", "https://api.openai.com", "https://api.openai.com:443"),
    ("https://api.openai.com:8443/V1", "https://api.openai.com:8443/V1", "https://api.openai.com:8443"),
    ("http://localhost:11434/v1", "http://localhost:11434/v1", "http://localhost:11434"),
    ("http://localhost.:80", "http://localhost", "http://localhost:80"),
    ("http://127.0.0.1:1234/v1/", "http://127.0.0.1:1234/v1", "http://127.0.0.1:1234"),
    ("http://[::1]:8000/v1", "http://[::1]:8000/v1", "http://[::1]:8000"),
    ("http://[0:0:0:0:0:0:0:1]", "http://[::1]", "http://[::1]:80"),
    ("http://[::FFFF:127.0.0.1]", "http://[::ffff:127.0.0.1]", "http://[::ffff:127.0.0.1]:80"),
    ("http://[::ffff:7f00:1]", "http://[::ffff:127.0.0.1]", "http://[::ffff:127.0.0.1]:80"),
    ("http://192.168.1.5:8000", "http://192.168.1.5:8000", "http://192.168.1.5:8000"),
    ("http://gpu_box:8000", "http://gpu_box:8000", "http://gpu_box:8000"),
    ("https://аpi.openai.com", "https://xn--pi-6kc.openai.com", "https://xn--pi-6kc.openai.com:443"),
    ("https://münchen.example", "https://xn--mnchen-3ya.example", "https://xn--mnchen-3ya.example:443"),
    ("https://１２７.0.0.1", "https://127.0.0.1", "https://127.0.0.1:443"),
    (
        "https://a.example。evil.example",
        "https://a.example.evil.example",
        "https://a.example.evil.example:443",
    ),
    ("https://h.example/a%20b/v1", "https://h.example/a%20b/v1", "https://h.example:443"),
    ("https://account.invalid/openai", "https://account.invalid/openai", "https://account.invalid:443"),
]

REFUSED = [
    ("", "Write the base URL"),
    ("api.openai.com/v1", "Start with https:// or http://, for example https://api.openai.com/v1"),
    ("ftp://host.example", "Start with https:// or http://"),
    ("file:///etc/passwd", "Start with https:// or http://"),
    ("https:/api.openai.com", "Start with https:// or http://"),
    ("javascript:alert(1)", "Start with https:// or http://"),
    ("https://", "host name"),
    ("https:///v1", "host name"),
    ("https://user:word@host.example", "no user name"),
    ("https://api.openai.com@evil.example", "no user name"),
    ("https://host.example/v1?key=1", "no query"),
    ("https://host.example/v1?", "no query"),
    ("https://host.example/v1#part", "no fragment"),
    ("https://api.openai.com\\@evil.example", "instead of \\"),
    ("https://host.example/a b", "no spaces"),
    ("https://host.example\t/v1", "invisible"),
    ("https://host.example/\nv1", "invisible"),
    ("https://host\u200b.example", "invisible"),
    ("https://host.example/\u202ev1", "invisible"),
    ("https://host.example/\x1b[31m", "invisible"),
    ("https://host.example/\x00", "invisible"),
    ("https://host.example/\ud800", "invisible"),
    ("https://api.openai.com%2eevil.example", "without % signs"),
    ("http://[fe80::1%25eth0]/", "host name"),
    ("https://host.example:0", "port from 1 to 65535"),
    ("https://host.example:65536", "port from 1 to 65535"),
    ("https://host.example:99999999999", "port from 1 to 65535"),
    ("https://host.example:0443", "port from 1 to 65535"),
    ("https://host.example:", "port from 1 to 65535"),
    ("https://host.example:a", "host name"),
    ("https://host.example:1:2", "host name"),
    ("https://[::1", "host name"),
    ("https://[::zz]", "host name"),
    ("https://[1:2:3]", "IPv6 address in brackets"),
    ("https://[127.0.0.1]", "IPv6 address in brackets"),
    ("http://0x7f000001", "four numbers"),
    ("http://2130706433", "four numbers"),
    ("http://127.1", "four numbers"),
    ("http://0177.0.0.1", "four numbers"),
    ("http://127.0.0.0x1", "four numbers"),
    ("http://1.2.3.4.5", "four numbers"),
    ("http://256.0.0.1", "four numbers"),
    ("https://a..example", "host name such as"),
    ("https://-a.example", "host name such as"),
    ("https://_a.example", "host name such as"),
    ("https://a!b.example", "host name such as"),
    (f"https://{'a' * 64}.example", "host name such as"),
    (f"https://{'a.' * 130}example", "host name such as"),
    ("https://℀.example", "host name such as"),
    ("https://xn--zzzz999999.example", "cannot be looked up"),
    (f"https://{'ä' * 500}.example", "cannot be looked up"),
    ("https://{account}.example/v1", "instead of the part in { }"),
    ("https://host.example/<v1>", "cannot hold <"),
    ("https://host.example/%2e%2e/admin", "without . and .. parts"),
    ("https://host.example/v1/../admin", "without . and .. parts"),
    ("https://host.example/a%2fb", "hides a character"),
    ("https://host.example/a%0d%0ab", "hides a character"),
    ("https://host.example/a%zz", "hides a character"),
    ("https://host.example/ü", "plain letters"),
    (f"https://host.example/{'a' * 2048}", "at most 2,048 characters"),
]


@pytest.mark.parametrize(("written", "url", "origin"), TAKEN)
def test_a_base_url_has_one_canonical_form(written: str, url: str, origin: str) -> None:
    endpoint = parse_endpoint(written)
    assert (endpoint.url, endpoint.origin) == (url, origin)
    assert endpoint.url.isascii()


@pytest.mark.parametrize("url", [url for _, url, _ in TAKEN])
def test_the_canonical_form_is_kept_as_it_is(url: str) -> None:
    assert parse_endpoint(url).url == url
    assert origin_of(url) == parse_endpoint(url).origin


@pytest.mark.parametrize(("written", "says"), REFUSED)
def test_what_could_mislead_a_url_parser_is_refused_with_what_to_write(written: str, says: str) -> None:
    with pytest.raises(ValueError) as refusal:
        parse_endpoint(written)
    assert says in str(refusal.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1",
        "http://127.9.9.9:1",
        "http://localhost",
        "http://[::1]",
        "http://[::ffff:127.0.0.1]",
    ],
)
def test_this_machine_may_be_spoken_to_in_clear_text(url: str) -> None:
    endpoint = parse_endpoint(url)
    assert endpoint.is_loopback
    assert not endpoint.is_cleartext
    assert key_refusal(endpoint) is None


@pytest.mark.parametrize("host", ["foo.localhost", "localhost.example", "127.0.0.1.example", "[::2]"])
def test_what_only_looks_like_this_machine_is_another(host: str) -> None:
    endpoint = parse_endpoint(f"http://{host}")
    assert not endpoint.is_loopback
    assert endpoint.is_cleartext


def test_a_key_crosses_a_network_in_clear_text_only_when_its_host_was_typed() -> None:
    endpoint = parse_endpoint("http://192.168.1.5:8000/v1")
    assert "type the host 192.168.1.5" in (key_refusal(endpoint) or "")
    assert key_refusal(endpoint, "192.168.1.6") is not None
    assert key_refusal(endpoint, "") is not None
    assert key_refusal(endpoint, " 192.168.1.5 ") is None
    assert key_refusal(parse_endpoint("http://gpu.example"), "GPU.example.") is None
    assert key_refusal(parse_endpoint("http://[2001:db8::1]"), "[2001:db8::1]") is None


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("https://169.254.169.254", "link-local or metadata"),
        ("https://[::ffff:169.254.169.254]", "link-local or metadata"),
        ("https://[fe80::1]", "link-local or metadata"),
        ("https://[fd00:ec2::254]", "link-local or metadata"),
        ("http://metadata.google.internal", "link-local or metadata"),
        ("http://0.0.0.0:8000", "Write 127.0.0.1"),
        ("https://[::]", "Write 127.0.0.1"),
        ("https://[::ffff:0.0.0.0]", "Write 127.0.0.1"),
        ("https://account.openai.invalid", "edit the base URL first"),
    ],
)
def test_no_consent_sends_a_key_to_a_metadata_wildcard_or_placeholder_host(url: str, says: str) -> None:
    endpoint = parse_endpoint(url)
    for consent in (None, endpoint.host):
        assert says in (key_refusal(endpoint, consent) or "")


def test_only_a_name_that_ends_in_invalid_is_a_placeholder() -> None:
    assert parse_endpoint("https://account.invalid").is_placeholder
    assert not parse_endpoint("https://invalid.example").is_placeholder


def test_a_key_goes_to_any_host_over_https() -> None:
    assert key_refusal(parse_endpoint("https://192.168.1.5")) is None
    assert key_refusal(parse_endpoint("https://api.openai.com/v1")) is None


def test_a_stored_url_that_cannot_be_read_is_no_place_for_a_key() -> None:
    spoilt = "https://api.groq.com:99999"
    with pytest.raises(Refused, match=r"The endpoint of Groq must be put right first\. Write a port"):
        stored_endpoint("Groq", spoilt)
    assert origin_of_stored(spoilt) == "https://unreadable.invalid:443"
    assert key_refusal(parse_endpoint("https://unreadable.invalid")) is not None
    assert stored_endpoint("Groq", "https://api.groq.com/v1").origin == origin_of_stored(
        "https://api.groq.com"
    )
